"""A real Airflow, driven over REST, and whoever asks it."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import jwt
import psycopg
import pytest
import requests
from rich.console import Console

from studioops.ledger import Ledger, open_ledger
from studioops.local.drive import MAINTENANCE, Outcome, run_dag
from studioops.local.parts import Parts
from studioops.local.stack import StackInfo
from studioops.local.state import local_paths

ANSWER_WITHIN_S = 30
Ask = Callable[..., requests.Response]


@dataclass(frozen=True)
class Driven:
    """A finished run of maintenance, and what was printed while it went on."""

    outcome: Outcome
    lines: list[str]


@pytest.fixture(scope="session")
def driven(airflow_stack: StackInfo) -> Driven:
    """Maintenance, run once on the legacy database."""
    out = io.StringIO()
    console = Console(file=out, width=400, force_terminal=False)
    outcome = run_dag(airflow_stack, MAINTENANCE, {"target": "studioops"}, console)
    return Driven(outcome, out.getvalue().splitlines())


@pytest.fixture(scope="session")
def tokens(airflow_stack: StackInfo) -> dict[str, str]:
    """A token for each kind of user; ``nobody`` is logged in and has no role."""
    secrets = json.loads((airflow_stack.directory / "secrets.json").read_text(encoding="utf-8"))
    passwords = {"admin": "airflow_login_password", "viewer": "airflow_viewer_password"}
    found = {
        user: requests.post(
            f"{airflow_stack.airflow_url}/auth/token",
            json={"username": user, "password": secrets[secret]},
            timeout=ANSWER_WITHIN_S,
        ).json()["access_token"]
        for user, secret in passwords.items()
    }
    claims = jwt.decode(found["viewer"], options={"verify_signature": False})
    nobody = {**claims, "sub": "nobody", "role": None}
    signed = jwt.encode(nobody, secrets["airflow_jwt_secret"], algorithm="HS512")
    return {**found, "nobody": signed, "forger": jwt.encode(claims, "x" * 64, algorithm="HS512")}


@pytest.fixture(scope="session")
def ask(airflow_stack: StackInfo, tokens: dict[str, str]) -> Ask:
    """GET a path as somebody: ``ask("/studioops/reports", "viewer", cookie=True)``."""

    def get(path: str, user: str = "", *, cookie: bool = False) -> requests.Response:
        token = tokens.get(user, "")
        by_cookie = {"_token": token} if token and cookie else {}
        bearer = {"Authorization": f"Bearer {token}"} if token and not cookie else {}
        return requests.get(
            path if path.startswith("http") else f"{airflow_stack.airflow_url}{path}",
            headers=bearer,
            cookies=by_cookie,
            timeout=ANSWER_WITHIN_S,
        )

    return get


@pytest.fixture(scope="session")
def stack_ledger(airflow_stack: StackInfo) -> Iterator[Ledger]:
    """The ledger of the stack."""
    url = Parts(local_paths(), print).settings().ledger_url
    assert url is not None
    with open_ledger(url.get_secret_value()) as opened:
        yield opened


@pytest.fixture
def ledger_closed(airflow_stack: StackInfo) -> Iterator[None]:
    """Nobody can connect to the ledger's database for a while."""
    server = Parts(local_paths(), print).postgres()
    port = server.port()
    assert port is not None
    with psycopg.connect(server.dsn(port, "postgres"), autocommit=True) as connection:
        connection.execute("ALTER DATABASE ledger ALLOW_CONNECTIONS false")
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'ledger'"
        )
        yield
        connection.execute("ALTER DATABASE ledger ALLOW_CONNECTIONS true")
