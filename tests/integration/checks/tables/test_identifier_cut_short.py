"""A name that PostgreSQL may have cut short."""

import psycopg

from studioops.model import Severity

NAME = "identifier_cut_short"
LONG = "a_name_that_goes_on_" * 4
CUT = LONG[:63]
CYRILLIC = "имя_" * 20


def renamed(checked):
    """Somebody has found the whole name and has chosen another one."""

    def mend(findings):
        for number, finding in enumerate(findings):
            line = finding.repair.splitlines()[-1]
            checked.sql(line.removeprefix("-- ").replace("…", f"short_{number}"))

    return mend


def test_names_of_tables_and_columns_are_found_and_changed(checked):
    checked.sql(f"CREATE TABLE {LONG} (a int)", f'CREATE TABLE "T t" ({LONG} int, b int)')
    findings = checked.prove(
        NAME,
        {
            f"public.{CUT}": "the table's name takes 63 of 63 bytes",
            f'public."T t".{CUT}': "the column's name takes 63 of 63 bytes",
        },
        renamed(checked),
    )
    assert {one.severity for one in findings} == {Severity.WARNING}


def test_names_of_everything_else_are_found_and_changed(checked):
    checked.sql(
        'CREATE TABLE "T t" (a int)',
        f'CREATE INDEX {LONG}i ON "T t" (a)',
        f'ALTER TABLE "T t" ADD CONSTRAINT k{LONG} CHECK (a > 0)',
        f"CREATE SEQUENCE s{LONG}; CREATE VIEW v{LONG} AS SELECT 1 AS a",
        f"CREATE MATERIALIZED VIEW m{LONG} AS SELECT 1 AS a",
        f"CREATE FUNCTION f{LONG}(a int, text) RETURNS int LANGUAGE sql AS 'SELECT 1'",
        f"CREATE PROCEDURE p{LONG}() LANGUAGE sql AS 'SELECT 1'",
        f"CREATE TYPE e{LONG} AS ENUM ('a'); CREATE TYPE c{LONG} AS (a int)",
        f"CREATE DOMAIN d{LONG} AS int",
        "CREATE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
        f'CREATE TRIGGER t{LONG} AFTER INSERT ON "T t" FOR EACH ROW EXECUTE FUNCTION tell()',
    )
    cut = {kind: f"{kind}{LONG}"[:63] for kind in "ksvmfpecdt"}
    findings = checked.prove(
        NAME,
        {
            f"public.{CUT}": "the index's name",
            f'public."T t".{cut["k"]}': "the constraint's name",
            f"public.{cut['s']}": "the sequence's name",
            f"public.{cut['v']}": "the view's name",
            f"public.{cut['m']}": "the materialized view's name",
            f"public.{cut['f']}(a integer, text)": "the routine's name",
            f"public.{cut['p']}()": "the routine's name",
            f"public.{cut['e']}": "the type's name",
            f"public.{cut['c']}": "the type's name",
            f"public.{cut['d']}": "the type's name",
            f'public."T t".{cut["t"]}': "the trigger's name",
        },
        renamed(checked),
    )
    told = {one.object: one.severity for one in findings}
    assert told[f"public.{CUT}"] is Severity.INFO
    assert told[f"public.{cut['v']}"] is Severity.WARNING


def test_letters_of_more_than_a_byte_are_cut_earlier(checked):
    checked.sql(f'CREATE TABLE "{CYRILLIC}" (a int)', f'CREATE TABLE "x{"ы" * 40}" (a int)')
    checked.prove(
        NAME,
        {f'public."{CYRILLIC[:36]}"': "63 of 63", f'public."x{"ы" * 31}"': "63 of 63"},
        renamed(checked),
    )
    checked.sql(f'CREATE TABLE "xx{"ы" * 40}" (a int)', f'CREATE TABLE "{"ы" * 30}" (a int)')
    assert [one.object for one in checked.find(NAME)] == [f'public."xx{"ы" * 30}"']
    assert "takes 62 of 63 bytes" in checked.find(NAME)[0].message


def test_names_that_were_composed_to_fit_are_whole(checked):
    table, column = CUT[:60], "and_its_column"
    checked.sql(
        f"CREATE TABLE {table} ({column} serial PRIMARY KEY, b{column} int UNIQUE CHECK (b{column} > 0),"
        f" c{column} int NOT NULL REFERENCES {table}, EXCLUDE (c{column} WITH =))",
        f"CREATE INDEX ON {table} (b{column}, c{column})",
        f"CREATE INDEX ON {table} (b{column}, c{column})",
        f"CREATE INDEX django_{'a' * 36}_1a2b3c4d_fk_other_i ON {table} (c{column})",
        f"CREATE TABLE {CUT[:62]} (a int)",
    )
    with psycopg.connect(checked.dsn) as connection:
        full = "SELECT count(*) FROM pg_class WHERE octet_length(relname) = 63"
        assert connection.execute(full).fetchone() == (7,)
    assert checked.find(NAME) == []


def test_what_belongs_to_a_parent_or_an_extension_is_told_of_there(checked):
    checked.sql(
        f"CREATE TABLE t ({LONG} int) PARTITION BY LIST ({LONG})",
        "CREATE TABLE t1 PARTITION OF t FOR VALUES IN (1)",
        f"CREATE INDEX {LONG} ON t ({LONG})",
        f"ALTER TABLE t ADD CONSTRAINT {LONG} CHECK ({LONG} > 0)",
        f"CREATE TABLE x{LONG} (a int); ALTER EXTENSION plpgsql ADD TABLE x{LONG}",
        f"CREATE FUNCTION x{LONG}() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        f"ALTER EXTENSION plpgsql ADD FUNCTION x{LONG}()",
    )
    checked.prove(
        NAME,
        [f"public.t.{CUT}", f"public.t.{CUT}", f"public.{CUT}"],
        renamed(checked),
    )
