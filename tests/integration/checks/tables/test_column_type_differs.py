"""One name, several types."""

import psycopg

from studioops.model import Severity

NAME = "column_type_differs"


def repaired(findings) -> list[str]:
    """What would be run as it stands."""
    (finding,) = findings
    return [line for line in finding.repair.splitlines() if line.startswith("ALTER")]


def test_the_rarer_type_is_named_and_made_what_the_others_are(checked):
    checked.sql(
        'CREATE TABLE a ("Project id" uuid); CREATE TABLE b ("Project id" uuid)',
        'CREATE TABLE "T t" ("Project id" varchar(36) NOT NULL)',
        """INSERT INTO "T t" VALUES ('6f1b4b5e-6c0e-4d7f-9a53-0d4b8c1f2a3b')""",
    )
    (finding,) = checked.prove(
        NAME,
        {
            '"Project id"': 'of several types: uuid in public.a, public.b; character varying in public."T t"'
        },
    )
    assert finding.severity is Severity.WARNING
    assert "these turn character varying into uuid" in finding.repair
    with psycopg.connect(checked.dsn) as connection:
        ((kind,),) = connection.execute(
            'SELECT pg_typeof("Project id")::text FROM "T t"'
        ).fetchall()
    assert kind == "uuid"


def test_the_type_of_a_declared_reference_is_the_right_one(checked):
    checked.sql(
        "CREATE TABLE p (id uuid PRIMARY KEY); CREATE TABLE a (p_id uuid REFERENCES p)",
        "CREATE TABLE b (p_id text); CREATE TABLE c (p_id varchar); CREATE SCHEMA s",
        "CREATE TABLE s.d (p_id varchar); CREATE TABLE e (p_id varchar)",
    )
    checked.prove(
        NAME,
        {
            "p_id": "uuid in public.a; character varying/text in public.b, public.c, public.e and 1 more"
        },
    )


def test_numbers_of_different_widths_can_be_compared_and_become_the_wider_one(checked):
    checked.sql(
        "CREATE TABLE a (order_id bigint); CREATE TABLE b (order_id bigint)",
        "CREATE TABLE c (order_id int)",
    )
    (finding,) = checked.prove(
        NAME, {"order_id": "bigint in public.a, public.b; integer in public.c"}
    )
    assert finding.severity is Severity.INFO


def test_where_a_person_has_to_decide_nothing_is_run(checked):
    checked.sql(
        "CREATE TABLE a (x_id uuid); CREATE TABLE b (x_id text)",
        "CREATE TABLE n1 (y_id int); CREATE TABLE n2 (y_id int); CREATE TABLE n3 (y_id bigint)",
        "CREATE TABLE t1 (at_time timestamp); CREATE TABLE t2 (at_time timestamp)",
        "CREATE TABLE t3 (at_time timestamptz); CREATE TABLE t4 (day_time timestamptz)",
        "CREATE TABLE t5 (day_time timestamptz); CREATE TABLE t6 (day_time timestamp)",
        # As many of one as of the other, where text could be read as a number.
        "CREATE TABLE i (even_no int); CREATE TABLE j (even_no text)",
        "CREATE DOMAIN word AS text CHECK (VALUE > ''); CREATE TABLE w1 (w_no int)",
        "CREATE TABLE w2 (w_no int); CREATE TABLE w3 (w_no word)",
        # Text that a key ties to another table's text.
        "CREATE TABLE p (id uuid PRIMARY KEY, word text UNIQUE); CREATE TABLE k3 (k_id uuid)",
        "CREATE TABLE k1 (k_id uuid REFERENCES p); CREATE TABLE k2 (k_id uuid REFERENCES p)",
        "CREATE TABLE k4 (k_id text REFERENCES p (word))",
    )

    def mend(findings):
        for finding in findings:
            assert repaired([finding]) == []
            assert "\n-- ALTER TABLE public." in finding.repair
            assert "TYPE timestamp without" not in finding.repair
        checked.sql("DROP TABLE a; ALTER TABLE n1 ALTER y_id TYPE bigint")
        checked.sql("ALTER TABLE n2 ALTER y_id TYPE bigint; DROP TABLE t3, t6, j, w3, k4")

    names = ["x_id", "y_id", "at_time", "day_time", "even_no", "w_no", "k_id"]
    checked.prove(NAME, names, mend=mend)


def test_long_lists_are_cut(checked):
    checked.sql(*(f"CREATE TABLE t{n} (p_id uuid)" for n in range(20)))
    checked.sql(*(f"CREATE TABLE u{n} (p_id text)" for n in range(12)))
    findings = checked.find(NAME)
    assert "text in public.u0, public.u1, public.u10 and 9 more" in findings[0].message
    assert len(repaired(findings)) == 10
    assert findings[0].repair.endswith("-- and 2 more: ask again when these are done")


def test_what_stands_in_the_way_is_named(checked):
    checked.sql(
        "CREATE TABLE a (p_id uuid); CREATE TABLE b (p_id uuid); CREATE TABLE c (p_id text)",
        "CREATE VIEW v AS SELECT p_id FROM c; CREATE VIEW other AS SELECT p_id FROM a",
    )

    def mend(findings):
        checked.sql("DROP VIEW v").repair(findings)

    (finding,) = checked.prove(NAME, ["p_id"], mend=mend)
    assert "make them again afterwards: view public.v\n" in finding.repair


def test_a_domain_counts_as_its_base_type(checked):
    checked.sql(
        "CREATE DOMAIN code AS varchar(5); CREATE DOMAIN sub AS code; CREATE DOMAIN n AS int",
        "CREATE TABLE a (x_code text); CREATE TABLE b (x_code sub); CREATE TABLE c (x_code n)",
    )

    def mend(findings):
        assert repaired(findings) == []
        checked.sql("DROP TABLE c")

    checked.prove(NAME, {"x_code": "integer in public.c"}, mend=mend)


def test_partitions_count_once_at_the_root(checked):
    checked.sql(
        "CREATE TABLE t (a_id int, b int) PARTITION BY LIST (b)",
        *(f"CREATE TABLE t{n} PARTITION OF t FOR VALUES IN ({n})" for n in range(3)),
        "CREATE TABLE u (a_id uuid)",
    )
    (finding,) = checked.find(NAME)
    assert "integer in public.t;" in finding.message


def test_what_is_meant_explained_or_elsewhere_is_no_fault(checked):
    checked.sql(
        "CREATE TABLE tree (id int PRIMARY KEY, parent_id int REFERENCES tree, value text)",
        "CREATE TABLE woods (id uuid PRIMARY KEY, parent_id uuid REFERENCES woods, value numeric)",
        'CREATE TABLE a (email text, price numeric(10, 2), gone_id int, status text, doc json, "State" int)',
        'CREATE TABLE b (email varchar(100), price numeric(12, 4), gone_id uuid, "State" text, doc jsonb)',
        "ALTER TABLE b DROP gone_id; CREATE VIEW v AS SELECT price::text AS price FROM a",
        "CREATE TABLE ext (price text); ALTER EXTENSION plpgsql ADD TABLE ext",
        "CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w",
        "CREATE FOREIGN TABLE f (price text) SERVER s",
    )
    with psycopg.connect(checked.dsn, autocommit=True) as other:
        other.execute("CREATE TEMP TABLE tmp (price text)")
        assert checked.find(NAME) == []
