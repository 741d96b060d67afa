"""A large table that is read as a whole again and again."""

import psycopg
import pytest

from studioops.checks import choose_checks
from studioops.model import Status

NAME = "missing_index"
FILLED = (
    """CREATE TABLE "T't" (a int, b text)""",
    """INSERT INTO "T't" SELECT n, repeat('x', 200) FROM generate_series(1, 3000) AS n""",
)
LOOK_UP = """SELECT count(*) FROM "T't" WHERE a = 7"""
PARALLEL = """SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0; SET max_parallel_workers_per_gather = 2"""


def read(checked, times: int, statement: str = LOOK_UP, before: str = "") -> None:
    with psycopg.connect(checked.dsn, autocommit=True) as connection:
        if before:
            connection.execute(before)
        for _ in range(times):
            connection.execute(statement)
        new = connection.info.server_version >= 150000
        connection.execute(
            "SELECT pg_stat_force_next_flush()" if new else "SELECT pg_stat_clear_snapshot()"
        )
        connection.execute("SELECT pg_sleep(0)" if new else "SELECT pg_sleep(1)")


@pytest.fixture(autouse=True)
def _smaller(monkeypatch):
    """Tables of this size count as large, and what was counted in this minute as enough."""
    (check,) = choose_checks([NAME])
    monkeypatch.setitem(check.parameters, "least_rows", 500)
    monkeypatch.setitem(check.parameters, "reads_a_day", 20)
    monkeypatch.setitem(check.parameters, "days", 0)


def mend(checked):
    # The column is for whoever knows the query; after the reset the index does the work.
    def make_the_index(findings):
        checked.sql(
            """CREATE INDEX CONCURRENTLY ON "T't" (a)""", "ANALYZE", "SELECT pg_stat_reset()"
        )
        read(checked, 30)

    return make_the_index


def test_a_table_that_is_read_whole_is_found_until_an_index_serves(checked):
    read(checked.sql(*FILLED), 30)
    (found,) = checked.prove(
        NAME, {"""public."T't\"""": "read from end to end 30 times"}, mend=mend(checked)
    )
    # What it tells to type must be typed as it stands.
    listing = found.repair.splitlines()[1].removeprefix("-- ")
    checked.sql("CREATE EXTENSION pg_stat_statements", listing)


def test_the_workers_of_a_parallel_scan_are_one_reader(checked):
    read(checked.sql(*FILLED), 30, before=PARALLEL)
    checked.prove(NAME, {"""public."T't\"""": "30 times"}, mend=mend(checked))


def test_partitions_are_told_of_once_at_the_root(checked):
    checked.sql(
        "CREATE TABLE p (a int, b int) PARTITION BY LIST (b)",
        "CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1); CREATE TABLE p2 PARTITION OF p DEFAULT",
        "INSERT INTO p SELECT n, n % 2 FROM generate_series(1, 3000) AS n",
    )
    read(checked, 30, "SELECT count(*) FROM p WHERE a = 7")
    (found,) = checked.find(NAME)
    assert found.object == "public.p"
    assert "2 of its partitions: read from end to end 30 times" in found.message
    assert "CREATE INDEX ON public.p" in found.repair


@pytest.mark.parametrize(
    ("times", "statement"),
    [(900, """SELECT a FROM "T't" LIMIT 100"""), (5, LOOK_UP)],
    ids=["that end early", "that are few"],
)
def test_scans_of_no_pattern(checked, times, statement):
    read(checked.sql(*FILLED), times, statement)
    assert checked.find(NAME) == []


def test_a_few_reads_by_several_workers_are_few(checked):
    read(checked.sql(*FILLED), 15, before=PARALLEL)
    assert checked.find(NAME) == []


def test_a_table_that_is_mostly_read_by_its_index_misses_none(checked):
    # Rows that the same session has written and analysed are counted twice.
    checked.sql(*FILLED).sql("""CREATE INDEX ON "T't" (a)""", "ANALYZE")
    by_index = (
        "SET enable_seqscan = off; SET enable_bitmapscan = off; SET enable_indexonlyscan = off"
    )
    read(checked, 60, """SELECT count(b) FROM "T't" WHERE a > 0""", by_index)
    read(checked, 30, """SELECT count(b) FROM "T't\"""")
    assert checked.find(NAME) == []


def test_young_statistics_tell_nothing_of_large_tables(checked, monkeypatch):
    (check,) = choose_checks([NAME])
    monkeypatch.setitem(check.parameters, "days", 1)
    assert checked.sql("CREATE TABLE small (a int)").find(NAME) == []
    report = checked.sql(*FILLED, "SELECT pg_stat_reset()", "ANALYZE").report(NAME)
    assert report.status is Status.NOT_CHECKED
    assert "for 0.0 hours only; next: ask again tomorrow" in report.subjects[0].reason


def test_nothing_is_well_where_nothing_is_counted(checked):
    checked.sql(
        *FILLED,
        "DO $$ BEGIN EXECUTE format("
        "'ALTER DATABASE %I SET track_counts = off', current_database()); END $$",
    )
    report = checked.report(NAME)
    assert report.status is Status.NOT_CHECKED
    assert "next: ALTER SYSTEM SET track_counts = on" in report.subjects[0].reason
