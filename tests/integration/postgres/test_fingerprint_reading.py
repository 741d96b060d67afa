from __future__ import annotations

import threading

import psycopg
import pytest

from studioops.errors import DatabaseError, DatabaseUnreachable
from studioops.postgres import Limits, open_database, parse_dsn
from studioops.postgres.fingerprint import fingerprint_tables, hash_probe, list_tables
from studioops.postgres.snapshot import shared_snapshot


def look(dsn, **words):
    with open_database(dsn) as database:
        with database.transaction() as connection:
            tables = list_tables(connection)
        return fingerprint_tables(database, tables.counted, **words)


def test_what_cannot_be_read_says_so_and_the_rest_goes_on(cluster, database_dsn, run):
    run(
        database_dsn,
        "CREATE TABLE ours AS SELECT 1 AS a",
        "CREATE TABLE denied AS SELECT 1 AS a",
        "CREATE TABLE hidden AS SELECT 1 AS a",
        "ALTER TABLE hidden ENABLE ROW LEVEL SECURITY",
        "CREATE TABLE huge AS SELECT d || d AS a FROM (SELECT c || c AS d FROM (SELECT b || b AS c "
        "FROM (SELECT a || a AS b FROM (SELECT 0::bit(80000000)::varbit AS a) AS w) AS x) AS y) AS z",
        "CREATE ROLE weak_reader LOGIN PASSWORD 'weak-secret'",
        "GRANT SELECT ON ours, hidden, huge TO weak_reader",
    )
    weak = cluster.dsn(parse_dsn(database_dsn).database, "weak_reader", "weak-secret")
    found = look(weak)
    assert found["public.ours"].rows == 1
    assert found["public.ours"].unread == ""
    for name, word in (("denied", "permission"), ("hidden", "row-level"), ("huge", "")):
        one = found[f"public.{name}"]
        assert (one.rows, one.digest) == (0, "")
        assert word in one.unread
        assert "; next: " in one.unread
    run(database_dsn, "DROP TABLE ours, denied, hidden, huge", "DROP ROLE weak_reader")


def test_a_locked_table_does_not_stop_the_rest(database_dsn, run):
    run(database_dsn, "CREATE TABLE locked (a int)", "CREATE TABLE t (a int)")
    with psycopg.connect(database_dsn) as holder:
        holder.execute("LOCK TABLE locked")
        with open_database(database_dsn, limits=Limits(lock_timeout=0.2)) as database:
            with database.transaction() as connection:
                tables = list_tables(connection)
            found = fingerprint_tables(database, tables.counted)
    assert "lock" in found["public.locked"].unread
    assert found["public.t"].unread == ""


def test_the_snapshot_is_seen_by_every_connection(database_dsn, run):
    run(database_dsn, *(f"CREATE TABLE t{n} AS SELECT 1 AS a" for n in range(8)))
    told = []
    with open_database(database_dsn) as database, shared_snapshot(database) as snapshot:
        run(database_dsn, *(f"INSERT INTO t{n} VALUES (2)" for n in range(8)))
        with database.transaction(snapshot=snapshot.name) as connection:
            tables = list_tables(connection)
        found = fingerprint_tables(
            database,
            tables.counted,
            snapshot=snapshot.name,
            connections=3,
            progress=lambda *words: told.append(words),
        )
        assert {one.rows for one in found.values()} == {1}
    assert [done for _, done, _ in told] == list(range(1, 9))
    assert {total for _, _, total in told} == {8}
    assert {name for name, _, _ in told} == set(found)


def test_a_snapshot_that_is_gone_raises(database_dsn, run):
    run(database_dsn, "CREATE TABLE t (a int)")
    with open_database(database_dsn) as database:
        with shared_snapshot(database) as snapshot:
            pass
        with database.transaction() as connection:
            tables = list_tables(connection)
        with pytest.raises(DatabaseError):
            fingerprint_tables(database, tables.counted, snapshot=snapshot.name, connections=2)


def test_a_lost_connection_raises(database_dsn, run):
    run(
        database_dsn,
        "CREATE TABLE t (a int)",
        "INSERT INTO t VALUES (1)",
        "ALTER TABLE t ADD COLUMN b int",
        "CREATE TABLE slow (a text)",
        "INSERT INTO slow SELECT repeat('x', 1000) FROM generate_series(1, 200000)",
    )

    def kill():
        with psycopg.connect(database_dsn, autocommit=True) as connection:
            for _ in range(400):
                ended = connection.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE application_name = 'studioops victim' AND state = 'active' "
                    "AND query LIKE '%hashtextextended%'"
                ).fetchall()
                if ended:
                    return

    with open_database(database_dsn, application="victim") as database:
        with database.transaction() as connection:
            tables = list_tables(connection)
        killer = threading.Thread(target=kill)
        killer.start()
        with pytest.raises(DatabaseUnreachable):
            fingerprint_tables(database, tables.counted, connections=2)
        killer.join()


def test_a_caller_that_gives_up_does_not_wait_for_the_rest(database_dsn, run):
    run(database_dsn, *(f"CREATE TABLE t{n} AS SELECT 1 AS a" for n in range(50)))
    seen = []

    def stop(name, _done, _total):
        seen.append(name)
        raise RuntimeError("enough")

    with open_database(database_dsn) as database:
        with database.transaction() as connection:
            tables = list_tables(connection)
        with pytest.raises(RuntimeError, match="enough"):
            fingerprint_tables(database, tables.counted, connections=2, progress=stop)
    assert len(seen) == 1


def test_two_databases_of_a_server_hash_alike_unless_their_encoding_differs(
    cluster, database_dsn, run
):
    def probe(dsn):
        with open_database(dsn) as database, database.transaction() as connection:
            return hash_probe(connection)

    cluster.run(
        "CREATE DATABASE {} TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'", "other_encoding"
    )
    assert probe(database_dsn) == probe(cluster.dsn("postgres"))
    assert probe(database_dsn) != probe(cluster.dsn("other_encoding"))
    assert probe(database_dsn)["probe"] == "f2541990183ebaa0"
    cluster.drop("other_encoding")
