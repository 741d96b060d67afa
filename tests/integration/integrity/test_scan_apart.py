"""A table that outweighs all others: its references side by side, and still as of one moment."""

from __future__ import annotations

from contextlib import contextmanager
from threading import Lock

import psycopg
import pytest

from studioops.errors import CouldNotCheck, DatabaseUnreachable
from studioops.integrity import scan
from studioops.integrity.scan import apart, looker
from studioops.postgres import Database, Limits, open_database, snapshot

TABLES = (
    "CREATE TABLE p (id int PRIMARY KEY)",
    "CREATE TABLE c (id int PRIMARY KEY, a int REFERENCES p, b int REFERENCES p, d int REFERENCES p)",
    "INSERT INTO p SELECT generate_series(1, 100)",
    "INSERT INTO c SELECT n, 1 + n % 100, 1 + n % 7, NULL FROM generate_series(1, 30000) AS n",
    "VACUUM ANALYZE",
)
BROKEN = (
    "UPDATE c SET a = 1000 WHERE id IN (3, 5)",
    "UPDATE c SET b = 2000 WHERE id IN (4, 8, 9)",
)
COMPARED = ("child", "orphans", "malformed", "rows", "sample", "status", "reason")
IDLE = (
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND state = 'idle in transaction'"
)


@pytest.fixture
def heavy(planted, monkeypatch):
    monkeypatch.setattr(apart, "HEAVY", 0)
    return planted.sql(*TABLES).orphaned(*BROKEN)


def entries(planted, connections=2, **options):
    with open_database(planted.dsn) as database:
        report = scan(database, None, target="t", connections=connections, **options)
        with psycopg.connect(planted.dsn) as connection:
            assert connection.execute(IDLE).fetchone() == (0,)
    return {one["child"]: one for one in report.evidence["relationships"]}


def told(found):
    return {child: [one[name] for name in COMPARED] for child, one in found.items()}


@pytest.mark.parametrize("options", [{}, {"one_snapshot": True}, {"paranoid": True}])
def test_it_finds_what_one_connection_finds(heavy, options):
    found = told(entries(heavy, **options))
    assert found == told(entries(heavy, connections=1, **options))
    assert {child: one[1:4] for child, one in found.items()} == {
        "public.c(a)": [2, 0, 30000],
        "public.c(b)": [3, 0, 30000],
        "public.c(d)": [0, 0, 30000],
    }


def test_the_references_are_looked_at_at_the_same_time(heavy, monkeypatch):
    seen = watch(heavy, monkeypatch, lambda _: None)
    entries(heavy)
    assert len(seen) == 3
    assert len({pid for pid, _ in seen}) == 2


def test_all_of_it_is_of_one_moment(heavy, monkeypatch):
    """A row that comes while the first reference is looked at is seen by none of the others."""

    def write(connection):
        heavy.orphaned("INSERT INTO c SELECT 1 + max(id), 3000, 3000, 3000 FROM c")

    seen = watch(heavy, monkeypatch, write)
    found = entries(heavy)
    assert len(seen) == 3
    assert {child: (one["orphans"], one["rows"]) for child, one in found.items()} == {
        "public.c(a)": (2, 30000),
        "public.c(b)": (3, 30000),
        "public.c(d)": (0, 30000),
    }


def test_a_reference_that_fails_spoils_no_other(heavy, monkeypatch):
    original = looker.count_orphans

    def count_orphans(connection, strategy):
        if '"c"."b"' in strategy.counts.as_string():
            connection.exec_driver_sql("SELECT pg_catalog.pg_sleep(9)")
        return original(connection, strategy)

    monkeypatch.setattr(looker, "count_orphans", count_orphans)
    with open_database(heavy.dsn, limits=Limits(statement_timeout=1)) as database:
        report = scan(database, None, target="t", connections=2)
    found = {one["child"]: one for one in report.evidence["relationships"]}
    assert {child: one["orphans"] for child, one in found.items()} == {
        "public.c(a)": 2,
        "public.c(b)": None,
        "public.c(d)": 0,
    }
    assert "--timeout" in found["public.c(b)"]["reason"]


