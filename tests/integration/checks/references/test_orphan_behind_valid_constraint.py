"""Orphans that a valid foreign key denies."""

NAME = "orphan_behind_valid_constraint"


def test_what_was_written_with_triggers_off_is_found_and_moved(checked):
    checked.sql(
        "CREATE TABLE p (id int PRIMARY KEY)",
        "CREATE TABLE c (id int PRIMARY KEY, p int CONSTRAINT k REFERENCES p)",
    ).orphaned("INSERT INTO c VALUES (1, 7)")
    checked.contract("relationships:\n- {child: c.p, parent: p.id}\n")
    checked.prove(
        NAME, {"public.c(p)": "1 of 1 rows have no parent in public.p(id), although k claims"}
    )
    assert checked.find("orphan") == []


def test_without_a_contract_it_is_found_as_well(checked):
    checked.sql(
        "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE c (p int REFERENCES p)"
    ).orphaned("INSERT INTO c VALUES (7)")
    (finding,) = checked.find(NAME)
    assert finding.severity == "critical"


def test_a_key_that_is_not_valid_claims_nothing(checked):
    checked.sql(
        "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE c (p int); INSERT INTO c VALUES (7)",
        "ALTER TABLE c ADD FOREIGN KEY (p) REFERENCES p NOT VALID",
    )
    assert checked.find(NAME) == []
