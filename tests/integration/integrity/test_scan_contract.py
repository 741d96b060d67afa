"""What a contract asks for and the database does not keep."""

from __future__ import annotations

import pytest

from studioops.integrity import BrokenContract

TYPED = "relationships:\n- child: c.p\n  parent: p.id\n  type: uuid\n"
KNOWN = "00000000-0000-4000-8000-00000000000a"


def test_a_missing_foreign_key_is_an_error_with_the_sql_that_adds_it(planted):
    planted.sql("CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE c (p int)")
    contract = "relationships:\n- child: c.p\n  parent: p.id\n  on_delete: SET NULL\n  on_update: CASCADE\n"
    seen = planted.scan(contract)
    assert seen.one()["status"] == "failed"
    assert seen.one()["constraint"] is None
    repair = next(f.repair for f in seen.report.findings if f.check == "missing_foreign_key")
    planted.sql(*repair.split("; "))
    again = planted.scan(contract)
    assert again.one()["status"] == "passed"
    assert again.one()["constraint"]["on_delete"] == "SET NULL"


def test_the_index_that_is_missing_is_a_warning_and_its_repair_mends_it(planted):
    planted.sql("CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE c (p int REFERENCES p)")
    seen = planted.scan()
    assert seen.report.status == "passed"
    finding = seen.report.findings[0]
    assert (finding.check, finding.severity) == ("no_covering_index", "warning")
    assert planted.sql(finding.repair).scan().report.findings == ()


@pytest.mark.parametrize(
    ("index", "covers"),
    [
        ("(p)", True),
        ("(p, n)", True),
        ("USING hash (p)", True),
        ("(n, p)", False),
        ("(p) WHERE n > 0", False),
        ("((p + 0))", False),
        ("USING brin (p)", False),
        ("(n) INCLUDE (p)", False),
    ],
)
def test_only_leading_columns_of_a_whole_index_cover(planted, index, covers):
    planted.sql(
        "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE c (n int, p int REFERENCES p)",
        f"CREATE INDEX ON c {index}",
    )
    assert ("no_covering_index" not in planted.scan().checks()) is covers


def test_indexes_made_partition_by_partition_cover_the_root(planted):
    planted.sql(
        "CREATE TABLE p (id int PRIMARY KEY)",
        "CREATE TABLE c (k int, p int REFERENCES p) PARTITION BY RANGE (k)",
        "CREATE TABLE c1 PARTITION OF c FOR VALUES FROM (0) TO (10)",
        "CREATE TABLE c2 PARTITION OF c FOR VALUES FROM (10) TO (20)",
        "CREATE INDEX ON c1 (p)",
    )
    assert "no_covering_index" in planted.scan().checks()
    assert "no_covering_index" not in planted.sql("CREATE INDEX ON c2 (p)").scan().checks()


def test_actions_other_than_wanted_are_errors_and_the_repair_never_leaves_it_unprotected(planted):
    planted.sql(
        "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE c (p int REFERENCES p ON DELETE CASCADE)"
    )
    contract = "relationships:\n- child: c.p\n  parent: p.id\n  on_delete: RESTRICT\n  on_update: CASCADE\n"
    seen = planted.scan(contract)
    assert seen.checks(severe=True) == {"wrong_on_delete", "wrong_on_update"}
    repair = next(f.repair for f in seen.report.findings if f.check == "wrong_on_delete")
    assert repair.index("ADD CONSTRAINT") < repair.index("DROP CONSTRAINT")
    planted.sql(*repair.split("; "))
    assert planted.scan(contract).checks(severe=True) == set()


def test_actions_that_are_not_named_are_not_judged(planted):
    planted.sql(
        "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE c (p int REFERENCES p ON DELETE CASCADE)"
    )
    seen = planted.scan("relationships:\n- {child: c.p, parent: p.id}\n")
    assert seen.one()["status"] == "passed"


def test_a_match_other_than_wanted(planted):
    planted.sql(
        "CREATE TABLE p (a int, b int, PRIMARY KEY (a, b))",
        "CREATE TABLE c (a int, b int, FOREIGN KEY (a, b) REFERENCES p (a, b))",
        "INSERT INTO c VALUES (1, NULL)",
    )
    seen = planted.scan('relationships:\n- {child: "c(b, a)", parent: "p(b, a)", match: full}\n')
    assert seen.one()["orphans"] == 1
    assert "wrong_match" in seen.checks()


