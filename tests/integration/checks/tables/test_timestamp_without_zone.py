"""A time that does not say where it is meant."""

import psycopg
import pytest

from studioops.model import Severity

NAME = "timestamp_without_zone"


def test_a_timestamp_is_found_and_keeps_its_moment(checked):
    checked.sql(
        'CREATE TABLE "T t" ("At" timestamp(3), b timestamp NOT NULL)',
        """INSERT INTO "T t" VALUES ('2020-06-01 12:00:00.123', '2020-01-01')""",
        'CREATE INDEX ON "T t" ("At")',
    )
    (finding,) = checked.prove(NAME, {'public."T t"': 'times without a zone: "At", b'})
    assert finding.severity is Severity.INFO
    with psycopg.connect(checked.dsn) as connection:
        connection.execute("SET timezone = 'Asia/Tokyo'")
        statement = (
            """SELECT "At"::text, b::text, format_type(atttypid, atttypmod) FROM "T t", pg_attribute"""
            """ WHERE attrelid = '"T t"'::regclass AND attnum = 1"""
        )
        assert connection.execute(statement).fetchone() == (
            "2020-06-01 21:00:00.123+09", "2020-01-01 09:00:00+09", "timestamp(3) with time zone",
        )  # fmt: skip


@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo"])
def test_defaults_give_the_same_moment_after_it(checked, zone):
    """A default that makes a plain timestamp would silently be read in the session's zone."""
    right = (
        "a timestamp DEFAULT now(), b timestamp(3) DEFAULT (now() AT TIME ZONE 'utc'),"
        " c timestamp(6) DEFAULT CURRENT_TIMESTAMP, d timestamp DEFAULT now() + interval '0'"
    )
    fixed = "e timestamp DEFAULT '2020-01-01 00:00', f timestamp DEFAULT '2020-01-01'::date"
    local = "g timestamp, h timestamp DEFAULT now()::timestamp"
    checked.sql(f"CREATE TABLE t (id int, {right}, {fixed}, {local})")
    checked.prove(NAME, ["public.t"])
    with psycopg.connect(checked.dsn, autocommit=True) as connection:
        connection.execute(f"SET timezone = '{zone}'")
        connection.execute("BEGIN")
        connection.execute("INSERT INTO t (id) VALUES (1)")
        statement = (
            "SELECT a = now(), abs(extract(epoch FROM b - now())) < 0.01, c = now(), d = now(),"
            " e = '2020-01-01 00:00Z', f = '2020-01-01 00:00Z', g IS NULL,"
            " h = now()::timestamp AT TIME ZONE 'UTC' FROM t"
        )
        assert connection.execute(statement).fetchone() == (True,) * 8


def test_the_way_of_the_page_for_utc_writes_nothing_anew(checked):
    checked.sql("CREATE TABLE t (a timestamp); INSERT INTO t VALUES ('2020-01-01 12:00')")
    with psycopg.connect(checked.dsn, autocommit=True) as connection:
        file = "SELECT pg_relation_filenode('t')"
        before = connection.execute(file).fetchone()
        connection.execute("SET timezone = 'UTC'")
        connection.execute("ALTER TABLE t ALTER COLUMN a TYPE timestamptz")
        assert connection.execute(file).fetchone() == before
        assert connection.execute("SELECT a::text FROM t").fetchone() == ("2020-01-01 12:00:00+00",)


def test_both_kinds_in_one_table_are_worse(checked):
    checked.sql("CREATE TABLE t (a timestamp, b timestamptz)")
    (finding,) = checked.prove(NAME, {"public.t": "a, beside 1 with one"})
    assert finding.severity is Severity.WARNING


def test_a_domain_is_judged_by_its_base_type(checked):
    checked.sql(
        "CREATE DOMAIN moment AS timestamp(0) CHECK (VALUE > '2000-01-01')",
        "CREATE DOMAIN later AS moment; CREATE TABLE t (a later DEFAULT now())",
        "INSERT INTO t VALUES ('2020-01-01 12:00')",
    )
    (finding,) = checked.prove(NAME, {"public.t": "times without a zone: a"})
    assert "to keep them: public.later\n" in finding.repair
    assert "a TYPE timestamp(0) with time zone" in finding.repair


def test_what_stands_in_the_way_is_named(checked):
    checked.sql(
        "CREATE TABLE t (a timestamp, b timestamp)",
        'CREATE VIEW "V v" AS SELECT a, b FROM t',
        "CREATE INDEX by_day ON t (date_trunc('day', a)); CREATE INDEX plain ON t (a)",
        "CREATE INDEX open ON t (a) WHERE b IS NULL",
    )

    def mend(findings):
        checked.sql('DROP VIEW "V v"; DROP INDEX by_day').repair(findings)

    (finding,) = checked.prove(NAME, ["public.t"], mend=mend)
    assert 'make them again afterwards: view public."V v"\n' in finding.repair
    assert "(date_trunc, ::date): index public.by_day, index public.open\n" in finding.repair


def test_partitions_are_told_of_once_and_a_partition_key_takes_a_new_table(checked):
    checked.sql(
        "CREATE TABLE t (at timestamp, b timestamp) PARTITION BY RANGE (at)",
        "CREATE TABLE t1 PARTITION OF t FOR VALUES FROM ('2020-01-01') TO ('2021-01-01')",
        "CREATE TABLE k (at timestamp) PARTITION BY RANGE (date_trunc('day', at))",
    )

    def mend(findings):
        checked.repair([findings[1]])
        checked.sql("DROP TABLE k; DROP TABLE t")

    first, second = checked.prove(NAME, ["public.k", "public.t"], mend=mend)
    assert first.repair.endswith("-- partition keys take a new table, which these need: at")
    assert "which these need: at\n" in second.repair
    assert "ALTER COLUMN at " not in second.repair


def test_what_cannot_be_changed_or_is_right_is_left_alone(checked):
    checked.sql(
        "CREATE TABLE t (a timestamptz, b date, c time, k timestamp); ALTER TABLE t DROP k",
        "CREATE TABLE g (a timestamptz, l timestamp GENERATED ALWAYS AS (a AT TIME ZONE 'UTC') STORED)",
        "CREATE VIEW v AS SELECT a::timestamp AS a FROM t; CREATE TYPE c AS (a timestamp)",
        "CREATE TABLE typed OF c; CREATE TABLE e (a timestamp); ALTER EXTENSION plpgsql ADD TABLE e",
        "CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w",
        "CREATE FOREIGN TABLE f (a timestamp) SERVER s",
    )
    with psycopg.connect(checked.dsn, autocommit=True) as other:
        other.execute("CREATE TEMP TABLE tmp (a timestamp)")
        assert checked.find(NAME) == []
