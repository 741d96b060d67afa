"""The DAG ``service_health``: a look, the levels that come of some, and an outage with its end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from studioops.ledger import Ledger
from studioops.model import Report, Status
from studioops.services.levels import WHOLE, Level
from studioops.services.watching import standings

SECRET = "hunter2-of-the-test"
STORE = "AIRFLOW_CONN_STUDIOOPS_OBJECT_STORE"
AWAY: dict[str, Any] = {"host": "127.0.0.1", "port": 1, "login": "key", "password": SECRET}
Recorded = Callable[[Any], dict[str, Report]]


@pytest.fixture
def health(airflow: Any, database_dsn: str) -> Any:
    """Airflow with the two required services; two looks in a row decide."""
    airflow.connect_database("studioops", database_dsn)
    for name, kind in (("DATABASE", "postgres"), ("OBJECT_STORE", "object_store")):
        prefix = f"STUDIOOPS_SERVICES__{name}__"
        airflow.environment |= {
            f"{prefix}KIND": kind,
            f"{prefix}REQUIRED": "true",
            f"{prefix}FAILURES": "2",
            f"{prefix}SUCCESSES": "2",
        }
    return airflow


def levels(report: Report) -> dict[str, str]:
    return {name: one["level"] for name, one in report.evidence["levels"].items()}


def test_an_outage_from_its_first_look_to_its_end(
    health: Any, ledger: Ledger, recorded: Recorded
) -> None:
    began = datetime.now(UTC) - timedelta(seconds=1)
    well = health.run("service_health")
    assert well.state == "success", well.log[-3000:]
    first = recorded(well)["services"]
    assert first.status is Status.PASSED
    assert first.evidence["level"] == "normal"
    assert levels(first)["trello"] == "not_checked"
    assert well.left("verdict").startswith("studioops is passed: normal: all ")

    there = health.environment[STORE]
    health.connect("studioops_object_store", conn_type="generic", **AWAY)
    once = health.run("service_health")
    # It is told at once, and one look changes no level.
    assert once.tasks["verdict"] == ["failed"]
    assert recorded(once)["services"].evidence["level"] == "normal"
    twice = recorded(health.run("service_health"))["services"]
    assert (twice.evidence["level"], levels(twice)["object store"]) == ("critical", "offline")
    assert {one["service"] for one in twice.evidence["changes"]} == {"object store", WHOLE}
    (finding,) = twice.findings
    assert (finding.object, finding.severity) == ("object store", "critical")

    health.environment[STORE] = there
    health.run("service_health")
    back = recorded(health.run("service_health"))["services"]
    assert (back.status, back.evidence["level"]) == (Status.PASSED, "normal")
    known = standings(ledger)
    assert known["object store"].level is known[WHOLE].level is Level.NORMAL
    times = {one.service: one for one in ledger.recoveries(began)}
    assert times["object store"].times == 1
    assert 0 < times["object store"].mean_seconds < 180
    for ran in (well, once):
        assert SECRET not in ran.log + repr(ran.xcoms)


def test_a_ledger_that_is_away_is_no_green_run(health: Any) -> None:
    health.connect("studioops_ledger", conn_type="postgres", **AWAY, schema="ledger")
    ran = health.run("service_health")
    assert ran.state == "failed"
    assert "not_checked: nothing is in the ledger: the ledger: 127.0.0.1:1" in ran.log
    assert SECRET not in ran.log


def test_without_its_connection_a_required_service_is_not_checked(
    health: Any, recorded: Recorded
) -> None:
    del health.environment[STORE]
    ran = health.run("service_health")
    assert ran.state == "failed"
    report = recorded(ran)["services"]
    assert report.status is Status.NOT_CHECKED
    assert "airflow connections add studioops_object_store" in repr(report.subjects)
    assert report.evidence["level"] == "not_checked"
