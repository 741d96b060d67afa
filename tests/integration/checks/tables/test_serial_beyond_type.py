"""A column that its sequence can run away from."""

import psycopg
import pytest

from studioops.model import Severity, Status

NAME = "serial_beyond_type"
INT_END = 2147483647
# What PostgreSQL 9.6 and older made of serial, and a pg_upgrade keeps.
OLD_SERIAL = (
    'CREATE SEQUENCE "S s"',
    """CREATE TABLE "T t" ("Id" int PRIMARY KEY DEFAULT nextval('"S s"'), up int REFERENCES "T t")""",
    'ALTER SEQUENCE "S s" OWNED BY "T t"."Id"',
)


def types(checked, table: str) -> set[str]:
    statement = (
        "SELECT format_type(atttypid, atttypmod) FROM pg_attribute"
        " WHERE attrelid = %s::regclass AND attnum > 0"
    )
    with psycopg.connect(checked.dsn) as connection:
        return {row[0] for row in connection.execute(statement, [table]).fetchall()}


def test_a_serial_of_old_is_found_and_widened_with_what_refers_to_it(checked):
    checked.sql(
        *OLD_SERIAL,
        'CREATE TABLE "C c" (t int PRIMARY KEY REFERENCES "T t" ON DELETE CASCADE)',
        'CREATE TABLE grandchild (t int REFERENCES "C c")',
        """INSERT INTO "T t" DEFAULT VALUES""",
    )
    (finding,) = checked.prove(
        NAME,
        {
            'public."T t"."Id"': 'public."S s" goes to 9223372036854775807, integer ends at 2147483647;'
            " it stands at 1, 0 % of the way"
        },
    )
    assert finding.severity is Severity.INFO
    for table in ('"T t"', '"C c"', "grandchild"):
        assert types(checked, table) == {"bigint"}
    checked.sql(f"""SELECT setval('"S s"', {INT_END})""", 'INSERT INTO "T t" DEFAULT VALUES')


@pytest.mark.parametrize(
    ("last", "severity", "told"),
    [
        (1_000_000_000, Severity.INFO, "46 % of the way"),
        (1_200_000_000, Severity.WARNING, "55 % of the way"),
        (1_700_000_000, Severity.ERROR, "79 % of the way"),
        (INT_END, Severity.CRITICAL, "the next insert fails"),
        (INT_END + 7, Severity.CRITICAL, "it stands at 2147483654: the next insert fails"),
    ],
)
def test_how_bad_it_is_depends_on_how_far_the_sequence_has_come(checked, last, severity, told):
    (finding,) = checked.sql(*OLD_SERIAL, f"""SELECT setval('"S s"', {last})""").find(NAME)
    assert (finding.severity, told in finding.message) == (severity, True)


def test_a_default_alone_an_identity_and_a_sequence_that_is_merely_owned_feed_a_column(checked):
    checked.sql(
        "CREATE SEQUENCE by_default; CREATE SEQUENCE wide AS int; CREATE SEQUENCE owned",
        "CREATE TABLE a (id int DEFAULT nextval('by_default'))",
        "CREATE TABLE b (id smallint DEFAULT nextval('wide'))",
        "CREATE TABLE c (id int); ALTER SEQUENCE owned OWNED BY c.id",
        "CREATE TABLE d (id int GENERATED ALWAYS AS IDENTITY)",
        "ALTER SEQUENCE d_id_seq AS bigint",
    )
    checked.prove(
        NAME,
        {
            "public.a.id": "public.by_default goes to",
            "public.b.id": "public.wide goes to 2147483647, smallint ends at 32767",
            "public.c.id": "public.owned goes to",
            "public.d.id": "public.d_id_seq goes to",
        },
    )
    assert types(checked, "b") == {"integer"}


def test_one_that_counts_down_can_fall_below_the_type(checked):
    checked.sql(
        "CREATE SEQUENCE s INCREMENT -1",
        "CREATE TABLE t (id int DEFAULT nextval('s'))",
        "SELECT setval('s', -1800000000)",
    )
    (finding,) = checked.prove(NAME, {"public.t.id": "integer ends at -2147483648; it stands at"})
    assert finding.severity is Severity.ERROR


def test_a_domain_is_judged_by_its_base_type(checked):
    checked.sql(
        "CREATE DOMAIN small AS int; CREATE DOMAIN smaller AS small CHECK (VALUE > 0)",
        "CREATE SEQUENCE s; CREATE TABLE t (id smaller DEFAULT nextval('s'))",
    )
    (finding,) = checked.prove(NAME, {"public.t.id": "smaller ends at 2147483647"})
    assert finding.repair.endswith("TYPE bigint; -- the rules of these domains go: public.smaller")


