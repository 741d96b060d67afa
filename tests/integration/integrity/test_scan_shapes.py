"""References of every shape that a database can have: exactly the planted orphans are found."""

from __future__ import annotations

import pytest


def test_a_sound_reference_passes(planted):
    seen = planted.sql(
        "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE c (id int PRIMARY KEY, p int REFERENCES p)",
        "CREATE INDEX ON c (p); INSERT INTO p VALUES (1); INSERT INTO c VALUES (1, 1), (2, NULL)",
    ).scan()
    entry = seen.one("public.c(p)")
    assert (entry["status"], entry["orphans"], entry["malformed"], entry["rows"]) == (
        "passed",
        0,
        0,
        2,
    )
    assert seen.report.status == "passed"
    assert seen.report.findings == ()


def test_an_orphan_behind_a_valid_constraint_is_critical(planted):
    seen = (
        planted.sql(
            "CREATE TABLE p (id int PRIMARY KEY)",
            "CREATE TABLE c (id int PRIMARY KEY, p int REFERENCES p)",
        )
        .orphaned("INSERT INTO c VALUES (1, 7), (2, 7), (3, NULL)")
        .scan()
    )
    entry = seen.one("public.c(p)")
    assert entry["status"] == "failed"
    assert entry["orphans"] == 2
    assert entry["constraint"]["validated"] is True
    assert entry["sample"] == [
        {"row": {"id": "1"}, "reference": {"p": "7"}},
        {"row": {"id": "2"}, "reference": {"p": "7"}},
    ]
    assert "orphan_behind_valid_constraint" in seen.checks()
    assert seen.summary["behind_valid_constraint"] == 2


def test_the_listing_in_the_repair_lists_exactly_the_orphans(planted):
    import psycopg

    seen = (
        planted.sql(
            'CREATE TABLE "P x" (id uuid PRIMARY KEY)',
            'CREATE TABLE c (id int PRIMARY KEY, p uuid REFERENCES "P x")',
        )
        .orphaned("INSERT INTO c VALUES (5, gen_random_uuid())")
        .scan()
    )
    repair = next(f.repair for f in seen.report.findings if f.check.startswith("orphan"))
    listing = repair.splitlines()[-1]
    with psycopg.connect(planted.dsn) as connection:
        assert [row[0] for row in connection.execute(listing)] == [5]


def test_a_composite_reference_match_simple(planted):
    seen = (
        planted.sql(
            "CREATE TABLE p (a int, b text, PRIMARY KEY (a, b)); INSERT INTO p VALUES (1, 'x')",
            "CREATE TABLE c (n int PRIMARY KEY, b text, a int, FOREIGN KEY (a, b) REFERENCES p (a, b))",
        )
        .orphaned(
            "INSERT INTO c VALUES (1, 'x', 1), (2, 'y', 1), (3, 'x', 2), (4, NULL, 9), (5, NULL, NULL)"
        )
        .scan()
    )
    entry = seen.one("public.c(a, b)")
    assert entry["orphans"] == 2
    assert [one["row"]["n"] for one in entry["sample"]] == ["2", "3"]
    assert entry["sample"][0]["reference"] == {"a": "1", "b": "y"}


def test_a_partly_null_reference_is_an_orphan_under_match_full(planted):
    seen = (
        planted.sql(
            "CREATE TABLE p (a int, b int, PRIMARY KEY (a, b)); INSERT INTO p VALUES (1, 1)",
            "CREATE TABLE c (n int PRIMARY KEY, a int, b int,"
            " FOREIGN KEY (a, b) REFERENCES p (a, b) MATCH FULL)",
        )
        .orphaned("INSERT INTO c VALUES (1, 1, 1), (2, 1, NULL), (3, NULL, NULL), (4, 2, 2)")
        .scan()
    )
    entry = seen.one()
    assert entry["orphans"] == 2
    assert [one["row"]["n"] for one in entry["sample"]] == ["2", "4"]


