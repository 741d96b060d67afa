"""A table that is mostly empty space."""

import pytest

from studioops.checks import choose_checks
from studioops.model import Status

NAME = "bloated_table"
OFF = "WITH (autovacuum_enabled = off)"
FILLED = (
    f'CREATE TABLE "T t" (a int PRIMARY KEY, b text, c text) {OFF}',
    """INSERT INTO "T t" SELECT n, 'some text ' || n, NULL FROM generate_series(1, 30000) AS n""",
)
DOCUMENT = "(SELECT string_agg(md5((n * m)::text), '') FROM generate_series(1, 150) AS m)"


@pytest.fixture(autouse=True)
def smaller(monkeypatch):
    """What counts as large here: nobody can wait for ten megabytes a test."""
    (check,) = choose_checks([NAME])
    monkeypatch.setitem(check.parameters, "least_bytes", 200_000)


def test_a_table_that_was_emptied_is_found_and_written_anew(checked):
    checked.sql(*FILLED, 'DELETE FROM "T t" WHERE a % 10 <> 0')
    # In a session of its own: what VACUUM has counted comes after what the deletion has.
    checked.sql('VACUUM ANALYZE "T t"')
    (finding,) = checked.prove(NAME, {'public."T t"': "of which about"})
    assert finding.message.endswith("autovacuum is off for it")
    assert "dead rows wait" not in finding.message
    assert "ACCESS EXCLUSIVE" in finding.repair
    assert """--table='public."T t"'""" in finding.repair


def test_dead_rows_are_as_empty_and_are_counted(checked):
    checked.sql(*FILLED, 'UPDATE "T t" SET b = b', 'UPDATE "T t" SET b = b', 'ANALYZE "T t"')
    checked.prove(NAME, {'public."T t"': "dead rows wait for VACUUM"})


def test_a_partition_is_told_of_by_itself(checked):
    checked.sql(
        "CREATE TABLE t (a int, b text) PARTITION BY LIST (a)",
        f"CREATE TABLE t1 PARTITION OF t FOR VALUES IN (1) {OFF}",
        f"CREATE TABLE t2 PARTITION OF t FOR VALUES IN (2) {OFF}",
        "INSERT INTO t SELECT 1 + n % 2, 'some text ' || n FROM generate_series(1, 40000) AS n",
        "DELETE FROM t1 WHERE right(b, 2) <> '42'",
        "VACUUM ANALYZE t",
    )
    checked.prove(NAME, ["public.t1"])


def test_a_materialized_view_that_was_refreshed_again_and_again(checked):
    checked.sql(
        f"CREATE MATERIALIZED VIEW m {OFF} AS SELECT n AS a, random() AS b"
        " FROM generate_series(1, 10000) AS n",
        "CREATE UNIQUE INDEX ON m (a)",
        *["REFRESH MATERIALIZED VIEW CONCURRENTLY m"] * 4,
        "VACUUM ANALYZE m",
    )
    checked.prove(NAME, ["public.m"])


def test_what_lies_beside_the_table_is_judged_too(checked):
    checked.sql(
        f"CREATE TABLE t (a int, b text) {OFF}",
        f"INSERT INTO t SELECT n, {DOCUMENT} FROM generate_series(1, 500) AS n",
        "VACUUM ANALYZE t",
    )
    assert checked.find(NAME) == []
    checked.sql("DELETE FROM t WHERE a % 10 <> 0", "VACUUM ANALYZE t")
    checked.prove(NAME, {"public.t": "its TOAST table, "})


def test_full_tables_of_every_shape_are_not_bloated(checked):
    checked.sql(
        "CREATE TABLE padded AS SELECT n::int2 AS a, n::int8 AS b, n::int2 AS c, n::int8 AS d,"
        " true AS e, now() AS f FROM generate_series(1, 20000) AS n",
        "CREATE TABLE uneven AS SELECT n, (SELECT string_agg(md5((n * m)::text), '')"
        " FROM generate_series(1, 1 + n % 60) AS m) FROM generate_series(1, 2000) AS n",
        "CREATE TABLE airy (a int, b jsonb, c json, d xml) WITH (fillfactor = 30)",
        """INSERT INTO airy SELECT n, '{"a": 1}', '{"a": 1}', NULL FROM generate_series(1, 9000) AS n""",
        "CREATE TABLE wide (a int, b text); ALTER TABLE wide ALTER b SET STORAGE plain",
        "INSERT INTO wide SELECT n, repeat('x', 4500) FROM generate_series(1, 200) AS n",
        f"CREATE TABLE nulls (a int, {', '.join(f'c{n} text' for n in range(40))})",
        "INSERT INTO nulls SELECT n FROM generate_series(1, 20000) AS n",
        "CREATE TABLE dropped (a int, b int, c text)",
        "INSERT INTO dropped SELECT n, n, md5(n::text) FROM generate_series(1, 20000) AS n",
        "ALTER TABLE dropped DROP COLUMN b",
        "VACUUM ANALYZE",
    )
    assert checked.find(NAME) == []


def test_rows_that_came_after_the_statistics_are_not_taken_for_air(checked):
    checked.sql(
        f"CREATE TABLE t (a int, b text) {OFF}",
        "INSERT INTO t SELECT n, md5(n::text) FROM generate_series(1, 20000) AS n",
        "ANALYZE t",
        "INSERT INTO t SELECT n, md5(n::text) FROM generate_series(1, 15000) AS n",
    )
    assert checked.find(NAME) == []


@pytest.mark.parametrize("analysed", [False, True], ids=["never", "long ago"])
def test_without_statistics_of_today_nobody_can_tell(checked, analysed):
    checked.sql(FILLED[0])
    if analysed:
        checked.sql("""INSERT INTO "T t" VALUES (-1, 'a', NULL)""", 'ANALYZE "T t"')
    report = checked.sql(FILLED[1]).report(NAME)
    assert report.status is Status.NOT_CHECKED
    assert 'next: VACUUM ANALYZE public."T t"' in report.subjects[0].reason
