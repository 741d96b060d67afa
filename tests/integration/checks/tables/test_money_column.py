"""Amounts whose decimals a setting decides."""

from decimal import Decimal

import psycopg

NAME = "money_column"


def test_money_is_found_and_becomes_numeric_with_its_default(checked):
    checked.sql(
        """CREATE TABLE "T t" (id int, "Price" money NOT NULL DEFAULT 1.5, many money[])""",
        """INSERT INTO "T t" VALUES (1, '-92233720368547758.08', ARRAY[0.01, 2]::numeric[]::money[])""",
        'CREATE INDEX ON "T t" ("Price")',
    )
    (finding,) = checked.prove(NAME, {'public."T t"': 'amounts of type money: "Price", many'})
    assert "lc_monetary is " in finding.repair
    with psycopg.connect(checked.dsn) as connection:
        connection.execute('INSERT INTO "T t" (id) VALUES (2)')
        rows = connection.execute('SELECT "Price", many FROM "T t" ORDER BY id').fetchall()
    assert rows == [
        (Decimal("-92233720368547758.08"), [Decimal("0.01"), Decimal("2.00")]),
        (Decimal("1.50"), None),
    ]


def test_a_domain_is_judged_by_its_base_type(checked):
    checked.sql("CREATE DOMAIN price AS money; CREATE TABLE t (a price)")
    (finding,) = checked.prove(NAME, {"public.t": "amounts of type money: a"})
    assert "to keep them: public.price\n" in finding.repair


def test_what_stands_in_the_way_is_named(checked):
    checked.sql(
        'CREATE TABLE t (a money, b money, CONSTRAINT "K k" CHECK (a > 0::money))',
        "CREATE VIEW v AS SELECT a FROM t; CREATE TABLE plain (a money CHECK (a IS NOT NULL))",
    )

    def mend(findings):
        checked.sql('DROP VIEW v; ALTER TABLE t DROP CONSTRAINT "K k"').repair(findings)

    _, finding = checked.prove(NAME, ["public.t", "public.plain"], mend=mend)
    assert "make them again afterwards: view public.v\n" in finding.repair
    assert 'hold an amount of money: CHECK "K k" on public.t\n' in finding.repair


def test_partitions_are_told_of_once_at_the_root(checked):
    checked.sql(
        "CREATE TABLE t (a int, m money) PARTITION BY LIST (a)",
        "CREATE TABLE t1 PARTITION OF t FOR VALUES IN (1); INSERT INTO t VALUES (1, 2)",
    )
    checked.prove(NAME, ["public.t"])


def test_what_cannot_be_changed_or_is_right_is_left_alone(checked):
    checked.sql(
        "CREATE TABLE t (a numeric(19, 2), money int, k money); ALTER TABLE t DROP k",
        "CREATE FUNCTION twice(int) RETURNS money IMMUTABLE LANGUAGE sql AS 'SELECT 2 * $1::money'",
        "CREATE TABLE g (a int, m money GENERATED ALWAYS AS (twice(a)) STORED)",
        "CREATE VIEW v AS SELECT a::money AS a FROM t; CREATE TYPE c AS (a money)",
        "CREATE TABLE typed OF c; CREATE TABLE e (a money); ALTER EXTENSION plpgsql ADD TABLE e",
        "CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w",
        "CREATE FOREIGN TABLE f (a money) SERVER s",
    )
    with psycopg.connect(checked.dsn, autocommit=True) as other:
        other.execute("CREATE TEMP TABLE tmp (a money)")
        assert checked.find(NAME) == []
