"""The DAGs ``backup`` and ``backup_delivery``: the store well, away and back again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from studioops.ledger import Ledger
from studioops.model import Report, Status

SECRET = "hunter2-of-the-test"
SHOP = """
CREATE TABLE customers (id int PRIMARY KEY, name text);
INSERT INTO customers SELECT n, 'customer ' || n FROM generate_series(1, 50) n;
"""
AWAY: dict[str, Any] = {"host": "127.0.0.1", "port": 1, "login": "key", "password": SECRET}


@pytest.fixture
def shop(airflow: Any, database_dsn: str, tmp_path: Path) -> str:
    """A small database; the name under which Airflow knows it, which has no backups yet."""
    with psycopg.connect(database_dsn) as connection:
        connection.execute(SHOP)
    name = f"shop_{tmp_path.parent.name}_{tmp_path.name}".replace("-", "_")
    airflow.connect_database(name, database_dsn)
    return name


@pytest.fixture
def spool(airflow: Any, tmp_path: Path) -> Path:
    """Where backups wait for the store, which is not waited for."""
    directory = tmp_path / "spool"
    airflow.environment["STUDIOOPS_SPOOL_DIR"] = str(directory)
    airflow.environment["STUDIOOPS_STORE_WAIT"] = "0"
    return directory


@contextmanager
def store_away(airflow: Any) -> Iterator[None]:
    """Nobody answers where Airflow looks for the object store."""
    name = "AIRFLOW_CONN_STUDIOOPS_OBJECT_STORE"
    there = airflow.environment[name]
    airflow.connect("studioops_object_store", conn_type="generic", **AWAY)
    yield
    airflow.environment[name] = there


def states(ran: Any) -> dict[str, str]:
    return {name: "/".join(found) for name, found in ran.tasks.items()}


def reason(report: Report) -> str:
    (found,) = {one.reason for one in report.subjects if one.status is Status.NOT_CHECKED}
    return found


def files(directory: Path) -> list[Path]:
    return [one for one in directory.rglob("*") if one.is_file()]


def test_a_backup_is_listed_and_makes_a_drill_due_and_retention_is_kept(
    airflow: Any, ledger: Ledger, shop: str, shelf: Any, recorded: Any
) -> None:
    first = airflow.run("backup", target=shop)
    assert first.state == "success", first.log[-3000:]
    assert set(states(first).values()) == {"success"}
    (kept,) = shelf(shop).ids()
    assert first.events == [{"target": shop, "backup": kept}]
    reports = recorded(first)
    assert {kind: one.status for kind, one in reports.items()} == {
        "backup": Status.PASSED,
        "prune": Status.PASSED,
    }
    assert reports["backup"].evidence["backup"] == kept
    assert reports["backup"].evidence["rows"] == 50
    assert first.left("verdict").startswith(f"{shop} is passed: backup {kept}: ")
    # None is proven, and now the settings keep one alone.
    for name in ("DAILY", "WEEKLY", "MONTHLY"):
        airflow.environment[f"STUDIOOPS_BACKUP_KEEP_{name}"] = str(int(name == "DAILY"))
    second = airflow.run("backup", target=shop)
    assert len(shelf(shop).ids()) == 2
    assert recorded(second)["backup"].status is Status.PASSED
    # In the first days that is a note; later no verdict is well until one is proven.
    told = recorded(second)["prune"]
    assert told.status is Status.PASSED
    assert [one.reason for one in told.subjects if one.reason] == [
        "kept 1 more: none is proven yet; next: studioops backup drill"
    ]
    assert second.state == "success"


def test_with_the_store_away_it_waits_on_this_disk_and_is_delivered_once(
    airflow: Any, shop: str, spool: Path, shelf: Any, recorded: Any
) -> None:
    with store_away(airflow):
        ran = airflow.run("backup", target=shop)
        before = files(spool)
        away = airflow.run("backup_delivery")
    assert ran.state == "failed"
    assert [name for name, state in states(ran).items() if state != "success"] == ["verdict"]
    assert ran.events == []
    report = recorded(ran)["backup"]
    assert report.status is Status.NOT_CHECKED
    assert [one.name for one in report.subjects if one.reason] == ["stored"]
    assert str(spool) in reason(report)
    assert "backup_delivery" in reason(report)
    assert shelf(shop).ids() == []
    waits = report.evidence["backup"]

    assert states(away)["verdict"] == "failed"
    assert away.events == []
    assert "127.0.0.1:1" in reason(recorded(away)["delivery"])
    assert files(spool) == before

    back = airflow.run("backup_delivery")
    assert back.state == "success", back.log[-3000:]
    assert recorded(back)["delivery"].status is Status.PASSED
    assert back.events == [{"target": shop, "backup": waits}]
    assert shelf(shop).ids() == [waits]
    assert files(spool) == []
    again = airflow.run("backup_delivery")
    assert again.state == "success"
    assert states(again).pop("waiting") == "success"
    assert {state for name, state in states(again).items() if name != "waiting"} == {"skipped"}
    assert again.events == []

    drill = airflow.run("restore_drill", target=shop, backup=waits)
    assert drill.state == "success", drill.log[-3000:]
    assert SECRET not in ran.log + away.log


def test_a_database_that_is_away_is_the_reason(
    airflow: Any, shop: str, shelf: Any, recorded: Any
) -> None:
    airflow.connect(shop, conn_type="postgres", **AWAY, schema="shop")
    airflow.environment["STUDIOOPS_DATABASE_WAIT"] = "0"
    ran = airflow.run("backup", target=shop)
    assert states(ran)["database"] == "failed"
    assert states(ran)["take"] == "upstream_failed"
    assert states(ran)["verdict"] == "failed"
    assert ran.events == []
    reports = recorded(ran)
    assert "127.0.0.1:1/shop: no connection" in reason(reports["backup"])
    assert reports["prune"].status is not Status.PASSED
    assert shelf(shop).ids() == []
    assert SECRET not in ran.log


def test_without_a_key_one_line_says_what_to_set_and_nothing_is_tried_again(
    airflow: Any, shop: str, shelf: Any, recorded: Any
) -> None:
    del airflow.environment["AIRFLOW_CONN_STUDIOOPS_BACKUP_KEYS"]
    ran = airflow.run("backup", target=shop)
    assert states(ran)["take"] == "failed"
    assert ran.tries["take"] == 1
    told = reason(recorded(ran)["backup"])
    assert told.startswith("Airflow has no connection called 'studioops_backup_keys', and ")
    assert "airflow connections add studioops_backup_keys" in told
    assert "\n" not in told
    assert shelf(shop).ids() == []
