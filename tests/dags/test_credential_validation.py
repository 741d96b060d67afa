"""The DAG ``credential_validation``: looks, ages, and no secret anywhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from studioops.ledger import Ledger
from studioops.model import Report, Status

KEY = "0f1e2d3c4b5a69788796a5b4c3d2e1f00123456789abcdef"
JWT = "7c1d9a40b2e86f35d0174c8be29f6a1381d5f07be4a92c6637ad5e0819cf24b8"
MARKED = "hunter2-of-the-test"
Recorded = Callable[[Any], dict[str, Report]]


@pytest.fixture
def keys(airflow: Any, database_dsn: str) -> Any:
    """Airflow with its two required services, a JWT secret and a key of fingerprints."""
    airflow.connect_database("studioops", database_dsn)
    airflow.connect("studioops_fingerprint", conn_type="generic", password=KEY)
    airflow.environment["JWT_SECRET_KEY"] = JWT
    return airflow


def statuses(report: Report) -> dict[str, Status]:
    return {one.name: one.status for one in report.subjects}


def test_from_well_over_a_wrong_password_to_a_verdict_that_says_so(
    keys: Any, ledger: Ledger, cluster: Any, recorded: Recorded
) -> None:
    well = keys.run("credential_validation")
    assert well.state == "success", well.log[-3000:]
    report = recorded(well)["credentials"]
    told = statuses(report)
    for name in ("database", "ledger", "object store", "jwt secret", "fernet key"):
        assert told[name] is Status.PASSED, (name, report.subjects)
    for name in ("openai", "trello", "drill"):
        assert told[name] is Status.NOT_APPLICABLE, name
    seen = {one["name"]: one for one in report.evidence["credentials"]}
    assert all(seen[name]["first_seen"] for name in ("database", "object store", "fernet key"))
    # The suite's own role is a superuser: a warning, which fails no run.
    assert {one.check for one in report.findings} == {"credential_powerful"}

    keys.environment["JWT_SECRET_KEY"] = f"test-{MARKED}"
    weak = keys.run("credential_validation")
    assert weak.tasks["verdict"] == ["failed"]
    assert "jwt secret: has 24 characters; 32 are the least" in weak.log
    report = recorded(weak)["credentials"]
    assert statuses(report)["jwt secret"] is Status.FAILED

    with psycopg.connect(cluster.dsn(ledger.database.dsn.database)) as admin:
        kept = repr(
            [
                admin.execute(f"SELECT * FROM ledger.{table}").fetchall()
                for table in ("reports", "findings", "looks", "credential_ages")
            ]
        )
    for secret in (KEY, JWT, MARKED, cluster.server.password):
        for text in (well.log, weak.log, repr(well.xcoms), repr(weak.xcoms), kept):
            assert secret not in text


def test_a_required_service_that_is_away_is_no_green_run(keys: Any, recorded: Recorded) -> None:
    away = {"host": "127.0.0.1", "port": 1, "login": "key", "password": MARKED}
    keys.connect("studioops_object_store", conn_type="generic", **away)
    ran = keys.run("credential_validation")
    assert ran.tasks["verdict"] == ["failed"]
    assert recorded(ran)["credentials"].status is Status.NOT_CHECKED
    assert MARKED not in ran.log + repr(ran.xcoms)
