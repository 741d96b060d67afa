"""Drive DAGs over Airflow's REST API, as whoever clicks in its page does."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote

from rich.console import Console

from studioops.errors import CouldNotCheck
from studioops.ledger import StoredReport, open_ledger
from studioops.local.drive_api import AirflowApi
from studioops.local.drive_progress import RunProgress
from studioops.local.parts import Parts
from studioops.local.state import local_paths

if TYPE_CHECKING:
    from studioops.local.stack import StackInfo

MAINTENANCE = "maintenance"
DRILL = tuple(
    f"drill.{name}"
    for name in ("choose", "scratch", "restore", "faithful", "sound", "drop", "verdicts")
)
REHEARSAL = tuple(f"rehearsal.{name}" for name in ("choose", "scratch", "walk", "drop", "told"))
STAGES = ("expand", "clean", "protect", "validate", "contract")
LOOK = ("plan", "scan", "objects", "expectations", "catalogue", "report")
REPAIR = (
    *("plan", "preflight", *REHEARSAL, "prove", "go_on", "approve", *STAGES),
    *("verify", "rollback", "outcome"),
)
AGAIN = ("take", "backup", *DRILL, *LOOK)
# As they follow each other, for whoever watches.
TASKS = {
    MAINTENANCE: (
        *("connectivity", "take", "backup", *DRILL, "before_the_scan", *LOOK),
        "repair_wanted",
        *(f"repair.{name}" for name in REPAIR),
        "repaired",
        *(f"again.{name}" for name in AGAIN),
        *("ledger", "faults", "verdict"),
    ),
}
ENDED = frozenset({"success", "failed"})
POLL_S = 1.0
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended.

    Args:
        dag_id: of what.
        run_id: Airflow's name for it, and the ledger's.
        state: ``success`` or ``failed``; a run fails by its verdict too.
        web_link: its page.
    """

    dag_id: str
    run_id: str
    state: str
    web_link: str


def run_dag(
    info: StackInfo,
    dag_id: str,
    conf: Mapping[str, Any],
    console: Console,
    *,
    parsed_within: float = 120,
    ended_within: float = 1800,
) -> Outcome:
    """Trigger the DAG, show its progress and wait for its end.

    Args:
        info: the stack: where Airflow is, and who may log in.
        dag_id: which DAG.
        conf: its parameters.
        console: where progress is shown.
        parsed_within: seconds until Airflow must know the DAG.
        ended_within: seconds until the run must have ended.

    Raises:
        CouldNotCheck: Airflow does not answer, does not know the DAG, or does not end the run.
    """
    api = AirflowApi.log_in(info.airflow_url, info.airflow_user, info.airflow_password)
    wait_until_parsed(api, dag_id, parsed_within)
    run_id = api.trigger(dag_id, dict(conf))
    title = f"DAG {dag_id} on {conf['target']}, run {run_id}"
    with RunProgress(console, title, TASKS[dag_id]) as progress:
        state = _wait_until_ended(api, dag_id, run_id, ended_within, progress)
    return Outcome(dag_id, run_id, state, run_link(api.url, dag_id, run_id))


def recorded_reports(outcome: Outcome, step: str = "") -> dict[str, StoredReport]:
    """The reports of a run by kind, from the stack's ledger; none where none was recorded.

    Args:
        outcome: of the run.
        step: which of several looks; an empty text for the last one.

    Raises:
        LedgerUnavailable: the ledger can't be read.
    """
    url = Parts(local_paths(), lambda _: None).settings().ledger_url
    with open_ledger(url.get_secret_value() if url else "") as ledger:
        for record in ledger.runs(limit=20):
            if (record.run.name, record.run.run_id) == (outcome.dag_id, outcome.run_id):
                looks = [one for one in record.reports if one.step == step]
                return {one.kind: ledger.report(one.report_id) for one in looks}
    return {}


def wait_until_parsed(api: AirflowApi, dag_id: str, seconds: float) -> None:
    """Until Airflow has read the DAG's file, and let it run.

    Raises:
        CouldNotCheck: the file can't be imported, or was not read in time.
    """

    def known() -> bool:
        if broken := [one for one in api.import_errors() if one.startswith(f"{dag_id}.py")]:
            raise CouldNotCheck(
                f"Airflow can't import {broken[0]}", "mend the file, run this again"
            )
        found = api.dag(dag_id)
        if found and found["is_paused"]:
            api.unpause(dag_id)
        return bool(found)

    _wait_for(known, seconds, f"Airflow has not read the DAG {dag_id}")


def run_link(url: str, dag_id: str, run_id: str) -> str:
    """A run's page in Airflow."""
    return f"{url}/dags/{dag_id}/runs/{quote(run_id, safe='')}"


def _wait_until_ended(
    api: AirflowApi, dag_id: str, run_id: str, seconds: float, shown: RunProgress
) -> str:
    def ended() -> str:
        # The state first: tasks asked for afterwards are then at least as far as it says.
        state = api.run_state(dag_id, run_id)
        shown.show(api.tasks(dag_id, run_id))
        return state if state in ENDED else ""

    return _wait_for(ended, seconds, f"run {run_id} of {dag_id} has not ended")


def _wait_for(look: Callable[[], T], seconds: float, otherwise: str) -> T:
    """What ``look`` answers once that is true."""
    until = time.monotonic() + seconds
    while not (answer := look()):
        if time.monotonic() > until:
            raise CouldNotCheck(
                f"{otherwise} after {seconds:.0f} s",
                "look at the scheduler's log, whose path `studioops status` names",
            )
        time.sleep(POLL_S)
    return answer
