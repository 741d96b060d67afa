"""Every strategy finds exactly the planted rows; which one is taken follows the statistics."""

from __future__ import annotations

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from studioops.integrity import scan
from studioops.integrity.scan import looker, small
from studioops.integrity.scan.strategies import merged, walked
from studioops.integrity.scan.strategies.hashed import hash_join
from studioops.integrity.scan.strategies.heap import heap_only
from studioops.integrity.scan.strategies.merged import merge_join
from studioops.integrity.scan.strategies.walked import key_walk
from studioops.postgres import fetch, open_database

FORCED = {
    "hash_anti_join": hash_join,
    "merge_index_only": merge_join,
    "key_walk": key_walk,
    "heap_only": lambda _, question: heap_only(question),
}
KINDS = {
    "bigint": st.integers(-3, 6),
    "text": st.sampled_from(["", "a", "B", "b", "ä", "a b", "%s", "zz"]),
    "numeric": st.sampled_from(["1", "1.0", "-2.5", "NaN", "0"]),
    "boolean": st.booleans(),
}
SETTINGS = settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.fixture
def force(monkeypatch):
    """Look at everything by one strategy, whatever the statistics say."""
    monkeypatch.setattr(small, "SMALL_ROWS", 0)
    monkeypatch.setattr(merged, "ALL_VISIBLE", 0)
    monkeypatch.setattr(walked, "ROWS_PER_VALUE", -1)

    def by(name: str) -> None:
        def forced(planned, question, **_):
            taken = FORCED[name](planned, question)
            assert taken is not None
            assert taken.name == name
            return taken

        monkeypatch.setattr(looker, "choose", forced)

    return by


def seen(dsn: str) -> list[dict]:
    with open_database(dsn) as database:
        return scan(database, None, target="t").evidence["relationships"]


@pytest.mark.parametrize("name", FORCED)
@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
@SETTINGS
def test_each_strategy_finds_exactly_the_planted_rows(database_dsn, force, name, kind, data):
    force(name)
    values = KINDS[kind]
    parents = data.draw(st.sets(values, max_size=5))
    children = data.draw(st.lists(st.one_of(st.none(), values), min_size=1, max_size=25))
    with psycopg.connect(database_dsn, autocommit=True) as connection:
        connection.execute("DROP TABLE IF EXISTS c; DROP TABLE IF EXISTS p")
        connection.execute(f"CREATE TABLE p (id {kind} PRIMARY KEY)")
        connection.execute(f"CREATE TABLE c (n int PRIMARY KEY, p {kind} REFERENCES p)")
        connection.execute("CREATE INDEX ON c (p); SET session_replication_role = replica")
        with connection.cursor() as cursor:
            same = f"INSERT INTO p VALUES (%s::text::{kind}) ON CONFLICT DO NOTHING"
            cursor.executemany(same, [(str(one),) for one in parents])
            rows = [(n, None if one is None else str(one)) for n, one in enumerate(children)]
            cursor.executemany(f"INSERT INTO c VALUES (%s, %s::text::{kind})", rows)
        for statement in VACUUM:
            connection.execute(statement)
        expected = connection.execute(
            "SELECT n::text FROM c WHERE p IS NOT NULL AND p NOT IN (SELECT id FROM p) ORDER BY c.n"
        ).fetchall()
    (entry,) = seen(database_dsn)
    assert entry["strategy"] == name
    assert entry["orphans"] == len(expected)
    assert [one["row"]["n"] for one in entry["sample"]] == [n for (n,) in expected[:5]]


# Pages become all visible once their commits have reached the disk, which the tests' server delays.
VACUUM = ("CHECKPOINT", "VACUUM ANALYZE c", "VACUUM ANALYZE p")
LARGE = (
    "CREATE TABLE p (id int PRIMARY KEY); INSERT INTO p SELECT generate_series(1, 9000)",
    "CREATE TABLE few (id int PRIMARY KEY); INSERT INTO few SELECT generate_series(1, 20)",
    "CREATE TABLE c (id int PRIMARY KEY, p int REFERENCES p, few int REFERENCES few, t text)",
    "INSERT INTO c SELECT n, 1 + n % 9000, 1 + n % 20, n FROM generate_series(1, 20000) AS n",
)


def chosen(planted, **options) -> dict[str, str]:
    with open_database(planted.dsn) as database:
        report = scan(database, None, target="t", **options)
    assert report.status == "passed"
    return {one["child"]: one["strategy"] for one in report.evidence["relationships"]}


def test_the_statistics_choose_and_the_report_says_why(planted):
    planted.sql(*LARGE, "ANALYZE")
    assert set(chosen(planted).values()) == {"hash_anti_join"}
    planted.sql("CREATE INDEX ON c (p); CREATE INDEX ON c (few)")
    planted.sql(*VACUUM)
    assert chosen(planted) == {"public.c(p)": "merge_index_only", "public.c(few)": "key_walk"}
    reasons = {one["child"]: one["strategy_reason"] for one in planted.scan().entries}
    assert reasons["public.c(few)"] == "about 20 values in 20000 rows"


def test_small_tables_are_looked_at_together_though_never_analysed(planted):
    planted.sql("CREATE TABLE p (id int PRIMARY KEY)")
    planted.sql(*(f"CREATE TABLE c{n} (p int REFERENCES p)" for n in range(120)))
    assert set(chosen(planted).values()) == {"batched_anti_join"}


def test_a_paranoid_scan_trusts_no_index(planted):
    planted.sql(*LARGE, "CREATE INDEX ON c (p); CREATE INDEX ON c (few)")
    planted.sql(*VACUUM)
    assert set(chosen(planted, paranoid=True).values()) == {"heap_only"}


def test_an_orphan_that_a_corrupt_index_lost_is_found_by_a_paranoid_scan(planted):
    planted.sql(*LARGE, "CREATE INDEX lossy ON c (p)")
    planted.orphaned("INSERT INTO c VALUES (50000, 77777, 1)")
    planted.sql(*VACUUM)
    # The index misses a row that the heap has, as a bad disk or a changed collation leaves it.
    with psycopg.connect(planted.dsn, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute(
            "UPDATE pg_index SET indisready = false WHERE indexrelid = 'lossy'::regclass"
        )
        connection.execute("INSERT INTO c VALUES (50001, 88888, 1)")
        connection.execute(
            "UPDATE pg_index SET indisready = true WHERE indexrelid = 'lossy'::regclass"
        )
    planted.sql(*VACUUM)
    with open_database(planted.dsn) as database:
        trusting = scan(database, None, target="t").evidence["summary"]["orphans"]
        paranoid = scan(database, None, target="t", paranoid=True).evidence["summary"]["orphans"]
    assert (trusting, paranoid) == (1, 2)


def test_planner_settings_do_not_outlive_their_statement(planted, monkeypatch):
    planted.sql(*LARGE, "CREATE INDEX ON c (p)")
    planted.sql(*VACUUM)
    seen_settings = []
    original = looker.count_orphans

    def count_orphans(connection, strategy):
        before = fetch(connection, "SHOW enable_hashjoin")[0]["enable_hashjoin"]
        counted = original(connection, strategy)
        after = fetch(connection, "SHOW enable_hashjoin")[0]["enable_hashjoin"]
        seen_settings.append((strategy.name, before, after))
        return counted

    monkeypatch.setattr(looker, "count_orphans", count_orphans)
    chosen(planted)
    assert set(seen_settings) == {
        ("merge_index_only", "on", "off"),
        ("hash_anti_join", "on", "on"),
    }