def test_a_constraint_that_is_not_valid(planted):
    planted.sql(
        "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE c (p int); INSERT INTO c VALUES (1)",
        "ALTER TABLE c ADD CONSTRAINT k FOREIGN KEY (p) REFERENCES p NOT VALID",
    )
    seen = planted.scan()
    assert {"not_valid", "orphan"} <= seen.checks(severe=True)
    assert seen.summary["behind_valid_constraint"] == 0
    repair = next(f.repair for f in seen.report.findings if f.check == "not_valid")
    planted.sql("DELETE FROM c", repair)
    assert planted.scan().checks(severe=True) == set()


@pytest.mark.postgres(18)
def test_a_constraint_that_is_not_enforced(planted):
    planted.sql(
        "CREATE TABLE p (id int PRIMARY KEY)",
        "CREATE TABLE c (p int REFERENCES p NOT ENFORCED); INSERT INTO c VALUES (1)",
    )
    seen = planted.scan()
    assert {"not_enforced", "orphan"} <= seen.checks(severe=True)
    assert seen.summary["behind_valid_constraint"] == 0


@pytest.mark.parametrize("table", ["p", "c"])
def test_disabled_triggers_make_a_valid_constraint_an_error(planted, table):
    planted.sql(
        "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE c (p int REFERENCES p)",
        f"ALTER TABLE {table} DISABLE TRIGGER ALL",
    )
    seen = planted.scan()
    finding = next(f for f in seen.report.findings if f.check == "disabled_trigger")
    assert finding.object == f"public.{table}"
    assert seen.one()["status"] == "failed"
    assert planted.sql(finding.repair).scan().checks(severe=True) == set()


def test_a_disabled_trigger_on_one_partition_is_told_at_the_root(planted):
    planted.sql(
        "CREATE TABLE p (id int PRIMARY KEY)",
        "CREATE TABLE c (k int, p int REFERENCES p) PARTITION BY RANGE (k)",
        "CREATE TABLE c1 PARTITION OF c FOR VALUES FROM (0) TO (10)",
        "ALTER TABLE c1 DISABLE TRIGGER ALL",
    )
    finding = next(f for f in planted.scan().report.findings if f.check == "disabled_trigger")
    assert finding.object == "public.c1"


def test_text_against_uuid_is_compared_as_uuid_and_malformed_values_count(planted):
    planted.sql(
        f"CREATE TABLE p (id uuid PRIMARY KEY); INSERT INTO p VALUES ('{KNOWN}')",
        "CREATE TABLE c (n int PRIMARY KEY, p varchar)",
        f"INSERT INTO c VALUES (1, '{KNOWN}'), (2, '{KNOWN.upper()}'), (3, 'new'), (4, NULL),"
        f" (5, '{{{KNOWN}}}'), (6, '{KNOWN[:-1]}b'), (7, '')",
    )
    entry = planted.scan(TYPED).one()
    assert (entry["orphans"], entry["malformed"]) == (3, 2)
    assert [one["row"]["n"] for one in entry["sample"]] == ["3", "6", "7"]


def test_text_on_both_ends_is_compared_as_the_contract_says(planted):
    planted.sql(
        f"CREATE TABLE p (id varchar PRIMARY KEY); INSERT INTO p VALUES ('{KNOWN}'), ('bad')",
        "CREATE TABLE c (n int PRIMARY KEY, p varchar)",
        f"INSERT INTO c VALUES (1, '{KNOWN.upper()}'), (2, 'bad'), (3, 'worse')",
    )
    seen = planted.scan(TYPED)
    assert (seen.one()["orphans"], seen.one()["malformed"]) == (2, 2)
    assert "type_differs_from_contract" in seen.checks()
    # Without the contract's word the texts decide: the upper-case one is another text.
    loose = planted.scan(TYPED.replace("  type: uuid\n", "")).one()
    assert (loose["orphans"], loose["malformed"]) == (2, 0)


def test_a_value_that_cannot_be_what_it_must_is_malformed_behind_a_constraint_too(planted):
    planted.sql(
        "CREATE TABLE p (id varchar PRIMARY KEY); INSERT INTO p VALUES ('bad')",
        "CREATE TABLE c (n int PRIMARY KEY, p varchar REFERENCES p); INSERT INTO c VALUES (1, 'bad')",
    )
    entry = planted.scan(TYPED).one()
    assert (entry["orphans"], entry["malformed"]) == (1, 1)


