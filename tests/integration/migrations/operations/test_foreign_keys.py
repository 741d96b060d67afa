"""Foreign keys: added, dropped, replaced, and back again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from studioops.migrations.operations import (
    AddForeignKey,
    DropForeignKey,
    Key,
    ReplaceForeignKey,
    Standing,
    TableName,
)
from tests.integration.migrations.driving import drive, refusals, run

SHOP = TableName("public", "shop")
STALL = TableName("public", "stall")
KEY = Key(STALL, ("shop_id",), SHOP, ("id",), on_delete="CASCADE", on_update="CASCADE")
TABLES = (
    "CREATE TABLE shop (id bigint PRIMARY KEY)",
    "CREATE TABLE stall (id bigint PRIMARY KEY, shop_id bigint)",
    "INSERT INTO shop SELECT n FROM generate_series(1, 20) AS n",
    "INSERT INTO stall SELECT n, 1 + n % 20 FROM generate_series(1, 100) AS n",
)
PARTITIONS = (
    "CREATE TABLE shop (id bigint PRIMARY KEY)",
    "CREATE TABLE stall (id bigint, shop_id bigint, PRIMARY KEY (id)) PARTITION BY RANGE (id)",
    'CREATE TABLE "stall A" PARTITION OF stall FOR VALUES FROM (0) TO (50)',
    "CREATE TABLE stall_b PARTITION OF stall FOR VALUES FROM (50) TO (200) PARTITION BY HASH (id)",
    "CREATE TABLE stall_b0 PARTITION OF stall_b FOR VALUES WITH (MODULUS 2, REMAINDER 0)",
    "CREATE TABLE stall_b1 PARTITION OF stall_b FOR VALUES WITH (MODULUS 2, REMAINDER 1)",
    *TABLES[2:],
)
LEAVES = tuple(TableName("public", name) for name in ("stall A", "stall_b0", "stall_b1"))


OLD = replace(KEY, on_delete="NO ACTION", on_update="NO ACTION")


def key_on(definition: str) -> str:
    return f"ALTER TABLE stall ADD CONSTRAINT stall_shop FOREIGN KEY (shop_id) {definition}"


def standing(definition: str, table: TableName = STALL) -> Standing:
    return Standing(table, "stall_shop", f"FOREIGN KEY (shop_id) {definition}")


PLAIN = standing("REFERENCES public.shop(id)")
EACH = tuple(standing("REFERENCES public.shop(id)", leaf) for leaf in LEAVES)


def test_add(database_dsn: str) -> None:
    run(database_dsn, *TABLES)
    drive(database_dsn, AddForeignKey(KEY, "stall_shop"))


def test_add_to_a_partitioned_table(database_dsn: str) -> None:
    run(database_dsn, *PARTITIONS)
    drive(database_dsn, AddForeignKey(KEY, "stall_shop", LEAVES))


def test_add_with_names_that_must_be_quoted_and_several_columns(database_dsn: str) -> None:
    run(
        database_dsn,
        'CREATE SCHEMA "My Shop"',
        'CREATE TABLE "My Shop"."Order" ("Id" int, "50%%" text, PRIMARY KEY ("Id", "50%%"))',
        'CREATE TABLE "My Shop"."Line""s" ("Order" int, "50%%" text)',
    )
    child, parent = TableName("My Shop", 'Line"s'), TableName("My Shop", "Order")
    key = Key(child, ("Order", "50%%"), parent, ("Id", "50%%"), match="full", deferrable=True)
    drive(database_dsn, AddForeignKey(key, "Lines of an Order"))


@pytest.mark.parametrize(
    "definition",
    [
        "REFERENCES public.shop(id)",
        "REFERENCES public.shop(id) ON DELETE SET NULL NOT VALID",
        "REFERENCES public.shop(id) ON DELETE SET NULL (shop_id) DEFERRABLE INITIALLY DEFERRED",
    ],
)
def test_drop(database_dsn: str, definition: str) -> None:
    run(
        database_dsn,
        *TABLES,
        key_on(definition),
        "COMMENT ON CONSTRAINT stall_shop ON stall IS 'whose it''s'",
    )
    late = "DEFERRABLE" in definition
    action = "SET NULL" if "SET NULL" in definition else "NO ACTION"
    key = replace(KEY, on_delete=action, on_update="NO ACTION", deferrable=late, deferred=late)
    drive(database_dsn, DropForeignKey(key, standing(definition)))


def test_drop_from_a_partitioned_table(database_dsn: str) -> None:
    run(database_dsn, *PARTITIONS, key_on("REFERENCES shop (id)"))
    drive(database_dsn, DropForeignKey(OLD, PLAIN, EACH))


@pytest.mark.parametrize("valid", ["", " NOT VALID"])
def test_replace(database_dsn: str, valid: str) -> None:
    run(database_dsn, *TABLES, key_on(f"REFERENCES shop (id){valid}"))
    old = standing(f"REFERENCES public.shop(id){valid}")
    drive(database_dsn, ReplaceForeignKey(OLD, old, KEY))


def test_replace_on_a_partitioned_table(database_dsn: str) -> None:
    run(database_dsn, *PARTITIONS, key_on("REFERENCES shop (id)"))
    drive(database_dsn, ReplaceForeignKey(OLD, PLAIN, KEY, EACH))


def test_what_is_not_as_the_plan_has_it_is_refused(database_dsn: str) -> None:
    run(database_dsn, *TABLES, key_on("REFERENCES shop (id)"))
    add = AddForeignKey(KEY, "stall_shop")
    assert refusals(database_dsn, add) == ("public.stall has a foreign key stall_shop already",)
    elsewhere = replace(KEY, columns=("stand_id",), parent=TableName("public", "market"))
    assert refusals(database_dsn, AddForeignKey(elsewhere, "other")) == (
        "public.stall has no column stand_id",
        "there is no table public.market",
    )
    assert refusals(database_dsn, DropForeignKey(KEY, PLAIN)) == (
        "stall_shop: its on delete is NO ACTION, not CASCADE",
        "stall_shop: its on update is NO ACTION, not CASCADE",
    )
    gone = replace(PLAIN, name="gone")
    assert refusals(database_dsn, DropForeignKey(OLD, gone)) == (
        "public.stall has no foreign key gone",
    )
    assert refusals(database_dsn, ReplaceForeignKey(OLD, PLAIN, KEY, EACH[:1])) == (
        "the partitions of public.stall are not those of the plan",
        'public."stall A" has no foreign key stall_shop',
    )
    run(database_dsn, "ALTER TABLE stall DISABLE TRIGGER ALL")
    (reason,) = refusals(database_dsn, DropForeignKey(OLD, PLAIN))
    assert "triggers of stall_shop are disabled" in reason


def test_a_key_knows_only_words_of_sql() -> None:
    with pytest.raises(ValueError, match="is no action"):
        replace(KEY, on_delete="CASCADE; DROP TABLE shop")
    with pytest.raises(ValueError, match="is no match"):
        replace(KEY, match="partial")
    with pytest.raises(ValueError, match="same number of columns"):
        replace(KEY, columns=("a", "b"))