def test_a_contract_asks_for_match_full_where_no_constraint_stands(planted):
    planted.sql(
        "CREATE TABLE p (a int, b int, PRIMARY KEY (a, b)); INSERT INTO p VALUES (1, 1)",
        "CREATE TABLE c (n int PRIMARY KEY, a int, b int)",
        "INSERT INTO c VALUES (1, 1, 1), (2, 1, NULL)",
    )
    lines = "relationships:\n- child: c(b, a)\n  parent: p(b, a)\n"
    assert planted.scan(lines).one()["orphans"] == 0
    assert planted.scan(lines + "  match: full\n").one()["orphans"] == 1


def test_quoted_mixed_case_and_reserved_names_with_percent_signs(planted):
    seen = (
        planted.sql(
            'CREATE SCHEMA "Sales %s"',
            'CREATE TABLE "Sales %s"."Order" ("Id" int PRIMARY KEY, "select" int UNIQUE)',
            'CREATE TABLE "user" ("100%" int PRIMARY KEY, "Or""der" int,'
            ' FOREIGN KEY ("Or""der") REFERENCES "Sales %s"."Order" ("select"))',
        )
        .orphaned('INSERT INTO "user" VALUES (1, 5)')
        .scan()
    )
    entry = seen.one()
    assert entry["child"] == 'public."user"("Or""der")'
    assert entry["parent"] == '"Sales %s"."Order"("select")'
    assert entry["orphans"] == 1
    assert entry["sample"] == [{"row": {"100%": "1"}, "reference": {'Or"der': "5"}}]


def test_tables_of_one_name_in_several_schemas(planted):
    seen = (
        planted.sql(
            "CREATE SCHEMA a; CREATE SCHEMA b",
            "CREATE TABLE a.p (id int PRIMARY KEY); CREATE TABLE b.p (id int PRIMARY KEY)",
            "CREATE TABLE a.c (p int REFERENCES b.p); CREATE TABLE b.c (p int REFERENCES a.p)",
            "INSERT INTO a.p VALUES (1)",
        )
        .orphaned("INSERT INTO a.c VALUES (1); INSERT INTO b.c VALUES (1)")
        .scan()
    )
    assert seen.one("a.c(p)")["orphans"] == 1
    assert seen.one("b.c(p)")["orphans"] == 0


def test_a_partitioned_child_is_one_entry_at_its_root(planted):
    seen = (
        planted.sql(
            "CREATE TABLE p (id int PRIMARY KEY); INSERT INTO p VALUES (1)",
            "CREATE TABLE c (k int, p int REFERENCES p) PARTITION BY RANGE (k)",
            "CREATE TABLE c1 PARTITION OF c FOR VALUES FROM (0) TO (10)",
            "CREATE TABLE c2 PARTITION OF c FOR VALUES FROM (10) TO (20) PARTITION BY RANGE (k)",
            "CREATE TABLE c21 PARTITION OF c2 FOR VALUES FROM (10) TO (15)",
        )
        .orphaned("INSERT INTO c VALUES (1, 1), (2, 8), (11, 9)")
        .scan()
    )
    entry = seen.one("public.c(p)")
    assert (entry["orphans"], entry["rows"]) == (2, 3)
    assert {one["row"]["table"] for one in entry["sample"]} == {"public.c1", "public.c21"}


def test_a_partitioned_parent_is_one_entry_too(planted):
    seen = (
        planted.sql(
            "CREATE TABLE p (id int PRIMARY KEY) PARTITION BY RANGE (id)",
            "CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10)",
            "CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (10) TO (20)",
            "CREATE TABLE c (id int PRIMARY KEY, p int REFERENCES p)",
            "INSERT INTO p VALUES (1), (11)",
        )
        .orphaned("INSERT INTO c VALUES (1, 1), (2, 11), (3, 12)")
        .scan()
    )
    assert seen.one("public.c(p)")["orphans"] == 1


