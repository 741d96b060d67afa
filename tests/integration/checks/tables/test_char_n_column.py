"""Text that is filled up with blanks."""

import psycopg

from studioops.model import Severity

NAME = "char_n_column"


def test_char_n_is_found_and_becomes_varchar_without_the_blanks(checked):
    checked.sql(
        """CREATE TABLE "T t" (id int, "Code" char(10) UNIQUE DEFAULT 'x', many char(5)[])""",
        """INSERT INTO "T t" VALUES (1, 'ab', ARRAY['c'])""",
    )
    (finding,) = checked.prove(NAME, {'public."T t"': '"Code" character(10), many character(5)[]'})
    assert finding.severity is Severity.WARNING
    with psycopg.connect(checked.dsn) as connection:
        connection.execute('INSERT INTO "T t" (id) VALUES (2)')
        statement = (
            """SELECT "Code", octet_length("Code"), many, pg_typeof(many)::text,"""
            """ pg_typeof("Code")::text FROM "T t" ORDER BY id"""
        )
        rows = connection.execute(statement).fetchall()
    assert rows == [
        ("ab", 2, ["c"], "character varying[]", "character varying"),
        ("x", 1, None, "character varying[]", "character varying"),
    ]


def test_what_the_finding_says_of_blanks_and_indexes_is_true(checked):
    checked.sql("CREATE TABLE t (c char(10) PRIMARY KEY); INSERT INTO t VALUES ('ab')")
    with psycopg.connect(checked.dsn) as connection:
        statement = "SELECT c ~ 'b$', c LIKE 'ab', length(c), c || '|', pg_column_size(c) FROM t"
        assert connection.execute(statement).fetchone() == (False, False, 2, "ab|", 11)
        connection.execute("SET enable_seqscan = off")
        statement = "EXPLAIN SELECT FROM t WHERE c = 'ab'::text"
        plan = "\n".join(row[0] for row in connection.execute(statement).fetchall())
    assert "Index Cond" not in plan


def test_codes_of_two_and_three_letters_are_merely_told(checked):
    checked.sql(
        "CREATE TABLE country (code char(2) PRIMARY KEY); INSERT INTO country VALUES ('DE')",
        "CREATE TABLE t (country char(2) REFERENCES country, currency char(3) NOT NULL)",
        "INSERT INTO t VALUES ('DE', 'EUR')",
    )
    findings = checked.prove(NAME, ["public.country", "public.t"])
    assert {one.severity for one in findings} == {Severity.INFO}


def test_a_domain_is_judged_by_its_base_type(checked):
    checked.sql(
        "CREATE DOMAIN sign AS char(8); CREATE DOMAIN sub AS sign",
        "CREATE DOMAIN flag AS char; CREATE TABLE t (a sub, b flag)",
    )
    (finding,) = checked.prove(NAME, {"public.t": "a public.sub"})
    assert "to keep them: public.sub\n" in finding.repair
    assert "ALTER COLUMN a TYPE character varying(8);" in finding.repair


def test_what_stands_in_the_way_is_named(checked):
    checked.sql("CREATE TABLE t (a char(4)); CREATE VIEW v AS SELECT a FROM t")

    def mend(findings):
        checked.sql("DROP VIEW v").repair(findings)

    (finding,) = checked.prove(NAME, ["public.t"], mend=mend)
    assert "make them again afterwards: view public.v\n" in finding.repair


def test_partitions_are_told_of_once_and_a_partition_key_takes_a_new_table(checked):
    checked.sql(
        "CREATE TABLE t (country char(2), code char(7)) PARTITION BY LIST (country)",
        "CREATE TABLE t1 PARTITION OF t FOR VALUES IN ('DE')",
        "CREATE TABLE k (country char(2)) PARTITION BY LIST (country)",
    )

    def mend(findings):
        checked.repair([findings[1]])
        checked.sql("DROP TABLE k; DROP TABLE t")

    first, second = checked.prove(NAME, ["public.k", "public.t"], mend=mend)
    assert first.repair.endswith("-- partition keys take a new table, which these need: country")
    assert "ALTER TABLE public.t ALTER COLUMN code TYPE character varying(7);" in second.repair


def test_what_fills_up_nothing_or_cannot_be_changed_is_left_alone(checked):
    checked.sql(
        'CREATE TABLE t (a char, b char(1), c "char", d bpchar, e varchar(5), f name, k char(5))',
        "ALTER TABLE t DROP k",
        "CREATE TABLE g (a text, b char(5) GENERATED ALWAYS AS (a::char(5)) STORED)",
        "CREATE VIEW v AS SELECT e::char(5) AS e FROM t; CREATE TYPE c AS (a char(5))",
        "CREATE TABLE typed OF c; CREATE TABLE e (a char(5)); ALTER EXTENSION plpgsql ADD TABLE e",
        "CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w",
        "CREATE FOREIGN TABLE f (a char(5)) SERVER s",
    )
    with psycopg.connect(checked.dsn, autocommit=True) as other:
        other.execute("CREATE TEMP TABLE tmp (a char(5))")
        assert checked.find(NAME) == []
