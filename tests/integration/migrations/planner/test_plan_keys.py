"""Which keys are added and replaced, in which order with their indexes, and which are left."""

from __future__ import annotations

import pytest

from studioops.migrations.operations import AddForeignKey, CreateIndex, ReplaceForeignKey, Stage
from studioops.migrations.planner import make_plan
from studioops.migrations.runner import apply
from studioops.postgres import fetch, open_database
from tests.integration.migrations.driving import QUICK, run
from tests.integration.migrations.planner.asking import (
    contract_of,
    faults,
    kept,
    planned,
    scanned,
    there_and_back,
    words,
)

TABLES = (
    "CREATE TABLE shop (id bigint PRIMARY KEY)",
    "CREATE TABLE stall (id bigint PRIMARY KEY, shop_id bigint)",
    "INSERT INTO shop SELECT n FROM generate_series(1, 20) AS n",
    "INSERT INTO stall SELECT n, 1 + n % 20 FROM generate_series(1, 100) AS n",
)
ADD = "ALTER TABLE stall ADD CONSTRAINT stall_shop FOREIGN KEY (shop_id) REFERENCES shop (id)"
PLAIN = contract_of("stall.shop_id -> shop.id")
ACTIONS = "on_delete: CASCADE; on_update: CASCADE"
STRICT = contract_of(f"stall.shop_id -> shop.id; {ACTIONS}")


def test_a_key_that_is_not_there_with_its_index_before_it(database_dsn):
    run(database_dsn, *TABLES)
    proposal = there_and_back(database_dsn, STRICT, thorough=True)
    index, key = proposal.plan.operations
    assert isinstance(index, CreateIndex)
    assert (index.name, index.columns) == ("stall_shop_id_idx", ("shop_id",))
    assert isinstance(key, AddForeignKey)
    assert (key.name, key.key.on_delete) == ("stall_shop_id_fkey", "CASCADE")
    assert {one.stage for one in proposal.plan.operations} == {Stage.PROTECT}
    cheap, dear = proposal.estimates
    assert (cheap.rows, cheap.blocks) == (100, "nobody but VACUUM and other changes of the table")
    assert (dear.lock, dear.blocks, dear.rows) == ("SHARE ROW EXCLUSIVE", "writers", 120)
    assert (dear.lock_back, dear.blocks_back) == ("ACCESS EXCLUSIVE", "readers and writers")
    assert dear.bytes > cheap.bytes > 0


def test_keys_that_are_not_as_they_should_be_are_replaced(database_dsn):
    stands = {
        "a": "NOT VALID",
        "b": "ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED",
        "c": "MATCH FULL ON UPDATE CASCADE",
    }
    run(
        database_dsn,
        *TABLES,
        *(f"CREATE TABLE stall_{one} (LIKE stall)" for one in stands),
        *(f"INSERT INTO stall_{one} SELECT * FROM stall" for one in stands),
        *(ADD.replace("TABLE stall", f"TABLE stall_{o}") + f" {w}" for o, w in stands.items()),
    )
    relationships = [f"stall_{one}.shop_id -> shop.id; {ACTIONS}" for one in stands]
    proposal = there_and_back(database_dsn, contract_of(*relationships), thorough=True)
    found = [one for one in proposal.plan.operations if isinstance(one, ReplaceForeignKey)]
    assert {one.standing.name for one in found} == {"stall_shop"}
    assert {(one.key.on_delete, one.key.on_update) for one in found} == {("CASCADE", "CASCADE")}
    # What the contract says nothing of stays as it was.
    assert [one.key.match for one in found] == ["simple", "simple", "full"]
    assert [one.key.deferrable for one in found] == [False, True, False]
    assert [one.key.deferred for one in found] == [False, True, False]


@pytest.mark.postgres(18)
def test_a_key_that_is_not_enforced_is_replaced(database_dsn):
    run(database_dsn, *TABLES, f"{ADD} NOT ENFORCED")
    there_and_back(database_dsn, PLAIN)


def test_a_key_that_stands_by_other_actions_than_nobody_named_is_left(database_dsn):
    run(database_dsn, *TABLES, f"{ADD} ON DELETE SET NULL", "CREATE INDEX ON stall (shop_id, id)")
    kept(database_dsn, PLAIN)
    named = contract_of("stall.shop_id -> shop.id; on_delete: SET NULL")
    kept(database_dsn, named)


def test_of_two_keys_one_as_it_should_be_is_enough(database_dsn):
    second = ADD.replace("stall_shop", 'the other"').replace('the other"', '"the other"')
    run(
        database_dsn,
        *TABLES,
        f"{second} ON DELETE CASCADE ON UPDATE CASCADE",
        ADD,
        "CREATE INDEX ON stall (shop_id)",
    )
    proposal = planned(database_dsn, STRICT)
    assert words(proposal) == []
    (remark,) = proposal.remarks
    assert "stall_shop stands on the same columns" in remark
    assert faults(scanned(database_dsn, STRICT)) == [
        "wrong_on_delete public.stall(shop_id)",
        "wrong_on_update public.stall(shop_id)",
    ]
    run(database_dsn, remark.split(": ")[-1])
    kept(database_dsn, STRICT)
    run(database_dsn, ADD)
    wanted = contract_of("stall.shop_id -> shop.id; on_delete: SET NULL")
    proposal = planned(database_dsn, wanted)
    assert words(proposal) == [
        "replace foreign key public.stall(shop_id) → public.shop(id): "
        "ON DELETE SET NULL ON UPDATE NO ACTION"
    ]
    assert "the other" in proposal.remarks[0]


