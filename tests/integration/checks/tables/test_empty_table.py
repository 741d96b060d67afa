"""A table without a single row."""

import psycopg
import pytest

from studioops.checks import choose_checks
from studioops.model import Status
from studioops.postgres import parse_dsn

NAME = "empty_table"
OFF = "WITH (autovacuum_enabled = off)"


def dropped(checked):
    """Somebody has asked around: nothing fills it."""

    def mend(findings):
        for finding in findings:
            (line,) = [one for one in finding.repair.splitlines() if "DROP TABLE" in one]
            checked.sql(line.removeprefix("-- "))

    return mend


@pytest.fixture
def all_are_large(monkeypatch):
    """No table is small enough to be asked itself."""
    (check,) = choose_checks([NAME])
    monkeypatch.setitem(check.parameters, "read_bytes", 0)


@pytest.fixture
def stranger(cluster):
    """A role that may read nothing; its dsn for a database."""
    cluster.run("DROP ROLE IF EXISTS a_stranger")
    cluster.run("CREATE ROLE a_stranger LOGIN PASSWORD 'sesame'")
    yield lambda dsn: cluster.dsn(parse_dsn(dsn).database, "a_stranger", "sesame")
    cluster.run("DROP ROLE a_stranger")


def test_a_table_that_nobody_fills_is_found_and_dropped(checked):
    checked.sql(
        'CREATE TABLE "T t" (id int PRIMARY KEY); CREATE TABLE full_one (a int)',
        "INSERT INTO full_one VALUES (1)",
    )
    (finding,) = checked.prove(NAME, {'public."T t"': "no row"}, dropped(checked))
    assert finding.message == "no row"


def test_deleted_rows_leave_pages_but_no_row(checked):
    checked.sql(
        f"CREATE TABLE t {OFF} AS SELECT generate_series(1, 5000) AS a",
        "ANALYZE t",
        "DELETE FROM t",
    )
    (finding,) = checked.prove(NAME, {"public.t": "no row, though it takes "}, dropped(checked))
    assert "5000 rows have come and gone since the statistics began" in finding.message


def test_statistics_that_lie_are_not_believed(checked):
    checked.sql(
        f"CREATE TABLE t (a int) {OFF}",
        "ANALYZE t",
        "INSERT INTO t VALUES (1)",
        "SELECT pg_stat_reset()",
    )
    assert checked.find(NAME) == []


def test_who_refers_to_it_is_told(checked):
    checked.sql(
        "CREATE TABLE p (id int PRIMARY KEY, up int REFERENCES p)",
        "CREATE TABLE c (id int REFERENCES p); INSERT INTO c VALUES (NULL)",
    )
    (finding,) = checked.find(NAME)
    assert finding.message == "no row; foreign keys of public.c lead to it"


def test_partitions_and_heirs_count_for_their_root(checked):
    checked.sql(
        "CREATE TABLE t (a int) PARTITION BY LIST (a)",
        "CREATE TABLE t1 PARTITION OF t FOR VALUES IN (1)",
        "CREATE TABLE t2 PARTITION OF t FOR VALUES IN (2)",
        "CREATE TABLE none_yet (a int) PARTITION BY LIST (a)",
        "CREATE TABLE old (a int); CREATE TABLE young () INHERITS (old)",
        "INSERT INTO young VALUES (1)",
    )
    assert [one.object for one in checked.find(NAME)] == ["public.none_yet", "public.t"]
    checked.sql("INSERT INTO t VALUES (2)")
    assert [one.object for one in checked.find(NAME)] == ["public.none_yet"]


def test_a_large_table_is_believed_and_not_read(checked, all_are_large):
    checked.sql(
        f"CREATE TABLE t {OFF} AS SELECT generate_series(1, 5000) AS a",
        f"CREATE TABLE full_one {OFF} AS SELECT 1 AS a",
        "DELETE FROM t",
        # So that VACUUM keeps the pages.
        "ALTER TABLE t SET (vacuum_truncate = off)",
    )
    checked.sql("VACUUM ANALYZE t", "ANALYZE full_one")
    (finding,) = checked.prove(NAME, {"public.t": "no row, though it takes "}, dropped(checked))
    assert " kB (by the statistics)" in finding.message


def test_a_large_table_without_statistics_is_not_known(checked, all_are_large):
    checked.sql(f"CREATE TABLE t {OFF} AS SELECT 1 AS a")
    checked.sql("SELECT pg_stat_reset()").counted()
    report = checked.report(NAME)
    assert report.status is Status.NOT_CHECKED
    assert "such as public.t; next: ANALYZE public.t, or ask as" in report.subjects[0].reason


def test_a_role_that_may_not_read_believes_or_says_so(checked, stranger):
    checked.sql(f"CREATE TABLE t {OFF} AS SELECT 1 AS a; CREATE TABLE no_page (a int)")
    dsn = stranger(checked.dsn)
    report = checked.report(NAME, dsn=dsn)
    assert [one.object for one in report.findings] == ["public.no_page"]
    assert report.status is Status.PASSED
    checked.sql("SELECT pg_stat_reset()").counted()
    report = checked.report(NAME, dsn=dsn)
    assert report.status is Status.NOT_CHECKED
    assert "1 tables could not be asked for a row" in report.subjects[0].reason


def test_rows_that_a_policy_hides_are_not_taken_for_none(checked, stranger):
    checked.sql(
        f"CREATE TABLE t {OFF} AS SELECT 1 AS a; ALTER TABLE t ENABLE ROW LEVEL SECURITY",
        "GRANT SELECT ON t TO a_stranger",
        "ANALYZE t",
    )
    try:
        report = checked.report(NAME, dsn=stranger(checked.dsn))
    finally:
        checked.sql("DROP OWNED BY a_stranger")
    assert report.findings == ()
    assert report.status is Status.PASSED


def test_what_is_no_table_of_the_application_is_left_alone(checked):
    checked.sql(
        "CREATE VIEW v AS SELECT 1 AS a WHERE false",
        "CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY)",
        "CREATE TABLE extensions_own (a int); ALTER EXTENSION plpgsql ADD TABLE extensions_own",
    )
    with psycopg.connect(checked.dsn, autocommit=True) as other:
        other.execute("CREATE TEMP TABLE scratch (a int)")
        assert checked.find(NAME) == []
