"""A replication slot that nobody reads from."""

import re

import psycopg
import pytest

from studioops.checks import choose_checks
from studioops.model import Severity

NAME = "inactive_slot"
OPTIONS = ("max_slot_wal_keep_size=1MB", "wal_level=logical")


@pytest.fixture
def at_once(monkeypatch):
    """Nobody can wait for an hour here, or write so much."""
    (check,) = choose_checks([NAME])
    monkeypatch.setitem(check.parameters, "minutes", 0)
    monkeypatch.setitem(check.parameters, "least_bytes", 0)


@pytest.fixture
def slot(cluster):
    """A slot of the shared server, which keeps WAL until it is dropped."""
    name = "left_by_a_replica"
    cluster.run(f"SELECT pg_create_physical_replication_slot('{name}', true)")
    yield name
    cluster.run(
        "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots "
        f"WHERE slot_name = '{name}'"
    )


def drop(checked):
    def mend(findings) -> None:
        (statement,) = re.findall("SELECT pg_drop_replication_slot.*;", findings[0].repair)
        checked.sql(statement)

    return mend


def test_a_slot_without_a_reader_is_found_until_it_is_dropped(checked, slot, at_once):
    (found,) = checked.prove(NAME, {slot: "physical slot: nobody has read"}, mend=drop(checked))
    assert found.severity is Severity.WARNING
    assert "of WAL" in found.message


def test_one_whose_reader_is_away_for_a_moment_is_well(checked, slot):
    assert checked.find(NAME) == []


def test_one_that_keeps_nothing_yet_and_one_of_a_session_are_well(cluster, checked, at_once):
    name = "for_a_replica_to_come"
    try:
        cluster.run(f"SELECT pg_create_physical_replication_slot('{name}')")
        with psycopg.connect(checked.dsn, autocommit=True) as connection:
            connection.execute("SELECT pg_create_physical_replication_slot('mine', true, true)")
            assert checked.find(NAME) == []
    finally:
        cluster.run(f"SELECT pg_drop_replication_slot('{name}')")


def test_a_logical_one_is_told_of_with_its_database_and_a_lost_one_is_dropped(
    spare, checked_at, at_once, monkeypatch
):
    spare.start()
    checked = checked_at(spare.dsn)
    checked.sql(
        "SELECT pg_create_logical_replication_slot('events', 'pgoutput')",
        "CREATE TABLE t (a text)",
    )
    (found,) = checked.find(NAME)
    assert found.message.startswith("logical slot of postgres: nobody")
    assert "dead rows" in found.message
    for _ in range(4):
        checked.sql("INSERT INTO t VALUES ('x')", "SELECT pg_switch_wal()", "CHECKPOINT")
    # However short the time: that one is lost.
    monkeypatch.setitem(choose_checks([NAME])[0].parameters, "minutes", 60)
    monkeypatch.setitem(choose_checks([NAME])[0].parameters, "least_bytes", 100_000_000)
    checked.prove(NAME, {"events": "is of no use"})
