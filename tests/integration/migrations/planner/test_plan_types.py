"""Which columns are converted: as few as let keys stand and compare what was meant."""

from __future__ import annotations

import sys

import pytest

from studioops.migrations.operations import AddForeignKey, ConvertColumns
from tests.integration.migrations.driving import run
from tests.integration.migrations.planner.asking import contract_of, planned, there_and_back

# The package has a function of that name.
CONVERTING = sys.modules["studioops.migrations.operations.convert_columns"]
ONE, TWO = (f"00000000-0000-4000-8000-00000000000{letter}" for letter in "ab")


def converted(dsn: str, *relationships: str) -> list[dict[str, str]]:
    """The columns of each conversion with their new types."""
    proposal = planned(dsn, contract_of(*relationships))
    assert not proposal.refusals, proposal.refusals
    return [
        {str(column).removeprefix("public."): column.type for column in one.columns}
        for one in proposal.plan.operations
        if isinstance(one, ConvertColumns)
    ]


def refused(dsn: str, *relationships: str) -> str:
    (line,) = planned(dsn, contract_of(*relationships)).refusals
    return line


def test_a_text_gets_its_parents_type_and_malformed_ones_go_before(database_dsn):
    run(
        database_dsn,
        "CREATE TABLE p (id uuid PRIMARY KEY)",
        "CREATE TABLE c (id int PRIMARY KEY, p_id varchar(40), q_id text)",
        f"INSERT INTO p VALUES ('{ONE}')",
        f"INSERT INTO c VALUES (1, '{ONE.upper()}', '{{{ONE}}}'), (2, '{TWO}', NULL), (3, 'x', '')",
    )
    both = "c.p_id -> p.id; type: uuid", "c.q_id -> p.id; orphans: nullify"
    # Of one table at once: its rows are written anew as it is.
    assert converted(database_dsn, *both) == [{"c.p_id": "uuid", "c.q_id": "uuid"}]
    there_and_back(database_dsn, contract_of(*both))


def test_texts_that_match_as_they_are_stay(database_dsn):
    run(
        database_dsn,
        "CREATE TABLE p (id varchar PRIMARY KEY)",
        "CREATE TABLE c (id int PRIMARY KEY, p_id varchar)",
        "CREATE TABLE d (id int PRIMARY KEY, p_id varchar REFERENCES p (id))",
        f"INSERT INTO p VALUES ('{ONE}'), ('new')",
        f"INSERT INTO c VALUES (1, '{ONE}'), (2, '{TWO}'), (3, 'x')",
        f"INSERT INTO d VALUES (1, '{ONE}'), (2, NULL)",
    )
    assert converted(database_dsn, "c.p_id -> p.id; type: uuid") == []
    there_and_back(database_dsn, contract_of("c.p_id -> p.id; type: uuid"))


def test_a_link_in_upper_case_is_kept_by_converting_all_that_hang_together(database_dsn):
    run(
        database_dsn,
        "CREATE TABLE p (id varchar PRIMARY KEY)",
        "CREATE TABLE c (id int PRIMARY KEY, p_id varchar)",
        "CREATE TABLE d (id int PRIMARY KEY, p_id varchar REFERENCES p (id))",
        f"INSERT INTO p VALUES ('{ONE}')",
        f"INSERT INTO c VALUES (1, '{ONE.upper()}'), (2, 'x')",
        f"INSERT INTO d VALUES (1, '{ONE}'), (2, NULL)",
    )
    wanted = "c.p_id -> p.id; type: uuid"
    # Both ends of a key together; what has none yet by itself.
    assert converted(database_dsn, wanted) == [
        {"c.p_id": "uuid"},
        {"d.p_id": "uuid", "p.id": "uuid"},
    ]
    there_and_back(database_dsn, contract_of(wanted))
    run(database_dsn, "ALTER TABLE c ADD CONSTRAINT k FOREIGN KEY (p_id) REFERENCES p NOT VALID")
    line = refused(database_dsn, wanted)
    assert "in another spelling than its own, which k does not take" in line
    run(database_dsn, line.split("converted: ")[1])
    assert converted(database_dsn, wanted)