def test_partitions_are_told_of_once_at_the_root(checked):
    checked.sql(
        "CREATE SEQUENCE s",
        "CREATE TABLE t (id int DEFAULT nextval('s'), a int) PARTITION BY LIST (a)",
        "CREATE TABLE t1 PARTITION OF t FOR VALUES IN (1); INSERT INTO t (a) VALUES (1)",
    )
    checked.prove(NAME, {"public.t.id": "public.s goes to"})
    assert types(checked, "t1") == {"bigint", "integer"}


def test_a_partition_key_is_told_to_need_a_new_table(checked):
    checked.sql(
        "CREATE SEQUENCE s",
        "CREATE TABLE t (id int DEFAULT nextval('s')) PARTITION BY RANGE (id)",
    )
    (finding,) = checked.find(NAME)
    assert "-- a partition key, so it takes a new table: ALTER TABLE public.t" in finding.repair
    assert not [line for line in finding.repair.splitlines() if line.startswith("ALTER")]


def test_the_quick_relief_of_the_page_is_one(checked):
    checked.sql(
        *OLD_SERIAL,
        f"""SELECT setval('"S s"', {INT_END})""",
        'ALTER SEQUENCE "S s" MINVALUE -2147483648 MAXVALUE -1 START -2147483648 RESTART',
        'INSERT INTO "T t" DEFAULT VALUES',
    )
    assert checked.find(NAME) == []
    assert checked.find("sequence_near_end") == []


def test_what_stands_in_the_way_is_named(checked):
    checked.sql(
        *OLD_SERIAL,
        'CREATE TABLE c (t int REFERENCES "T t")',
        'CREATE VIEW "V v" AS SELECT "Id", t FROM "T t" JOIN c ON t = "Id"',
        """CREATE MATERIALIZED VIEW m AS SELECT "Id" FROM "T t" """,
    )

    def mend(findings):
        checked.sql('DROP VIEW "V v"; DROP MATERIALIZED VIEW m').repair(findings)

    (finding,) = checked.prove(NAME, ['public."T t"."Id"'], mend=mend)
    assert 'make them again afterwards: view public."V v", view public.m\n' in finding.repair


def test_what_cannot_leave_the_column_is_no_fault(checked):
    checked.sql(
        "CREATE TABLE a (id serial PRIMARY KEY, s smallserial, b bigserial)",
        "CREATE TABLE i (id int GENERATED ALWAYS AS IDENTITY)",
        "CREATE SEQUENCE bounded MAXVALUE 30000; CREATE TABLE b (id smallint DEFAULT nextval('bounded'))",
        "CREATE SEQUENCE wide; CREATE TABLE c (id bigint DEFAULT nextval('wide'))",
        "CREATE TABLE d (id int DEFAULT nextval('wide') % 100, code text DEFAULT nextval('wide'))",
        "CREATE TABLE dropped (a int, id int DEFAULT nextval('wide')); ALTER TABLE dropped DROP id",
        "CREATE TABLE ext (id int DEFAULT nextval('wide')); ALTER EXTENSION plpgsql ADD TABLE ext",
    )
    with psycopg.connect(checked.dsn, autocommit=True) as other:
        other.execute("CREATE TEMP SEQUENCE s; CREATE TEMP TABLE e (id int DEFAULT nextval('s'))")
        assert checked.find(NAME) == []


def test_a_sequence_that_may_not_be_read_is_found_and_told_as_unseen(checked, cluster):
    name = psycopg.conninfo.conninfo_to_dict(checked.dsn)["dbname"]
    checked.sql(*OLD_SERIAL, "DROP ROLE IF EXISTS blind", "CREATE ROLE blind LOGIN PASSWORD 'x'")
    try:
        report = checked.report(NAME, dsn=cluster.dsn(name, "blind", "x"))
    finally:
        checked.sql("DROP OWNED BY blind", "DROP ROLE blind")
    assert report.status is Status.NOT_CHECKED
    assert 'next: GRANT SELECT ON SEQUENCE public."S s" TO blind' in report.subjects[0].reason
    (finding,) = report.findings
    assert finding.severity is Severity.INFO
    assert "how far it is can't be read" in finding.message


def test_a_default_that_names_its_sequence_as_text_is_told_as_unseen(checked):
    checked.sql("CREATE SEQUENCE s; CREATE TABLE t (id int DEFAULT nextval('s'::text))")
    report = checked.report(NAME)
    assert (report.status, report.findings) == (Status.NOT_CHECKED, ())
    assert "such as public.t.id: DEFAULT nextval(('s'::text)" in report.subjects[0].reason