def test_a_partitions_own_constraint_is_an_entry_of_its_own(planted):
    seen = planted.sql(
        "CREATE TABLE p (id int PRIMARY KEY)",
        "CREATE TABLE c (k int, p int) PARTITION BY RANGE (k)",
        "CREATE TABLE c1 PARTITION OF c FOR VALUES FROM (0) TO (10)",
        "ALTER TABLE c1 ADD FOREIGN KEY (p) REFERENCES p",
    ).scan()
    assert seen.one("public.c1(p)")["status"] == "passed"


def test_rows_of_heirs_belong_neither_to_child_nor_to_parent(planted):
    seen = (
        planted.sql(
            "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE p_heir () INHERITS (p)",
            "CREATE TABLE c (p int REFERENCES p); CREATE TABLE c_heir () INHERITS (c)",
            "INSERT INTO p_heir VALUES (1); INSERT INTO c_heir VALUES (99)",
        )
        .orphaned("INSERT INTO c VALUES (1)")
        .scan()
    )
    entry = seen.one("public.c(p)")
    assert (entry["orphans"], entry["rows"]) == (1, 1)


def test_a_self_reference(planted):
    seen = (
        planted.sql("CREATE TABLE t (id int PRIMARY KEY, up int REFERENCES t)")
        .orphaned("INSERT INTO t VALUES (1, NULL), (2, 1), (3, 3), (4, 9)")
        .scan()
    )
    assert seen.one("public.t(up)")["orphans"] == 1


def test_several_constraints_on_one_column_are_entries_of_their_own(planted):
    seen = (
        planted.sql(
            "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE q (id int PRIMARY KEY)",
            "CREATE TABLE c (x int, CONSTRAINT to_p FOREIGN KEY (x) REFERENCES p,"
            " CONSTRAINT to_q FOREIGN KEY (x) REFERENCES q,"
            " CONSTRAINT again FOREIGN KEY (x) REFERENCES p)",
            "INSERT INTO p VALUES (1)",
        )
        .orphaned("INSERT INTO c VALUES (1)")
        .scan()
    )
    orphans = {one["constraint"]["name"]: one["orphans"] for one in seen.entries}
    assert orphans == {"to_p": 0, "to_q": 1, "again": 0}


def test_the_same_rows_behind_two_constraints_count_once(planted):
    seen = (
        planted.sql(
            "CREATE TABLE p (id int PRIMARY KEY)",
            "CREATE TABLE c (x int, CONSTRAINT a FOREIGN KEY (x) REFERENCES p,"
            " CONSTRAINT b FOREIGN KEY (x) REFERENCES p)",
        )
        .orphaned("INSERT INTO c VALUES (1), (2)")
        .scan()
    )
    assert len(seen.entries) == 2
    assert (seen.summary["orphans"], seen.summary["relationships_with_orphans"]) == (2, 1)


def test_the_constraints_own_operator_decides(planted):
    # A case-blind type in a schema of its own: "=" by name alone would compare case by case.
    planted.sql(
        "CREATE SCHEMA odd; CREATE EXTENSION IF NOT EXISTS citext SCHEMA odd",
        "CREATE TABLE p (code odd.citext PRIMARY KEY); INSERT INTO p VALUES ('Ab')",
        "CREATE TABLE c (n int PRIMARY KEY, code odd.citext REFERENCES p)",
    )
    seen = planted.orphaned("INSERT INTO c VALUES (1, 'aB'), (2, 'b')").scan()
    assert seen.one()["orphans"] == 1
    without = planted.sql("ALTER TABLE c DROP CONSTRAINT c_code_fkey").scan(
        "relationships:\n- child: c.code\n  parent: p.code\n"
    )
    assert without.one()["orphans"] == 1


def test_another_collation_of_the_child_changes_nothing(planted):
    seen = (
        planted.sql(
            "CREATE TABLE p (t text COLLATE \"C\" PRIMARY KEY); INSERT INTO p VALUES ('a')",
            'CREATE TABLE c (t text COLLATE "POSIX" REFERENCES p)',
        )
        .orphaned("INSERT INTO c VALUES ('a'), ('b')")
        .scan()
    )
    assert seen.one()["orphans"] == 1


