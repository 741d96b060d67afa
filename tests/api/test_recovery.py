"""A lost table comes back: backup, drill by the asset, recovery agreed to in Airflow."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from studioops.ledger import Ledger
from studioops.local.drive_api import AirflowApi
from studioops.local.parts import Parts
from studioops.local.state import local_paths
from studioops.model import Report, Status
from tests.conftest import wait_for_nightly_runs

OWNER, PASSWORD = "market_owner", "market-secret-4c1f"
ROWS = "INSERT INTO stall (name) SELECT 'stall ' || n FROM generate_series(1, 50) AS n"
PATIENCE_S = 240
# Airflow 3.3 fails a task that is answered before its scheduler has seen the end of the process that
# asked, and asks anew: a moment on a quiet machine, longer on a busy one.
BEFORE_ANSWERING_S = 2
Meanwhile = Callable[[], None]


@pytest.fixture(scope="module")
def market(airflow_stack: Any) -> Iterator[str]:
    """A database of a plain owner on the stack's server, known to Airflow as ``market``."""
    server = Parts(local_paths(), print).postgres()
    port = server.port()
    with psycopg.connect(server.dsn(port, "postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE ROLE {OWNER} LOGIN CREATEDB PASSWORD '{PASSWORD}'")
        connection.execute(f"CREATE DATABASE market OWNER {OWNER}")
    words = {"host": "127.0.0.1", "port": port, "user": OWNER, "password": PASSWORD}
    dsn = make_conninfo(**words, dbname="market")
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("CREATE TABLE stall (id bigserial PRIMARY KEY, name text NOT NULL)")
        connection.execute(ROWS)
    yield dsn
    with psycopg.connect(server.dsn(port, "postgres"), autocommit=True) as connection:
        names = connection.execute(
            "SELECT datname FROM pg_database WHERE datname LIKE 'market%'"
        ).fetchall()
        for (name,) in names:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
        connection.execute(f"DROP ROLE {OWNER}")


@pytest.fixture(scope="module")
def api(airflow_stack: Any, market: str) -> AirflowApi:
    stack = airflow_stack
    found = AirflowApi.log_in(stack.airflow_url, stack.airflow_user, stack.airflow_password)
    words = psycopg.conninfo.conninfo_to_dict(market)
    connection = {
        "connection_id": "market",
        "conn_type": "postgres",
        "host": words["host"],
        "port": int(words["port"]),
        "login": OWNER,
        "password": PASSWORD,
        "schema": "market",
    }
    found._call("POST", "/api/v2/connections", connection)
    return found


def ended(api: AirflowApi, dag_id: str, run_id: str, meanwhile: Meanwhile = lambda: None) -> str:
    until = time.monotonic() + PATIENCE_S
    while (state := api.run_state(dag_id, run_id)) not in ("success", "failed"):
        states = {one.name: one.state for one in api.tasks(dag_id, run_id)}
        assert time.monotonic() < until, f"{dag_id} is still {state}: {states}"
        meanwhile()
        time.sleep(0.5)
    if state == "failed":
        pytest.fail(f"{dag_id} failed: {list(last_words(api, dag_id, run_id))}")
    return state


def last_words(api: AirflowApi, dag_id: str, run_id: str) -> Iterator[tuple[str, str]]:
    """What the tasks that failed said last."""
    run = run_id.replace("+", "%2B")
    for one in api.tasks(dag_id, run_id):
        if one.state == "failed":
            path = f"/api/v2/dags/{dag_id}/dagRuns/{run}/taskInstances/{one.name}/logs/1"
            yield one.name, str(api._call("GET", path))[-2000:]


def drill_of(api: AirflowApi, backup: str, ledger: Ledger) -> Report:
    """The report of the drill that the backup made due."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        for record in ledger.runs("market", limit=50):
            for line in record.reports:
                report = ledger.report(line.report_id).report
                if line.kind == "drill" and report.evidence.get("backup") == backup:
                    return report
        time.sleep(1)
    raise AssertionError(f"no drill of {backup} in the ledger")


def agree(api: AirflowApi, run_id: str) -> None:
    """As somebody would who has read the plan, each time that it is asked."""
    states = {one.name: one.state for one in api.tasks("database_recovery", run_id)}
    if states["approve"] != "awaiting_input":
        return
    time.sleep(BEFORE_ANSWERING_S)
    run = run_id.replace("+", "%2B")
    details = f"/api/v2/dags/database_recovery/dagRuns/{run}/taskInstances/approve/-1/hitlDetails"
    asked = api._call("GET", details)
    assert "lost is all that was committed after" in asked["body"]
    answer = {"chosen_options": ["Approve"], "params_input": {}}
    api._call("PATCH", details, answer)


def test_what_was_lost_comes_back_and_the_old_database_is_kept(
    api: AirflowApi, market: str, stack_ledger: Ledger
) -> None:
    wait_for_nightly_runs(api, "backup")
    run_id = api.trigger("backup", {"target": "market"})
    assert ended(api, "backup", run_id) == "success"
    records = [one for one in stack_ledger.runs("market", limit=50) if one.run.run_id == run_id]
    taken = stack_ledger.report(records[0].reports[0].report_id).report
    assert taken.status is Status.PASSED
    drill = drill_of(api, taken.evidence["backup"], stack_ledger)
    # A plain owner can't run amcheck: that part is not green, and the copy is faithful.
    assert drill.evidence["faithful"] == "passed"
    assert drill.status is Status.NOT_CHECKED

    with psycopg.connect(market, autocommit=True) as connection:
        connection.execute("DROP TABLE stall")
    run_id = api.trigger("database_recovery", {"target": "market"})
    assert ended(api, "database_recovery", run_id, partial(agree, api, run_id)) == "success"
    with psycopg.connect(market, autocommit=True) as connection:
        assert connection.execute("SELECT count(*) FROM stall").fetchone() == (50,)
        kept = connection.execute(
            "SELECT count(*) FROM pg_database WHERE datname LIKE 'market_before%'"
        ).fetchone()
    assert kept == (1,)