@pytest.mark.parametrize(
    "broken",
    [
        (looker, "count_rows", lambda _: "SELECT 1 / 0 AS rows"),
        (snapshot, "EXPORT", "SELECT 1 / 0 AS name"),
        (snapshot, "EXPORT", "SELECT '00000003-0000001B-1' AS name, now() AS taken_at"),
    ],
    ids=["no count", "none to be had", "known to another server"],
)
def test_where_no_snapshot_can_be_shared_one_connection_looks(heavy, monkeypatch, broken):
    """A balancer may send each connection to another server."""
    expected = told(entries(heavy, connections=1))
    monkeypatch.setattr(*broken)
    assert told(entries(heavy)) == expected


def test_one_that_could_not_take_the_snapshot_is_looked_at_without_it(heavy, monkeypatch):
    expected = told(entries(heavy, connections=1))
    original = looker.Looker._look_apart

    def look_apart(self, one, name):
        if one.child == "public.c(b)":
            raise CouldNotCheck("too late for that snapshot", "take another one")
        return original(self, one, name)

    monkeypatch.setattr(looker.Looker, "_look_apart", look_apart)
    assert told(entries(heavy)) == expected


def test_whoever_holds_the_snapshot_may_be_lost(heavy, monkeypatch):
    """A server that ends idle sessions: what was not looked at yet is looked at without it."""
    expected = told(entries(heavy, connections=1))

    def end_the_holder(_):
        with psycopg.connect(heavy.dsn, autocommit=True) as admin:
            ended = admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE query LIKE '%pg_export_snapshot%' AND pid <> pg_backend_pid()"
            ).fetchall()
        assert ended == [(True,)]

    seen = watch(heavy, monkeypatch, end_the_holder)
    assert told(entries(heavy)) == expected
    assert len(seen) >= 3


def test_a_lost_server_is_knocked_at_no_more(heavy, monkeypatch):
    original, knocks = Database.transaction, []

    @contextmanager
    def transaction(self, **options):
        knocks.append(options)
        if len(knocks) > 2:
            raise DatabaseUnreachable("gone", "wait for it")
        with original(self, **options) as connection:
            yield connection

    monkeypatch.setattr(Database, "transaction", transaction)
    with open_database(heavy.dsn) as database:
        report = scan(database, None, target="t", connections=2)
    found = report.evidence["relationships"]
    assert {one["reason"] for one in found} == {"gone; next: wait for it"}
    # The catalog, the snapshot, then at most one by each connection.
    assert len(knocks) <= 4


def test_a_checkpoint_is_told_of_the_table_once(heavy):
    told_of = []
    entries(heavy, checkpoint=told_of.append)
    assert [len(report.evidence["relationships"]) for report in told_of] == [3]


def test_tables_of_equal_weight_stay_whole(heavy, monkeypatch):
    """Each is looked at on a connection of its own: nothing would be won."""
    copies = ("CREATE TABLE e (LIKE c INCLUDING ALL)", "INSERT INTO e SELECT * FROM c")
    keys = [f"ALTER TABLE e ADD FOREIGN KEY ({name}) REFERENCES p NOT VALID" for name in "abd"]
    # On a connection of its own: the first one's counters are written when it ends.
    heavy.sql(*copies, *keys).sql("VACUUM ANALYZE")
    seen = watch(heavy, monkeypatch, lambda _: None)
    entries(heavy)
    by_table = {table: {pid for pid, other in seen if other == table} for _, table in seen}
    assert {table: len(pids) for table, pids in by_table.items()} == {"c": 1, "e": 1}


def watch(planted, monkeypatch, meanwhile):
    """Note who counts what, and do something before the first count."""
    seen, lock = [], Lock()
    original = looker.count_orphans

    def count_orphans(connection, strategy):
        pid = connection.connection.driver_connection.info.backend_pid
        table = "e" if '"e" AS c' in strategy.counts.as_string() else "c"
        with lock:
            seen.append((pid, table))
            if len(seen) == 1:
                meanwhile(connection)
        connection.exec_driver_sql("SELECT pg_catalog.pg_sleep(0.2)")
        return original(connection, strategy)

    monkeypatch.setattr(looker, "count_orphans", count_orphans)
    return seen