def test_partitions_and_names_that_must_be_quoted(database_dsn):
    run(
        database_dsn,
        'CREATE SCHEMA "My 50%"',
        'CREATE TABLE "My 50%"."Shop" (id bigint PRIMARY KEY) PARTITION BY HASH (id)',
        'CREATE TABLE "My 50%".shop_0 PARTITION OF "My 50%"."Shop" '
        "FOR VALUES WITH (MODULUS 1, REMAINDER 0)",
        'CREATE TABLE "My 50%"."Stall s" (id bigint, "Shop" bigint) PARTITION BY RANGE (id)',
        'CREATE TABLE "My 50%"."Stall A" PARTITION OF "My 50%"."Stall s" DEFAULT '
        "PARTITION BY LIST (id)",
        'CREATE TABLE "My 50%"."Stall A0" PARTITION OF "My 50%"."Stall A" DEFAULT',
        'INSERT INTO "My 50%"."Shop" SELECT n FROM generate_series(1, 9) AS n',
        'INSERT INTO "My 50%"."Stall s" SELECT n, 1 + n % 9 FROM generate_series(1, 50) AS n',
    )
    ends = '"My 50%"."Stall s"("Shop") -> "My 50%"."Shop".id'
    first = there_and_back(database_dsn, contract_of(f"{ends}; on_delete: CASCADE"))
    apply(database_dsn, first.plan, run_by="test", tries=QUICK)
    proposal = there_and_back(database_dsn, contract_of(f"{ends}; on_delete: RESTRICT"))
    (operation,) = proposal.plan.operations
    assert isinstance(operation, ReplaceForeignKey)
    assert [one.table.name for one in operation.leaves] == ["Stall A0"]


def test_names_that_are_taken_and_too_long(database_dsn):
    long = "stall_with_a_name_that_is_as_long_as_names_of_tables_can_be_in_"
    run(
        database_dsn,
        *TABLES,
        f"CREATE TABLE {long} (id bigint PRIMARY KEY, shop_id bigint, shop_id2 bigint)",
        "CREATE SEQUENCE stall_shop_id_idx",
        "ALTER TABLE stall ADD CONSTRAINT stall_shop_id_fkey CHECK (id > 0)",
        "ALTER TABLE stall ADD CONSTRAINT stall_shop_id_fkey1_new CHECK (id > 0)",
    )
    contract = contract_of(
        "stall.shop_id -> shop.id", f"{long}.shop_id -> shop.id", f"{long}.shop_id2 -> shop.id"
    )
    names = {one.name for one in there_and_back(database_dsn, contract).plan.operations}
    assert names == {
        "stall_shop_id_idx1",
        "stall_shop_id_fkey2",
        *(f"{long[:54]}_{suffix}" for suffix in ("idx", "idx1", "fkey", "fkey1")),
    }


def test_one_index_serves_references_that_begin_alike(database_dsn):
    run(
        database_dsn,
        "CREATE TABLE pair (a int, b int, PRIMARY KEY (a, b))",
        "CREATE TABLE one (b int PRIMARY KEY)",
        "CREATE TABLE part (x int, y int, z int)",
    )
    contract = contract_of("part(x, y) -> pair(a, b); match: full", "part.y -> one.b")
    proposal = there_and_back(database_dsn, contract)
    assert words(proposal) == [
        "create index part_y_x_idx on public.part (y, x)",
        "add foreign key public.part(x, y) → public.pair(a, b)",
        "add foreign key public.part(y) → public.one(b)",
    ]


def test_what_the_contract_does_not_name_is_left(database_dsn):
    run(database_dsn, *TABLES, f"{ADD} NOT VALID", "CREATE TABLE other (id int)")
    proposal = planned(database_dsn, contract_of("other.id -> gone.id", "other.no -> shop.id"))
    assert proposal.plan.operations == ()
    assert proposal.absent == (
        "public.other(id) → public.gone(id): table public.gone is absent",
        "public.other(no) → public.shop(id): column public.other.no is absent",
    )


def test_it_tells_how_far_it_is_and_leaves_the_database_alone(database_dsn):
    run(database_dsn, *TABLES)
    told = []
    with open_database(database_dsn) as database:
        proposal = make_plan(
            database, STRICT, connections=2, progress=lambda *words: told.append(words)
        )
    assert told == [("public.stall(shop_id)", 1, 1)]
    assert len(proposal.plan.operations) == len(proposal.estimates) == 2
    with open_database(database_dsn) as database, database.transaction() as connection:
        assert not fetch(connection, "SELECT FROM pg_namespace WHERE nspname = 'studioops'")
