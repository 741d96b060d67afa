"""A real Airflow, driven over REST, and whoever asks it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

import jwt
import psycopg
import pytest
import requests

from studioops.ledger import Ledger, open_ledger
from studioops.local.drive import MAINTENANCE
from studioops.local.parts import Parts
from studioops.local.stack import StackInfo
from studioops.local.state import local_paths
from tests.conftest import DagRun, RunDag

STUDIOOPS = Path(sys.executable).with_name("studioops")
CHAIN_PATIENCE_S = 800
ANSWER_WITHIN_S = 30
Ask = Callable[..., requests.Response]


@dataclass(frozen=True)
class Chain:
    """The whole chain, that has ended: the call of ``studioops run --once`` and its DAG run."""

    code: int
    out: str
    run: DagRun


@pytest.fixture(scope="session")
def validated_again(validated: DagRun, run_dag: RunDag) -> DagRun:
    """A second run of ``integrity_validation``, with nothing changed in between."""
    return run_dag(validated.dag_id, "studioops")


@pytest.fixture(scope="session")
def chain(airflow_stack: StackInfo, validated_again: DagRun) -> Chain:
    """The legacy database brought to its contract, once all has been seen that it was before."""
    done = subprocess.run(
        [STUDIOOPS, "run", "--once"],
        capture_output=True,
        text=True,
        timeout=CHAIN_PATIENCE_S,
        check=False,
    )
    told = re.search(r"DAG run \((\w+)\): \S+/runs/(\S+)", done.stdout)
    assert told is not None, done.stdout + done.stderr
    return Chain(done.returncode, done.stdout, DagRun(MAINTENANCE, unquote(told[2]), told[1]))


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
