"""A table without a primary key."""

import psycopg
import pytest

from studioops.model import Severity, Status

NAME = "no_primary_key"
LIST = "PARTITION BY LIST"


def test_rows_are_numbered_where_nothing_else_tells_them_apart(checked):
    checked.sql(
        'CREATE TABLE "T t" (id text, a int UNIQUE)',
        """INSERT INTO "T t" VALUES ('x', 1), ('x', NULL)""",
    )
    (finding,) = checked.prove(NAME, {'public."T t"': "no primary key"})
    assert "ADD COLUMN row_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY" in finding.repair
    assert "ACCESS EXCLUSIVE" in finding.repair
    assert finding.severity is Severity.WARNING


def test_a_unique_index_of_what_is_never_null_becomes_the_key(checked):
    checked.sql(
        'CREATE TABLE "T t" (a int NOT NULL, "B b" text NOT NULL, c int)',
        'CREATE UNIQUE INDEX ON "T t" (c)',
        'CREATE UNIQUE INDEX ON "T t" (a) WHERE c > 0',
        'CREATE UNIQUE INDEX "U u" ON "T t" (a, "B b") INCLUDE (c)',
    )
    (finding,) = checked.prove(NAME, {'public."T t"': 'a, "B b" could be it, for "U u" keeps it'})
    assert 'ADD CONSTRAINT "U u" PRIMARY KEY USING INDEX "U u"' in finding.repair


@pytest.mark.parametrize(
    "unique",
    ["ALTER TABLE t ADD UNIQUE (a)", "CREATE UNIQUE INDEX ON t (a DESC)"],
    ids=["a constraint", "another order"],
)
def test_what_can_not_become_the_key_itself_gets_an_index_beside_it(checked, unique):
    checked.sql("CREATE TABLE t (a int NOT NULL)", unique)
    (finding,) = checked.prove(NAME, ["public.t"])
    assert "CREATE UNIQUE INDEX CONCURRENTLY t_pkey ON public.t (a);" in finding.repair


def test_partitions_are_told_of_once_and_get_a_key_at_the_root(checked):
    checked.sql(
        f'CREATE TABLE "T t" ("A a" int, b int) {LIST} ("A a")',
        'CREATE TABLE t1 PARTITION OF "T t" FOR VALUES IN (1)',
        f'CREATE TABLE t2 PARTITION OF "T t" FOR VALUES IN (2) {LIST} (b)',
        "CREATE TABLE t21 PARTITION OF t2 FOR VALUES IN (1)",
        'INSERT INTO "T t" VALUES (1, 1), (1, 1), (2, 1)',
    )
    checked.sql("DROP TABLE t2")
    checked.prove(NAME, {'public."T t"': "no primary key in 1 of 1 partitions"})


def test_a_unique_index_of_the_root_names_its_key(checked):
    checked.sql(
        f"CREATE TABLE t (a int NOT NULL, b int NOT NULL, UNIQUE (a, b)) {LIST} (a)",
        "CREATE TABLE t1 PARTITION OF t FOR VALUES IN (1)",
        f"CREATE TABLE later (a int) {LIST} (a)",
    )
    checked.prove(NAME, {"public.t": "a, b could be it", "public.later": "no primary key"})


def test_partitions_of_an_expression_have_a_key_each(checked):
    checked.sql(
        f"CREATE TABLE t (a int) {LIST} ((a % 2))",
        "CREATE TABLE t0 PARTITION OF t FOR VALUES IN (0)",
        "CREATE TABLE t1 PARTITION OF t FOR VALUES IN (1)",
        "INSERT INTO t VALUES (1), (1), (2)",
    )
    checked.prove(NAME, {"public.t": "no primary key in 2 of 2 partitions"})


def test_a_partition_gets_the_key_that_the_others_have(checked):
    checked.sql(
        f"CREATE TABLE t (a int, b int) {LIST} (a)",
        "CREATE TABLE t1 PARTITION OF t (PRIMARY KEY (b)) FOR VALUES IN (1)",
        'CREATE TABLE "T 2" PARTITION OF t FOR VALUES IN (2)',
    )
    (finding,) = checked.prove(NAME, {"public.t": "no primary key in 1 of 2 partitions"})
    assert 'ALTER TABLE public."T 2" ADD PRIMARY KEY (b);' in finding.repair


