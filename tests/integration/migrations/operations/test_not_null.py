"""NOT NULL set and dropped, and back again."""

from __future__ import annotations

import pytest

from studioops.errors import LeftInBetween
from studioops.migrations.operations import DropNotNull, SetNotNull, TableName
from studioops.migrations.plan import Plan
from studioops.migrations.runner import apply, revert
from tests.integration.migrations.driving import QUICK, drive, refusals, run, state_of

STALL = TableName("public", "stall")
TABLE = "CREATE TABLE stall (id bigint PRIMARY KEY, shop bigint, name text NOT NULL)"
ROWS = "INSERT INTO stall SELECT n, n, 'stall ' || n FROM generate_series(1, 100) AS n"


def test_set(database_dsn: str) -> None:
    run(database_dsn, TABLE, ROWS)
    drive(database_dsn, SetNotNull(STALL, "shop"))


def test_set_on_a_partitioned_table(database_dsn: str) -> None:
    run(
        database_dsn,
        "CREATE TABLE stall (id bigint, shop bigint, name text) PARTITION BY RANGE (id)",
        "CREATE TABLE stall_a PARTITION OF stall FOR VALUES FROM (0) TO (50)",
        "CREATE TABLE stall_b PARTITION OF stall DEFAULT",
        ROWS,
    )
    drive(database_dsn, SetNotNull(STALL, "shop"))


def test_drop(database_dsn: str) -> None:
    run(database_dsn, TABLE, ROWS)
    drive(database_dsn, DropNotNull(STALL, "name"))


@pytest.mark.postgres(18)
def test_drop_keeps_the_name_that_somebody_gave_it(database_dsn: str) -> None:
    run(
        database_dsn,
        "CREATE TABLE stall (id bigint, shop bigint, name text CONSTRAINT must NOT NULL)",
        ROWS,
    )
    drive(database_dsn, DropNotNull(STALL, "name"))


def test_a_row_that_is_null_stops_it_and_the_way_back_is_open(database_dsn: str) -> None:
    run(database_dsn, TABLE, ROWS, "UPDATE stall SET shop = NULL WHERE id = 7")
    before = state_of(database_dsn)
    with pytest.raises(LeftInBetween, match="is violated by some row") as told:
        apply(database_dsn, Plan((SetNotNull(STALL, "shop"),)), run_by="test", tries=QUICK)
    assert "studioops migrate rollback" in told.value.next_step
    assert revert(database_dsn, tries=QUICK) is not None
    assert state_of(database_dsn).differences(before) == []


def test_what_is_not_as_the_plan_has_it_is_refused(database_dsn: str) -> None:
    run(
        database_dsn,
        TABLE,
        "CREATE TABLE tree (id bigint) PARTITION BY RANGE (id)",
        "CREATE TABLE tree_a PARTITION OF tree (id NOT NULL) FOR VALUES FROM (0) TO (50)",
    )
    assert refusals(database_dsn, SetNotNull(STALL, "name")) == (
        "public.stall.name is NOT NULL already",
    )
    assert refusals(database_dsn, DropNotNull(STALL, "shop")) == (
        "public.stall.shop takes NULL already",
    )
    (reason,) = refusals(database_dsn, DropNotNull(STALL, "id"))
    assert reason == "public.stall.id belongs to the primary key, or is an identity column"
    (reason,) = refusals(database_dsn, SetNotNull(TableName("public", "tree"), "id"))
    assert "in public.tree_a alone" in reason
    assert refusals(database_dsn, SetNotNull(STALL, "gone")) == ("public.stall has no column gone",)
    run(database_dsn, "ALTER TABLE stall ADD CONSTRAINT studioops_not_null CHECK (id > 0)")
    (reason,) = refusals(database_dsn, SetNotNull(STALL, "shop"))
    assert reason == "public.stall has a constraint studioops_not_null already"
