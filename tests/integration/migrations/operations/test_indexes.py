"""Indexes built and dropped while others work, and the debris of a build that was cancelled."""

from __future__ import annotations

import pytest

from studioops.migrations.operations import CreateIndex, DropIndex, Leaf, TableName
from tests.integration.migrations.driving import drive, refusals, run

STALL = TableName("public", "stall")
TABLES = (
    "CREATE TABLE stall (id bigint PRIMARY KEY, shop_id bigint, name text)",
    "INSERT INTO stall SELECT n, n % 20, 'stall ' || n FROM generate_series(1, 100) AS n",
)
BY_SHOP = "CREATE INDEX stall_shop ON public.stall USING btree (shop_id)"


def test_create(database_dsn: str) -> None:
    run(database_dsn, *TABLES)
    drive(database_dsn, CreateIndex(STALL, ("shop_id", "name"), "stall_shop"))


def test_create_on_a_partitioned_table(database_dsn: str) -> None:
    run(
        database_dsn,
        "CREATE TABLE stall (id bigint, shop_id bigint) PARTITION BY RANGE (id)",
        "CREATE TABLE stall_a PARTITION OF stall FOR VALUES FROM (0) TO (50)",
        "CREATE TABLE stall_b PARTITION OF stall DEFAULT PARTITION BY HASH (id)",
        "CREATE TABLE stall_b0 PARTITION OF stall_b FOR VALUES WITH (MODULUS 1, REMAINDER 0)",
        "INSERT INTO stall SELECT n, n % 20 FROM generate_series(1, 100) AS n",
    )
    leaves = tuple(
        Leaf(TableName("public", name), f"{name}_shop") for name in ("stall_a", "stall_b0")
    )
    drive(database_dsn, CreateIndex(STALL, ("shop_id",), "stall_shop", leaves))


@pytest.mark.parametrize(
    "definition",
    [
        BY_SHOP,
        "CREATE UNIQUE INDEX stall_shop ON public.stall USING btree (lower(name) DESC, id) "
        "INCLUDE (shop_id) WITH (fillfactor='70') WHERE (id > 0)",
        "CREATE INDEX stall_shop ON public.stall USING brin (id)",
    ],
)
def test_drop(database_dsn: str, definition: str) -> None:
    run(database_dsn, *TABLES, definition)
    drive(database_dsn, DropIndex(TableName("public", "stall_shop"), definition))


def test_what_is_not_as_the_plan_has_it_is_refused(database_dsn: str) -> None:
    run(database_dsn, *TABLES, BY_SHOP, "CREATE SEQUENCE stall_seq")
    name = TableName("public", "stall_shop")
    create = CreateIndex(STALL, ("shop_id",), "stall_shop")
    taken = ("public.stall_shop is taken: something has that name",)
    assert refusals(database_dsn, create) == taken
    other = DropIndex(name, BY_SHOP.replace("shop_id", "id"))
    assert refusals(database_dsn, other) == ("public.stall_shop is another index than the plan's",)
    for absent in ("stall_seq", "nothing"):
        drop = DropIndex(TableName("public", absent), BY_SHOP)
        assert refusals(database_dsn, drop) == (f"there is no index public.{absent}",)
    key = "CREATE UNIQUE INDEX stall_pkey ON public.stall USING btree (id)"
    (reason,) = refusals(database_dsn, DropIndex(TableName("public", "stall_pkey"), key))
    assert reason == "a constraint rests on public.stall_pkey"
    run(database_dsn, "COMMENT ON INDEX stall_shop IS 'kept'")
    (reason,) = refusals(database_dsn, DropIndex(name, BY_SHOP))
    assert "the way back would lose that" in reason
