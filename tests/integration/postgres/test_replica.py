"""A standby read in its primary's place: never a stranger, never yesterday's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

from studioops.errors import DatabaseUnreachable, NotItsReplica, ReplicaBehind
from studioops.postgres import PRIMARY, fetch, open_database, parse_dsn, reader


@pytest.fixture
def twin(cluster, standby, database_dsn) -> Iterator[str]:
    """The test's database on the standby, as soon as it is there."""
    with reading(cluster.dsn(), standby.dsn("postgres")):
        pass
    yield standby.dsn(parse_dsn(database_dsn).database)
    standby.replay("resume")


@contextmanager
def reading(primary: str, replica: str | None, patience: float = 20) -> Iterator[tuple]:
    with open_database(primary) as database:
        twin = open_database(replica) if replica else None
        with reader(database, twin, patience) as (read, server):
            yield read, server, database


def write(dsn: str, statement: str) -> None:
    with psycopg.connect(dsn, autocommit=True) as connection:
        # The suite's server leaves commits in memory for a while, as no user's does.
        connection.execute("SET synchronous_commit = local")
        connection.execute(statement)


def test_without_a_replica_the_primary_is_read(database_dsn):
    with reading(database_dsn, None) as (read, server, primary):
        assert read is primary
        assert server == PRIMARY


def test_what_was_written_before_is_seen_on_the_replica(database_dsn, twin):
    for n in range(5):
        write(database_dsn, f"CREATE TABLE t{n} AS SELECT generate_series(1, 20000) AS n")
        with reading(database_dsn, twin) as (read, server, _), read.transaction() as connection:
            (row,) = fetch(
                connection, f"SELECT count(*) AS n, pg_is_in_recovery() AS standby FROM public.t{n}"
            )
        assert row == {"n": 20000, "standby": True}
        assert parse_dsn(twin).where in server


def test_a_replica_that_does_not_replay_is_behind(database_dsn, twin, standby):
    with reading(database_dsn, twin):
        standby.replay("pause")
    write(database_dsn, "CREATE TABLE t (n int)")
    with (
        pytest.raises(ReplicaBehind, match=r"is \d+ bytes of log behind") as caught,
        reading(database_dsn, twin, 0.5),
    ):
        pass
    assert "STUDIOOPS_REPLICA_WAIT" in caught.value.next_step
    assert caught.value.retryable


def test_another_database_of_the_same_server_is_none(database_dsn, standby):
    with (
        pytest.raises(NotItsReplica, match="another server or database"),
        reading(database_dsn, standby.dsn("postgres")),
    ):
        pass


def test_a_server_that_takes_writes_is_none(database_dsn):
    with (
        pytest.raises(NotItsReplica, match="takes writes itself"),
        reading(database_dsn, database_dsn),
    ):
        pass


def test_a_replica_that_is_away_is_not_passed_over(database_dsn):
    with (
        pytest.raises(DatabaseUnreachable, match="no connection"),
        reading(database_dsn, "postgresql://127.0.0.1:1/x"),
    ):
        pass


def test_a_plain_role_may_ask(database_dsn, twin, cluster, standby):
    name = parse_dsn(database_dsn).database
    write(database_dsn, "CREATE ROLE plain_reader LOGIN PASSWORD 'sesame'")
    try:
        words = {"user": "plain_reader", "password": "sesame"}
        primary = psycopg.conninfo.make_conninfo(database_dsn, **words)
        with reading(database_dsn, twin):
            pass
        replica = psycopg.conninfo.make_conninfo(standby.dsn(name), **words)
        with reading(primary, replica) as (_, server, _):
            assert "sesame" not in server
    finally:
        write(database_dsn, "DROP ROLE plain_reader")
