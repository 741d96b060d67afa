"""A sequence that has few numbers left."""

import psycopg
import pytest

from studioops.model import Severity, Status

NAME = "sequence_near_end"
INT_END = 2147483647


def types(checked, *tables: str) -> set[str]:
    statement = (
        "SELECT format_type(atttypid, atttypmod) FROM pg_attribute"
        " WHERE attrelid = ANY (%s::regclass[]) AND attnum > 0"
    )
    with psycopg.connect(checked.dsn) as connection:
        return {row[0] for row in connection.execute(statement, [list(tables)]).fetchall()}


@pytest.mark.parametrize(
    ("last", "severity", "told"),
    [
        (1_650_000_000, Severity.WARNING, "76 % of its range is behind it"),
        (1_950_000_000, Severity.ERROR, "numbers left: 197483647"),
        (INT_END - 1, Severity.ERROR, "; numbers left: 1"),
        (INT_END, Severity.CRITICAL, "nothing is left"),
    ],
)
def test_a_serial_that_runs_out_is_found_and_widened_with_its_column(checked, last, severity, told):
    checked.sql(
        'CREATE TABLE "T t" ("Id" serial PRIMARY KEY, up int REFERENCES "T t")',
        'CREATE TABLE c (t int PRIMARY KEY REFERENCES "T t"); CREATE TABLE d (c int REFERENCES c)',
        f"""SELECT setval('"T t_Id_seq"', {last})""",
    )
    (finding,) = checked.prove(NAME, {'public."T t_Id_seq"': told})
    assert finding.severity is severity
    assert types(checked, '"T t"', "c", "d") == {"bigint"}
    assert checked.find("serial_beyond_type") == []
    checked.sql('INSERT INTO "T t" DEFAULT VALUES', 'INSERT INTO "T t" DEFAULT VALUES')


def test_identities_defaults_and_those_that_feed_nothing_are_found(checked):
    checked.sql(
        "CREATE TABLE a (id int GENERATED ALWAYS AS IDENTITY); SELECT setval('a_id_seq', 2000000000)",
        "CREATE SEQUENCE s AS smallint; CREATE TABLE b (id smallint DEFAULT nextval('s'))",
        "CREATE SEQUENCE alone MAXVALUE 100; SELECT setval('s', 32000), setval('alone', 80)",
        "CREATE SEQUENCE short AS int; CREATE TABLE d (id bigint DEFAULT nextval('short'))",
        "SELECT setval('short', 2000000000)",
    )
    findings = checked.prove(NAME, ["public.a_id_seq", "public.s", "public.alone", "public.short"])
    repairs = {one.object: one.repair for one in findings}
    assert "-- 100 is somebody's choice" in repairs["public.alone"]
    # A column that holds bigint already needs no lock.
    assert repairs["public.short"] == "ALTER SEQUENCE public.short AS bigint NO MAXVALUE;"
    assert types(checked, "a", "b", "d") == {"bigint"}


def test_one_that_counts_down_ends_below(checked):
    checked.sql(
        "CREATE SEQUENCE s AS int INCREMENT -1; CREATE TABLE t (id int DEFAULT nextval('s'))",
        "SELECT setval('s', -2000000000)",
    )
    (finding,) = checked.prove(
        NAME, {"public.s": "it stands at -2000000000 and ends at -2147483648"}
    )
    assert finding.severity is Severity.ERROR


def test_a_domain_is_widened_by_its_base_type(checked):
    checked.sql(
        "CREATE DOMAIN small AS int; CREATE SEQUENCE s AS int; SELECT setval('s', 2000000000)",
        "CREATE TABLE t (id small DEFAULT nextval('s'))",
    )
    (finding,) = checked.prove(NAME, ["public.s"])
    assert "TYPE bigint; -- the rules of these domains go: public.small\n" in finding.repair


def test_large_steps_leave_less(checked):
    checked.sql("CREATE SEQUENCE s INCREMENT 50 MAXVALUE 100", "SELECT setval('s', 51)")
    (finding,) = checked.prove(NAME, {"public.s": "nothing is left"})
    assert finding.severity is Severity.CRITICAL


def test_bigint_itself_at_its_end_is_for_a_person(checked):
    checked.sql("CREATE SEQUENCE s", "SELECT setval('s', 9000000000000000000)")

    def mend(findings):
        assert (
            findings[0].repair.splitlines()[-1] == "-- ALTER SEQUENCE public.s RESTART WITH NUMBER;"
        )
        checked.sql("ALTER SEQUENCE public.s RESTART WITH 1")

    checked.prove(NAME, ["public.s"], mend=mend)


def test_a_partition_key_is_told_to_need_a_new_table(checked):
    checked.sql(
        "CREATE TABLE t (id serial) PARTITION BY RANGE (id)",
        "CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (1) TO (10)",
        "SELECT setval('t_id_seq', 2000000000)",
    )
    (finding,) = checked.find(NAME)
    assert "-- a partition key, so it takes a new table: ALTER TABLE public.t " in finding.repair


def test_what_stands_in_the_way_is_named(checked):
    checked.sql(
        "CREATE TABLE t (id serial PRIMARY KEY); CREATE VIEW v AS SELECT id FROM t",
        "SELECT setval('t_id_seq', 2000000000)",
    )

    def mend(findings):
        checked.sql("DROP VIEW v").repair(findings)

    (finding,) = checked.prove(NAME, ["public.t_id_seq"], mend=mend)
    assert "make them again afterwards: view public.v\n" in finding.repair


def test_one_that_cycles_starts_high_or_was_never_used_has_not_come_far(checked):
    checked.sql(
        "CREATE SEQUENCE round MAXVALUE 10 CYCLE; SELECT setval('round', 10)",
        "CREATE SEQUENCE fresh AS int; CREATE SEQUENCE down INCREMENT -1 MINVALUE -100",
        "CREATE SEQUENCE half MINVALUE -100 MAXVALUE 100 START 1; SELECT setval('half', 20)",
        "CREATE SEQUENCE used; SELECT setval('used', 2000000000)",
        "CREATE SEQUENCE ext MAXVALUE 4; SELECT setval('ext', 4)",
        "ALTER EXTENSION plpgsql ADD SEQUENCE ext; CREATE SEQUENCE one MAXVALUE 4",
    )
    with psycopg.connect(checked.dsn, autocommit=True) as other:
        other.execute("CREATE TEMP SEQUENCE mine MAXVALUE 10; SELECT setval('mine', 10)")
        assert checked.find(NAME) == []


def test_one_that_may_not_be_read_is_not_taken_for_one_never_used(checked, cluster):
    name = psycopg.conninfo.conninfo_to_dict(checked.dsn)["dbname"]
    checked.sql(
        'CREATE SEQUENCE "S s" MAXVALUE 10; CREATE SEQUENCE seen MAXVALUE 10',
        "SELECT setval('seen', 10), setval('\"S s\"', 10)",
        "DROP ROLE IF EXISTS dim; CREATE ROLE dim LOGIN PASSWORD 'x'",
        "GRANT USAGE ON SEQUENCE seen TO dim",
    )
    try:
        report = checked.report(NAME, dsn=cluster.dsn(name, "dim", "x"))
    finally:
        checked.sql("DROP OWNED BY dim", "DROP ROLE dim")
    assert [one.object for one in report.findings] == ["public.seen"]
    assert 'next: GRANT SELECT ON SEQUENCE public."S s" TO dim' in report.subjects[0].reason
    assert report.status is Status.FAILED