def test_a_constraint_between_unequal_types(planted):
    planted.sql(
        "CREATE TABLE p (id int PRIMARY KEY); INSERT INTO p VALUES (1)",
        "CREATE TABLE c (n int PRIMARY KEY, p bigint REFERENCES p)",
    ).orphaned("INSERT INTO c VALUES (1, 1), (2, 9999999999), (3, 2)")
    seen = planted.scan()
    assert (seen.one()["orphans"], seen.one()["malformed"]) == (2, 1)
    assert "unequal_types" in seen.checks(severe=True)


def test_narrow_integers_in_a_wide_parent_are_never_malformed(planted):
    planted.sql(
        "CREATE TABLE p (id bigint PRIMARY KEY); INSERT INTO p VALUES (1)",
        "CREATE TABLE c (p smallint); INSERT INTO c VALUES (1), (2)",
    )
    entry = planted.scan("relationships:\n- {child: c.p, parent: p.id}\n").one()
    assert (entry["orphans"], entry["malformed"]) == (1, 0)


def test_what_is_absent_is_not_checked_with_its_reason_and_never_passed(planted):
    planted.sql("CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE c (p int REFERENCES p)")
    seen = planted.scan(
        "relationships:\n- {child: c.p, parent: p.id}\n- {child: c.q, parent: p.id}\n"
        "- {child: x.q, parent: y.id}\n"
    )
    assert [one["status"] for one in seen.entries] == ["passed", "not_checked", "not_checked"]
    assert seen.entries[1]["reason"] == "column public.c.q is absent"
    assert seen.entries[2]["reason"] == "table public.x is absent; table public.y is absent"
    assert seen.entries[1]["orphans"] is None
    assert seen.report.status == "not_checked"


def test_an_undeclared_constraint_is_looked_at_and_said_to_be_undeclared(planted):
    planted.sql("CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE c (p int REFERENCES p, q int)")
    seen = planted.scan("relationships:\n- {child: c.q, parent: p.id}\n")
    assert [one["declared"] for one in seen.entries] == [True, False]


def test_a_constraint_to_another_table_does_not_stand_for_the_wanted_one(planted):
    planted.sql(
        "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE old (id int PRIMARY KEY)",
        # The name says one thing, the definition another.
        "CREATE TABLE c (p int, CONSTRAINT c_p_id_fkey FOREIGN KEY (p) REFERENCES old)",
    )
    seen = planted.scan("relationships:\n- {child: c.p, parent: p.id}\n")
    assert seen.entries[0]["constraint"] is None
    assert "missing_foreign_key" in seen.checks()
    assert seen.entries[1]["constraint"]["name"] == "c_p_id_fkey"


def test_a_unique_constraint_of_a_likely_name_is_no_foreign_key(planted):
    planted.sql(
        "CREATE TABLE p (id int PRIMARY KEY)",
        "CREATE TABLE c (p_id int, CONSTRAINT c_p_id_fkey UNIQUE (p_id))",
    )
    seen = planted.scan("relationships:\n- {child: c.p_id, parent: p.id}\n")
    assert "missing_foreign_key" in seen.checks()


def test_a_type_that_the_database_does_not_know_is_a_broken_contract(planted):
    planted.sql("CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE c (p int)")
    with pytest.raises(BrokenContract, match="line 2: the database knows no type 'uuidd'"):
        planted.scan(TYPED.replace("type: uuid", "type: uuidd"))


def test_a_type_without_equality_is_not_checked(planted):
    planted.sql("CREATE TABLE p (id json); CREATE TABLE c (p json); INSERT INTO c VALUES ('{}')")
    seen = planted.scan("relationships:\n- {child: c.p, parent: p.id}\n")
    assert seen.one()["orphans"] is None
    assert "type json has no equality operator" in seen.one()["reason"]


def test_a_database_without_any_relationship_is_not_called_well(planted):
    seen = planted.sql("CREATE TABLE lonely (id int)").scan()
    assert seen.report.status == "not_checked"
    assert "no relationship to look at" in seen.report.evidence["reason"]
