"""The DAG ``restore_drill``: well, of a damaged backup, of none, and with a restore that fails."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from studioops.backups.take import How, take
from studioops.model import Report, Status
from studioops.postgres import open_database

SHOP = """
CREATE TABLE customers (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text);
CREATE TABLE orders (id int PRIMARY KEY, customer_id int NOT NULL REFERENCES customers);
CREATE INDEX ON orders (customer_id);
INSERT INTO customers (name) SELECT 'customer ' || n FROM generate_series(1, 50) n;
INSERT INTO orders SELECT n, n FROM generate_series(1, 50) n;
"""
PAUSE_S = 0.01
SCRATCH = "SELECT datname FROM pg_database WHERE datname LIKE 'studioops_drill%'"
SIGNED = f"{SCRATCH} AND shobj_description(oid, 'pg_database') IS NOT NULL"
OTHER_NAME = "studioops_drill_20261125t020000_0a1b2c"


@pytest.fixture
def shop(airflow: Any, database_dsn: str, tmp_path: Path) -> str:
    """A healthy database; the name under which Airflow knows it, which has no backups yet."""
    with psycopg.connect(database_dsn) as connection:
        connection.execute(SHOP)
    name = f"shop_{tmp_path.parent.name}_{tmp_path.name}".replace("-", "_")
    airflow.connect_database(name, database_dsn)
    return name


@pytest.fixture
def take_one(shop: str, database_dsn: str, shelf: Any) -> Callable[[], str]:
    """Take a backup; its id."""

    def taken() -> str:
        with open_database(database_dsn) as database:
            return take(database, shelf(shop), How(jobs=1)).backup_id

    return taken


@pytest.fixture
def scratch_left(cluster: Any) -> Callable[[], list[str]]:
    """The scratch databases that there are."""

    def left() -> list[str]:
        with psycopg.connect(cluster.dsn()) as connection:
            return [name for (name,) in connection.execute(SCRATCH).fetchall()]

    return left


@contextmanager
def disturbing(dsn: str, statement: str) -> Iterator[list[str]]:
    """Do something to the first scratch database that is made, as soon as it is; its name."""
    found: list[str] = []
    over = threading.Event()

    def work() -> None:
        with psycopg.connect(dsn, autocommit=True) as connection:
            while not found and not over.wait(PAUSE_S):
                found.extend(name for (name,) in connection.execute(SIGNED).fetchall())
            names = [sql.Identifier(one) for one in found]
            connection.execute(sql.SQL(statement).format(*names))

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield found
    finally:
        over.set()
        thread.join()


def states(ran: Any) -> dict[str, str]:
    return {name: "/".join(found) for name, found in ran.tasks.items()}


def not_well(ran: Any) -> list[str]:
    return sorted(name for name, state in states(ran).items() if state != "success")


def reasons(report: Report) -> set[str]:
    return {one.reason for one in report.subjects if one.status is Status.NOT_CHECKED}


def test_a_healthy_backup_is_proven_the_newest_or_the_one_that_is_named(
    *,
    airflow: Any,
    shop: str,
    take_one: Callable[[], str],
    shelf: Any,
    recorded: Any,
    scratch_left: Callable[[], list[str]],
) -> None:
    older, newest = take_one(), take_one()
    ran = airflow.run("restore_drill", target=shop)
    assert ran.state == "success", ran.log[-3000:]
    assert not_well(ran) == []
    report = recorded(ran)["drill"]
    assert (report.status, report.findings) == (Status.PASSED, ())
    assert (report.target, report.evidence["backup"]) == (shop, newest)
    (proof,) = shelf(shop).proofs(newest)
    assert (proof.faithful, proof.sound) == (Status.PASSED, Status.PASSED)
    assert proof.run == f"dag restore_drill {ran.run_id}"
    assert shelf(shop).proofs(older) == []

    named = airflow.run("restore_drill", target=shop, backup=older)
    assert named.state == "success", named.log[-3000:]
    assert recorded(named)["drill"].evidence["backup"] == older
    assert len(shelf(shop).proofs(older)) == 1
    assert len(shelf(shop).proofs(newest)) == 1
    assert scratch_left() == []


def test_a_damaged_file_fails_the_verdict_alone(
    *,
    airflow: Any,
    shop: str,
    take_one: Callable[[], str],
    shelf: Any,
    recorded: Any,
    scratch_left: Callable[[], list[str]],
) -> None:
    backup = take_one()
    vault = shelf(shop).vault
    data = max(vault.entries(f"{shop}/{backup}/dump/"), key=lambda one: one.size)
    broken = bytearray(b"".join(vault.read(data.name)))
    broken[-20] ^= 1
    vault.store.put(vault.bucket, data.name, bytes(broken))
    ran = airflow.run("restore_drill", target=shop)
    assert not_well(ran) == ["verdict"]
    report = recorded(ran)["drill"]
    assert report.evidence["faithful"] == "failed"
    assert report.evidence["sound"] == "not_checked"
    assert any(data.name.rpartition("/")[2] in one.object for one in report.findings)
    (proof,) = shelf(shop).proofs(backup)
    assert (proof.faithful, proof.sound) == (Status.FAILED, Status.NOT_CHECKED)
    assert scratch_left() == []


def test_without_a_backup_nothing_is_proven_and_the_reason_says_what_to_do(
    airflow: Any, shop: str, recorded: Any, scratch_left: Callable[[], list[str]]
) -> None:
    ran = airflow.run("restore_drill", target=shop)
    assert states(ran)["verdict"] == "failed"
    assert ran.tries["drill.choose"] == 1
    report = recorded(ran)["drill"]
    assert report.status is Status.NOT_CHECKED
    (told,) = reasons(report)
    assert told.startswith(f"{shop} has no backup yet in ")
    assert "; next: take one: " in told
    assert scratch_left() == []


def test_a_restore_that_fails_once_is_tried_again_in_a_new_place(
    *,
    airflow: Any,
    cluster: Any,
    shop: str,
    take_one: Callable[[], str],
    recorded: Any,
    scratch_left: Callable[[], list[str]],
) -> None:
    take_one()
    with disturbing(cluster.dsn(), "ALTER DATABASE {} ALLOW_CONNECTIONS false") as closed:
        ran = airflow.run("restore_drill", target=shop)
    assert ran.state == "success", ran.log[-3000:]
    assert ran.tries["drill.restore"] == 2
    assert [ran.left("drill.scratch")["place"]] == closed
    assert ran.left("drill.restore")["place"] not in closed
    assert recorded(ran)["drill"].status is Status.PASSED
    assert scratch_left() == []


def test_after_a_restore_that_failed_for_good_the_place_goes_all_the_same(
    *,
    airflow: Any,
    cluster: Any,
    shop: str,
    take_one: Callable[[], str],
    shelf: Any,
    recorded: Any,
    scratch_left: Callable[[], list[str]],
) -> None:
    backup = take_one()
    with disturbing(cluster.dsn(), f"ALTER DATABASE {{}} RENAME TO {OTHER_NAME}") as renamed:
        ran = airflow.run("restore_drill", target=shop)
    assert [ran.left("drill.scratch")["place"]] == renamed
    assert ran.tries["drill.restore"] == 1
    told = states(ran)
    assert (told["drill.restore"], told["drill.faithful"]) == ("failed", "upstream_failed")
    assert (told["drill.drop"], told["verdict"]) == ("success", "failed")
    report = recorded(ran)["drill"]
    assert report.status is Status.NOT_CHECKED
    assert report.evidence["faithful"] == "not_checked"
    assert any(f'database "{renamed[0]}" does not exist' in one for one in reasons(report))
    # That it could not run neither proves nor disproves anything, and is kept all the same.
    assert [one.faithful for one in shelf(shop).proofs(backup)] == [Status.NOT_CHECKED]
    assert scratch_left() == []