@pytest.mark.parametrize("kind", ["int[]", "mood", "int4range", "numeric", "bytea", "timestamptz"])
def test_types_of_every_kind(planted, kind):
    sample = {
        "int[]": "{1,2}",
        "mood": "a",
        "int4range": "[1,5)",
        "numeric": "1.50",
        "bytea": "\\x01",
        "timestamptz": "2026-01-01 00:00:00+02",
    }[kind]
    seen = (
        planted.sql(
            "CREATE TYPE mood AS ENUM ('a', 'b')",
            f"CREATE TABLE p (x {kind} PRIMARY KEY); CREATE TABLE c (x {kind} REFERENCES p)",
        )
        .orphaned(f"INSERT INTO c VALUES ('{sample}'), (NULL)")
        .scan()
    )
    assert seen.one()["orphans"] == 1


@pytest.mark.postgres(18)
def test_a_reference_over_a_period(planted):
    planted.sql(
        "CREATE EXTENSION IF NOT EXISTS btree_gist",
        "CREATE TABLE p (id int, during daterange, PRIMARY KEY (id, during WITHOUT OVERLAPS))",
        "INSERT INTO p VALUES (1, '[2026-01-01,2026-02-01)'), (1, '[2026-02-01,2026-03-01)')",
        "CREATE TABLE c (n int PRIMARY KEY, id int, during daterange,"
        " FOREIGN KEY (id, PERIOD during) REFERENCES p (id, PERIOD during))",
    )
    seen = planted.orphaned(
        "INSERT INTO c VALUES (1, 1, '[2026-01-15,2026-02-15)'), (2, 1, '[2026-02-15,2026-03-15)'),"
        " (3, 2, '[2026-01-15,2026-02-15)'), (4, NULL, '[2020-01-01,2020-02-01)')"
    ).scan()
    assert [one["row"]["n"] for one in seen.one()["sample"]] == ["2", "3"]


def test_a_domain_counts_as_the_type_below_it(planted):
    seen = planted.sql(
        "CREATE DOMAIN ident AS uuid; CREATE DOMAIN deeper AS ident",
        "CREATE TABLE p (id uuid PRIMARY KEY); CREATE TABLE c (p deeper REFERENCES p)",
        "CREATE INDEX ON c (p)",
    ).scan()
    assert seen.report.status == "passed"
    assert seen.report.findings == ()


def test_a_row_without_primary_key_is_named_by_its_place(planted):
    seen = (
        planted.sql("CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE c (p int REFERENCES p)")
        .orphaned("INSERT INTO c VALUES (4)")
        .scan()
    )
    assert seen.one()["sample"] == [{"row": {"ctid": "(0,1)"}, "reference": {"p": "4"}}]


def test_no_more_than_five_rows_are_shown_and_in_order(planted):
    seen = (
        planted.sql(
            "CREATE TABLE p (id int PRIMARY KEY)",
            "CREATE TABLE c (id int PRIMARY KEY, p int REFERENCES p)",
        )
        .orphaned("INSERT INTO c SELECT n, n FROM generate_series(100, 1, -1) AS n")
        .scan()
    )
    entry = seen.one()
    assert entry["orphans"] == 100
    assert [one["row"]["id"] for one in entry["sample"]] == ["1", "2", "3", "4", "5"]


def test_a_view_and_a_materialised_view_can_be_named_by_a_contract(planted):
    planted.sql(
        "CREATE TABLE t (id int PRIMARY KEY, up int); INSERT INTO t VALUES (1, NULL), (2, 9)",
        "CREATE VIEW v AS SELECT * FROM t; CREATE MATERIALIZED VIEW m AS SELECT * FROM t",
    )
    seen = planted.scan(
        "relationships:\n- {child: v.up, parent: t.id}\n- {child: m.up, parent: v.id}\n"
    )
    assert [one["orphans"] for one in seen.entries] == [1, 1]
    assert "missing_foreign_key" not in seen.checks()