def test_what_inherits_has_the_columns_but_not_the_key(checked):
    checked.sql("CREATE TABLE t (id int PRIMARY KEY); CREATE TABLE child () INHERITS (t)")
    checked.prove(NAME, {"public.child": "id could be it, for it is the parent table's"})


def test_a_parent_without_a_key_is_numbered_with_its_children(checked):
    checked.sql(
        "CREATE TABLE t (a int); CREATE TABLE child () INHERITS (t)",
        "INSERT INTO t VALUES (1); INSERT INTO child VALUES (1)",
    )
    findings = {one.object: one for one in checked.find(NAME)}
    assert set(findings) == {"public.t", "public.child"}
    checked.repair([findings["public.t"]])
    # Numbered by now, the child may have its parent's column for a key.
    checked.prove(NAME, {"public.child": "id could be it"})


def test_where_it_is_published_every_update_fails_and_so_does_the_check(checked):
    checked.sql(
        "CREATE TABLE t (a int); INSERT INTO t VALUES (1); CREATE PUBLICATION p FOR TABLE t"
    )
    with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState, match="replica identity"):
        checked.sql("UPDATE t SET a = 2")
    assert checked.report(NAME).status is Status.FAILED
    (finding,) = checked.prove(NAME, {"public.t": "it is published, and every UPDATE and DELETE"})
    assert finding.severity is Severity.ERROR
    checked.sql("UPDATE t SET a = 2")


def test_a_partition_that_is_published_by_way_of_its_root_counts(checked):
    checked.sql(
        f"CREATE TABLE t (a int, b int) {LIST} (a)",
        "CREATE TABLE t1 PARTITION OF t FOR VALUES IN (1)",
        "INSERT INTO t VALUES (1, 1)",
        "CREATE PUBLICATION p FOR TABLE t WITH (publish_via_partition_root)",
    )
    with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState, match="replica identity"):
        checked.sql("UPDATE t SET b = 2")
    (finding,) = checked.prove(NAME, {"public.t": "every UPDATE and DELETE"})
    assert finding.severity is Severity.ERROR


def test_first_aid_lets_updates_through_and_leaves_a_warning(checked):
    checked.sql(
        f"CREATE TABLE t (a int) {LIST} (a); CREATE TABLE t1 PARTITION OF t FOR VALUES IN (1)",
        "CREATE TABLE other (a int)",
        "CREATE PUBLICATION p FOR TABLE t; CREATE PUBLICATION q FOR TABLE other WITH (publish = 'insert')",
    )
    assert {one.object: one.severity for one in checked.find(NAME)} == {
        "public.t": Severity.ERROR,
        "public.other": Severity.WARNING,
    }
    checked.sql("ALTER TABLE t1 REPLICA IDENTITY FULL")
    assert {one.severity for one in checked.find(NAME)} == {Severity.WARNING}


def test_a_migration_tool_s_table_counts_only_when_it_breaks(checked):
    checked.sql(
        'CREATE TABLE databasechangelog (id text); CREATE TABLE "DATABASECHANGELOG" (id text)'
    )
    assert checked.find(NAME) == []
    checked.sql("CREATE PUBLICATION p FOR TABLE databasechangelog")
    checked.prove(NAME, ["public.databasechangelog"])


def test_what_has_a_key_or_needs_none_is_left_alone(checked):
    checked.sql(
        "CREATE TABLE t (id int PRIMARY KEY, a int, b int)",
        "ALTER TABLE t DROP COLUMN a",
        "CREATE VIEW v AS SELECT * FROM t; CREATE MATERIALIZED VIEW m AS SELECT * FROM t",
        "CREATE TYPE pair AS (a int, b int)",
        f"CREATE TABLE root (a int, b int) {LIST} (a)",
        "CREATE TABLE r1 PARTITION OF root (PRIMARY KEY (b)) FOR VALUES IN (1)",
        "CREATE TABLE extensions_own (a int); ALTER EXTENSION plpgsql ADD TABLE extensions_own",
    )
    with psycopg.connect(checked.dsn, autocommit=True) as other:
        other.execute("CREATE TEMP TABLE scratch (a int)")
        assert checked.find(NAME) == []