@pytest.mark.parametrize("key", ["", "REFERENCES p (id)"])
def test_numbers_of_another_width_with_a_key_and_without(database_dsn, key):
    run(
        database_dsn,
        "CREATE TABLE p (id bigint PRIMARY KEY)",
        f"CREATE TABLE c (id int PRIMARY KEY, p_id int {key})",
        "INSERT INTO p VALUES (1), (5000000000)",
        "INSERT INTO c VALUES (1, 1), (2, NULL)",
    )
    assert converted(database_dsn, "c.p_id -> p.id") == [{"c.p_id": "bigint"}]
    proposal = there_and_back(database_dsn, contract_of("c.p_id -> p.id"))
    added = any(isinstance(one, AddForeignKey) for one in proposal.plan.operations)
    assert added is not bool(key)


def test_a_chain_gets_the_type_of_its_end(database_dsn):
    run(
        database_dsn,
        "CREATE TABLE a (id uuid PRIMARY KEY)",
        "CREATE TABLE b (id varchar PRIMARY KEY)",
        "CREATE TABLE c (id varchar PRIMARY KEY)",
        "CREATE TABLE d (id varchar PRIMARY KEY REFERENCES c (id))",
    )
    chain = "c.id -> b.id", "b.id -> a.id"
    assert converted(database_dsn, *chain) == [
        {"b.id": "uuid"},
        # What a key that nobody named holds to it goes along.
        {"c.id": "uuid", "d.id": "uuid"},
    ]


def test_what_nobody_can_decide(database_dsn):
    run(
        database_dsn,
        "CREATE TABLE p (id int PRIMARY KEY)",
        "CREATE TABLE q (id bigint PRIMARY KEY)",
        "CREATE TABLE c (id int PRIMARY KEY, both_id int)",
    )
    ends = "c.both_id -> p.id", "c.both_id -> q.id"
    line = refused(database_dsn, *ends)
    assert "says bigint, integer; decide: write one `type:`" in line
    decided = [f"{one}; type: bigint" for one in ends]
    columns = {
        name: kind for one in converted(database_dsn, *decided) for name, kind in one.items()
    }
    assert columns == {"c.both_id": "bigint", "p.id": "bigint"}


def test_a_column_that_can_not_be_converted(database_dsn):
    run(
        database_dsn,
        "CREATE TABLE p (id uuid PRIMARY KEY)",
        "CREATE TABLE c (id int PRIMARY KEY, p_id text)",
        "CREATE VIEW seen AS SELECT p_id FROM c",
    )
    line = refused(database_dsn, "c.p_id -> p.id")
    assert "seen" in line


def test_what_a_large_conversion_has_kept_is_dropped_last(database_dsn, monkeypatch):
    monkeypatch.setattr(CONVERTING, "FEW_ROWS", -1)
    run(
        database_dsn,
        "CREATE TABLE p (id uuid PRIMARY KEY)",
        "CREATE TABLE c (id int PRIMARY KEY, p_id varchar, q_id bigint REFERENCES c (id))",
        f"INSERT INTO p VALUES ('{ONE}')",
        f"INSERT INTO c VALUES (1, '{ONE.upper()}', 1), (2, 'x', 2), (3, NULL, 2), (4, NULL, NULL)",
    )
    contract = contract_of("c.p_id -> p.id", "c.q_id -> c.id; on_delete: CASCADE")
    proposal = there_and_back(database_dsn, contract)
    assert [one.kind for one in proposal.plan.operations] == [
        "quarantine_orphans",
        "convert_columns",
        "create_index",
        "create_index",
        "add_foreign_key",
        "replace_foreign_key",
        "drop_converted",
    ]
    stages = [one.stage for one in proposal.plan.operations]
    assert stages == sorted(stages)
