"""A table that the planner knows too little of."""

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from studioops.checks import choose_checks
from studioops.model import Severity, Status

NAME = "statistics_stale"
# Nobody comes in between and makes them while the test looks.
TABLE = 'CREATE TABLE "T t" (a int, b text) WITH (autovacuum_enabled = off)'


@pytest.fixture(autouse=True)
def _smaller(monkeypatch):
    (check,) = choose_checks([NAME])
    monkeypatch.setitem(check.parameters, "least_rows", 1000)


def counted(checked, *statements: str):
    """Statements whose rows the server has counted when this returns."""
    with psycopg.connect(checked.dsn, autocommit=True) as connection:
        new = connection.info.server_version >= 150000
        for statement in statements:
            connection.execute(statement)
            connection.execute("SELECT pg_stat_force_next_flush()" if new else "SELECT pg_sleep(1)")
            connection.execute("SELECT 1")
    return checked


def rows(table: str, count: int) -> str:
    return f"INSERT INTO {table} SELECT n, 'x' FROM generate_series(1, {count}) AS n"


def test_a_table_without_statistics_is_found_and_analysed(checked):
    counted(checked, TABLE, rows('"T t"', 5000))
    (found,) = checked.prove(NAME, {'public."T t"': "no statistics of its 5000 rows"})
    assert 'ALTER TABLE public."T t" RESET (autovacuum_enabled);' in found.repair
    assert found.severity is Severity.WARNING


def test_one_that_nobody_has_counted_is_judged_by_its_size(checked):
    # What pg_upgrade leaves: the rows, and nothing that is known of them.
    counted(checked, TABLE, rows('"T t"', 5000), "SELECT pg_stat_reset()")
    checked.prove(NAME, {'public."T t"': "no statistics"})


def test_a_table_that_has_changed_a_good_deal_is_found(checked):
    counted(checked, TABLE, rows('"T t"', 5000), "ANALYZE", 'UPDATE "T t" SET a = 0')
    checked.prove(NAME, {'public."T t"': "5000 rows were written since the last ANALYZE"})


def test_its_own_settings_say_how_much_is_a_good_deal(checked):
    counted(
        checked,
        TABLE,
        'ALTER TABLE "T t" SET (autovacuum_analyze_scale_factor = 0.8)',
        rows('"T t"', 5000),
        "ANALYZE",
        'UPDATE "T t" SET a = 0',
    )
    assert checked.find(NAME) == []


def test_partitions_are_told_of_once_at_the_root(checked):
    counted(
        checked,
        "CREATE TABLE r (a int, b text) PARTITION BY RANGE (a)",
        "CREATE TABLE r1 PARTITION OF r FOR VALUES FROM (0) TO (3000) WITH (autovacuum_enabled = off)",
        "CREATE TABLE r2 PARTITION OF r DEFAULT WITH (autovacuum_enabled = off)",
        rows("r", 6000),
    )
    (found,) = checked.prove(NAME, {"public.r": "no statistics of 2 of its partitions"})
    assert found.severity is Severity.WARNING


def test_a_partitioned_table_has_statistics_as_a_whole_too(checked):
    counted(
        checked,
        "CREATE TABLE r (a int, b text) PARTITION BY RANGE (a)",
        "CREATE TABLE r1 PARTITION OF r FOR VALUES FROM (0) TO (3000)",
        "CREATE TABLE r2 PARTITION OF r DEFAULT",
        rows("r", 6000),
        "ANALYZE r1",
        "ANALYZE r2",
    )
    (found,) = checked.prove(NAME, {"public.r": "no statistics of it as a whole"})
    assert found.severity is Severity.INFO


def test_one_changed_partition_is_analysed_by_itself(checked):
    counted(
        checked,
        "CREATE TABLE r (a int, b text) PARTITION BY RANGE (a)",
        "CREATE TABLE r1 PARTITION OF r FOR VALUES FROM (0) TO (3000) WITH (autovacuum_enabled = off)",
        "CREATE TABLE r2 PARTITION OF r DEFAULT",
        rows("r", 6000),
        "ANALYZE r",
        "UPDATE r1 SET b = 'y'",
    )
    (found,) = checked.prove(NAME, {"public.r": "in 1 of its partitions 2999 rows were written"})
    assert found.repair.startswith("ANALYZE public.r1;")


def test_small_and_well_known_tables_are_well(checked, sessions):
    (other,) = sessions()
    other.execute("CREATE TEMP TABLE scratch AS SELECT generate_series(1, 5000) AS a")
    counted(
        checked,
        TABLE,
        rows('"T t"', 500),
        "CREATE TABLE known (a int, b text)",
        rows("known", 5000),
        "ANALYZE known",
        "UPDATE known SET b = 'y' WHERE a < 500",
    )
    assert checked.find(NAME) == []


def test_what_a_role_may_not_see_or_the_server_does_not_count_is_not_checked(checked, a_role):
    a_role("no_reader", "")
    counted(checked, TABLE, rows('"T t"', 5000))
    dsn = make_conninfo(checked.dsn, user="no_reader", password="sesame")
    report = checked.report(NAME, dsn=dsn)
    assert report.status is Status.NOT_CHECKED
    assert "1 tables have statistics is hidden from no_reader" in report.subjects[0].reason
    checked.sql(
        "ANALYZE",
        "DO $$ BEGIN EXECUTE format("
        "'ALTER DATABASE %I SET track_counts = off', current_database()); END $$",
    )
    report = checked.report(NAME, dsn=dsn)
    assert "next: ALTER SYSTEM SET track_counts = on" in report.subjects[0].reason
    assert "hidden" not in report.subjects[0].reason
