"""Every kind of service in every fault, over real sockets: what is told of it, and how soon.

PostgreSQL and the object store are real ones behind a line that fails; OpenAI, Trello and the plain
endpoint are stand-ins that check the credentials.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from studioops.model import Status
from studioops.services import Cause, ServiceState
from tests.integration.services import kinds, stand_ins
from tests.integration.services.kinds import Limits, Place
from tests.integration.services.peers import Fault, line, peer, self_made, silent
from tests.integration.services.stand_ins import LATER, NEVER_SAID

REFUSED, DNS, TIMEOUT, RESET, TLS = Cause.REFUSED, Cause.DNS, Cause.TIMEOUT, Cause.RESET, Cause.TLS
SLOW, DENIED, FORBIDDEN = Cause.SLOW, Cause.UNAUTHORISED, Cause.FORBIDDEN
LIMITED, QUOTA, TROUBLE, NONSENSE = (
    Cause.RATE_LIMITED,
    Cause.QUOTA,
    Cause.SERVER_ERROR,
    Cause.NONSENSE,
)
BUSY = Cause.BUSY
NO_TIME = "PostgreSQL names no time to come back at"
NO_QUOTA = "has no quota apart from its limits in time and space"

KINDS = ("postgres", "object store", "openai", "trello", "http")
# A cause, or why there can be no such fault.
TABLE: dict[str, tuple[Cause | str, ...]] = {
    "refused": (REFUSED, REFUSED, REFUSED, REFUSED, REFUSED),
    "DNS": (DNS, DNS, DNS, DNS, DNS),
    "blackhole": (TIMEOUT, TIMEOUT, TIMEOUT, TIMEOUT, TIMEOUT),
    "reset": (RESET, RESET, RESET, RESET, RESET),
    "cut": (RESET, RESET, RESET, RESET, RESET),
    "slow": (SLOW, SLOW, SLOW, SLOW, SLOW),
    "drip": (TIMEOUT, TIMEOUT, TIMEOUT, TIMEOUT, TIMEOUT),
    "401": (DENIED, DENIED, DENIED, DENIED, DENIED),
    "403": (FORBIDDEN, FORBIDDEN, FORBIDDEN, FORBIDDEN, FORBIDDEN),
    LATER: (NO_TIME, LIMITED, LIMITED, LIMITED, LIMITED),
    NEVER_SAID: (BUSY, LIMITED, LIMITED, LIMITED, LIMITED),
    "quota": (NO_QUOTA, NO_QUOTA, QUOTA, NO_QUOTA, NO_QUOTA),
    # PostgreSQL's own word for it: it recovers from a crash.
    "500": (BUSY, TROUBLE, TROUBLE, TROUBLE, TROUBLE),
    "HTML": (NONSENSE, NONSENSE, NONSENSE, NONSENSE, NONSENSE),
    "bad TLS": (TLS, TLS, TLS, TLS, TLS),
}
# boto3 hands the answer's headers on to nobody who could hear of them.
WAITS = {(LATER, kind): 7 for kind in ("openai", "trello", "http")}
CELLS = [
    pytest.param(kind, fault, cause, id=f"{kind}-{fault}")
    for fault, row in TABLE.items()
    for kind, cause in zip(KINDS, row, strict=True)
    if isinstance(cause, Cause)
]
ON_THE_LINE = {"reset": Fault.RESET, "cut": Fault.CUT, "slow": Fault.SLOW, "drip": Fault.DRIP}
# A look that must run into its limit gets a short one.
SHORT = {"blackhole": 0.5, "drip": 0.8}
GRACE_S = 0.6


@pytest.fixture(scope="module")
def pem(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return self_made(tmp_path_factory.mktemp("tls") / "bad.pem")


@pytest.fixture(scope="module")
def services(
    cluster: Any, object_store_server: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Any]]:
    """Every kind, well and waiting."""
    name = cluster.clone("template0")
    roles = {"403": f"stranger_{name}", NEVER_SAID: f"busy_{name}"}
    cluster.run("REVOKE CONNECT ON DATABASE {} FROM PUBLIC", name)
    cluster.run(f"CREATE ROLE {{}} LOGIN PASSWORD '{kinds.WRONG}'", roles["403"])
    limited = f"CREATE ROLE {{}} LOGIN CONNECTION LIMIT 0 PASSWORD '{kinds.WRONG}'"
    cluster.run(limited, roles[NEVER_SAID])
    cluster.run("GRANT CONNECT ON DATABASE {} TO {}", name, roles[NEVER_SAID])
    authority = self_made(tmp_path_factory.mktemp("authority") / "other.pem")
    with ExitStack() as stack:

        def stand_in(answers: stand_ins.Answers) -> stand_ins.StandIn:
            return stack.enter_context(stand_ins.stand_in(answers))

        yield {
            "postgres": kinds.Postgres(cluster.dsn(name), authority, roles),
            "object store": kinds.Store(object_store_server, stand_in(stand_ins.nobody_knows)),
            "openai": kinds.OpenAI(stand_in(stand_ins.openai)),
            "trello": kinds.Trello(stand_in(stand_ins.trello)),
            "http": kinds.Http(stand_in(stand_ins.endpoint)),
        }
    cluster.drop(name)
    for role in roles.values():
        cluster.run("DROP ROLE {}", role)


def seen(kind: Any, fault: str, limits: Limits, pem: Path) -> ServiceState:
    """One look at a service in that fault."""
    with ExitStack() as stack:
        if fault == "refused":
            place = Place(1)
        elif fault == "DNS":
            place = Place(kind.port, "nowhere.invalid")
        elif fault == "blackhole":
            place = Place(stack.enter_context(silent()))
        elif fault == "bad TLS":
            place = Place(stack.enter_context(kind.badly_certified(pem)), tls=True)
        elif fault in ON_THE_LINE:
            talk = line(kind.port, kind.marker, ON_THE_LINE[fault])
            place = Place(stack.enter_context(peer(talk)))
        else:
            return kind.answered(fault, limits)  # type: ignore[no-any-return]
        return kind.look(place, limits)  # type: ignore[no-any-return]


def test_every_cell_is_a_cause_or_says_why_it_can_not_be() -> None:
    assert all(len(row) == len(KINDS) for row in TABLE.values())
    assert len(CELLS) == len(TABLE) * len(KINDS) - 5


@pytest.mark.parametrize("name", KINDS)
def test_well(name: str, services: dict[str, Any]) -> None:
    """Else a fault would prove nothing: the same look passes where there is none."""
    kind = services[name]
    state = kind.look(Place(kind.port), {"timeout": 5, "slow_after": 5})
    assert (state.status, state.cause, state.next_step) == (Status.PASSED, Cause.OK, ""), state
    told = json.dumps(state.as_json())
    assert not [one for one in kind.secrets if one in told or quote(one, safe="") in told]


@pytest.mark.parametrize(("name", "fault", "cause"), CELLS)
def test_cell(name: str, fault: str, cause: Cause, services: dict[str, Any], pem: Path) -> None:
    kind, limit = services[name], SHORT.get(fault, 4)
    slow_after = 0.25 if fault == "slow" else 4
    began = time.monotonic()
    state = seen(kind, fault, {"timeout": limit, "slow_after": slow_after}, pem)
    took = time.monotonic() - began

    assert state.cause is cause, state
    assert state.status is (Status.PASSED if cause in (SLOW, LIMITED) else Status.FAILED)
    assert state.retry_after_s == WAITS.get((fault, name), 0)
    assert took < limit + GRACE_S
    assert state.latency_ms < (limit + GRACE_S) * 1000
    assert state.next_step
    assert "\n" not in state.message + state.next_step
    assert "Traceback" not in state.message
    told = json.dumps(state.as_json(), ensure_ascii=False)
    assert not [one for one in kind.secrets if one in told or quote(one, safe="") in told]
    assert ServiceState.from_json(json.loads(told)) == state
