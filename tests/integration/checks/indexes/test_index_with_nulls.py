"""An index that holds mostly NULLs."""

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from studioops.checks import choose_checks
from studioops.model import Status

NAME = "index_with_nulls"
FILLED = (
    'CREATE TABLE "T t" ("A a" text, b int)',
    """INSERT INTO "T t" SELECT CASE WHEN n % 20 = 0 THEN 'x' || n END, n
    FROM generate_series(1, 20000) AS n""",
)


@pytest.fixture(autouse=True)
def _smaller(monkeypatch):
    (check,) = choose_checks([NAME])
    monkeypatch.setitem(check.parameters, "least_bytes", 100_000)


def test_an_index_of_nulls_is_found_and_made_partial(checked):
    checked.sql(
        *FILLED,
        'CREATE INDEX "I i" ON "T t" ("A a" text_pattern_ops DESC) WITH (fillfactor = 80)',
        "ANALYZE",
    )
    checked.prove(NAME, {'public."I i"': '95 % of "A a" of public."T t" is NULL'})
    with psycopg.connect(checked.dsn) as connection:
        (made,) = connection.execute(
            "SELECT indexdef FROM pg_indexes WHERE tablename = 'T t'"
        ).fetchone()
    assert made.endswith(
        """ON public."T t" USING btree ("A a" text_pattern_ops DESC) WITH (fillfactor='80')"""
        """ WHERE ("A a" IS NOT NULL)"""
    )


def test_partitions_are_told_of_once_at_the_root(checked):
    checked.sql(
        "CREATE TABLE r (a int, b int) PARTITION BY RANGE (b)",
        "CREATE TABLE r1 PARTITION OF r FOR VALUES FROM (0) TO (20000)",
        "CREATE TABLE r2 PARTITION OF r DEFAULT",
        "CREATE INDEX i ON r (a)",
        "INSERT INTO r SELECT CASE WHEN n % 20 = 0 THEN n END, n FROM generate_series(1, 40000) n",
        "ANALYZE r1; ANALYZE r2",
    )
    checked.prove(NAME, {"public.i": "95 % of a of public.r is NULL"})


def test_what_holds_values_or_promises_something_is_left_alone(checked):
    checked.sql(
        *FILLED,
        'CREATE INDEX ON "T t" (b)',
        'CREATE UNIQUE INDEX ON "T t" ("A a")',
        'CREATE INDEX ON "T t" ("A a") WHERE "A a" IS NOT NULL',
        'CREATE INDEX ON "T t" ("A a", b)',
        'CREATE INDEX ON "T t" USING hash ("A a")',
        "CREATE TABLE small (a int); INSERT INTO small SELECT NULL FROM generate_series(1, 100)",
        "CREATE INDEX ON small (a)",
        "CREATE TABLE parent (id int PRIMARY KEY)",
        "CREATE TABLE child (up int REFERENCES parent)",
        "INSERT INTO child SELECT NULL FROM generate_series(1, 20000)",
        "CREATE INDEX ON child (up)",
        "ANALYZE",
    )
    assert checked.find(NAME) == []


def test_what_nobody_has_counted_is_not_checked(checked, cluster):
    report = checked.sql(*FILLED, 'CREATE INDEX "I i" ON "T t" ("A a")').report(NAME)
    assert report.status is Status.NOT_CHECKED
    assert 'next: ANALYZE public."T t"' in report.subjects[0].reason
    checked.sql("ANALYZE", "CREATE ROLE no_reader LOGIN PASSWORD 'sesame'")
    try:
        dsn = make_conninfo(checked.dsn, user="no_reader", password="sesame")
        report = checked.report(NAME, dsn=dsn)
    finally:
        checked.sql("DROP ROLE no_reader")
    assert report.status is Status.NOT_CHECKED
    assert 'may read all of public."T t"' in report.subjects[0].reason
