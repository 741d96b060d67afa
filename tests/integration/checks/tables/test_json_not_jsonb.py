"""A document kept as text."""

import psycopg
import pytest

NAME = "json_not_jsonb"


def test_json_is_found_and_becomes_jsonb_with_its_default_and_index(checked):
    checked.sql(
        """CREATE TABLE "T t" (id int, "Doc" json NOT NULL DEFAULT '{}', many json[])""",
        """CREATE INDEX ON "T t" (("Doc" ->> 'a'))""",
        """INSERT INTO "T t" VALUES (1, '{"a": 1}', ARRAY['[1]']::json[])""",
    )
    checked.prove(NAME, {'public."T t"': '"Doc" json, many json[]'})
    with psycopg.connect(checked.dsn) as connection:
        connection.execute('INSERT INTO "T t" (id) VALUES (2)')
        statement = 'SELECT DISTINCT "Doc", many FROM "T t" ORDER BY 1'
        assert connection.execute(statement).fetchall() == [({}, None), ({"a": 1}, [[1]])]


def test_what_the_finding_says_of_distinct_is_true(checked):
    checked.sql("CREATE TABLE t (j json)")
    with pytest.raises(psycopg.errors.UndefinedFunction, match="equality operator for type json"):
        checked.sql("SELECT DISTINCT j FROM t")


def test_a_domain_is_judged_by_its_base_type_and_its_rules_are_named(checked):
    checked.sql(
        "CREATE DOMAIN doc AS json CHECK (json_typeof(VALUE) = 'object'); CREATE DOMAIN sub AS doc",
        """CREATE TABLE t (d doc, s sub); INSERT INTO t VALUES ('{"a": 1}', '{}')""",
    )
    (finding,) = checked.prove(NAME, {"public.t": "d public.doc, s public.sub"})
    assert "-- the rules of these domains go" in finding.repair
    assert "keep them: public.doc, public.sub\n" in finding.repair


def test_what_stands_in_the_way_is_named(checked):
    checked.sql(
        "CREATE TABLE t (j json); CREATE VIEW \"V v\" AS SELECT j -> 'a' AS a FROM t",
        "CREATE POLICY p ON t USING (j ->> 'a' = 'x')",
    )

    def mend(findings):
        checked.sql('DROP VIEW "V v"; DROP POLICY p ON t').repair(findings)

    (finding,) = checked.prove(NAME, ["public.t"], mend=mend)
    assert 'make them again afterwards: policy p on public.t, view public."V v"\n' in finding.repair


def test_partitions_and_heirs_are_told_of_once_at_the_root(checked):
    checked.sql(
        "CREATE TABLE t (a int, j json) PARTITION BY LIST (a)",
        "CREATE TABLE t1 PARTITION OF t FOR VALUES IN (1); INSERT INTO t VALUES (1, '{}')",
        "CREATE TABLE parent (j json); CREATE TABLE heir () INHERITS (parent)",
    )
    checked.prove(NAME, ["public.t", "public.parent"])


def test_what_cannot_be_changed_or_is_right_is_left_alone(checked):
    checked.sql(
        "CREATE TABLE t (j jsonb, a jsonb[], k json); ALTER TABLE t DROP k",
        "CREATE TABLE g (a text, j json GENERATED ALWAYS AS (json_object(ARRAY['a', a])) STORED)",
        "CREATE VIEW v AS SELECT j::json AS j FROM t; CREATE TYPE c AS (j json)",
        "CREATE TABLE typed OF c; CREATE TABLE e (j json); ALTER EXTENSION plpgsql ADD TABLE e",
        "CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w",
        "CREATE FOREIGN TABLE f (j json) SERVER s",
    )
    with psycopg.connect(checked.dsn, autocommit=True) as other:
        other.execute("CREATE TEMP TABLE tmp (j json)")
        assert checked.find(NAME) == []
