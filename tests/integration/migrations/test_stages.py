"""A plan applied stage by stage, as a DAG does: in between nobody else may migrate."""

from __future__ import annotations

from typing import Any

import pytest

from studioops.errors import LeftInBetween, Refused
from studioops.migrations.journal import RunState
from studioops.migrations.operations import (
    AddForeignKey,
    CreateIndex,
    DropNotNull,
    Key,
    SetNotNull,
    Stage,
    TableName,
)
from studioops.migrations.plan import Plan
from studioops.migrations.runner import apply, revert
from studioops.migrations.status import left_in_between, read_runs
from studioops.postgres import open_database
from tests.integration.migrations.driving import QUICK, run, state_of

SHOP, STALL = TableName("public", "shop"), TableName("public", "stall")
PLAN = Plan(
    (
        DropNotNull(SHOP, "name"),
        CreateIndex(STALL, ("shop_id",), "stall_shop"),
        AddForeignKey(Key(STALL, ("shop_id",), SHOP, ("id",)), "stall_shop_fkey"),
        SetNotNull(STALL, "shop_id"),
    )
)
TABLES = (
    "CREATE TABLE shop (id bigint PRIMARY KEY, name text NOT NULL)",
    "CREATE TABLE stall (id bigint PRIMARY KEY, shop_id bigint)",
    "INSERT INTO shop SELECT n, 'x' FROM generate_series(1, 5) AS n",
    "INSERT INTO stall SELECT n, 1 + n % 5 FROM generate_series(1, 10) AS n",
)


@pytest.fixture
def dsn(database_dsn: str) -> str:
    run(database_dsn, *TABLES)
    return database_dsn


def staged(dsn: str, stage: Stage | None, who: str = "dag one", plan: Plan = PLAN) -> Any:
    return apply(dsn, plan, run_by=who, tries=QUICK, upto=stage)


def how_it_stands(dsn: str) -> list[tuple[RunState, int]]:
    with open_database(dsn) as database:
        return [(one.run.state, one.applied) for one in read_runs(database)]


def test_stage_by_stage_and_back_from_in_between(dsn: str) -> None:
    before = state_of(dsn)
    runs = {staged(dsn, Stage.EXPAND), staged(dsn, Stage.CLEAN), staged(dsn, Stage.PROTECT)}
    assert len(runs) == 1
    assert how_it_stands(dsn) == [(RunState.APPLYING, 6)]
    with pytest.raises(Refused, match="is not finished"):
        staged(dsn, None, plan=Plan(PLAN.operations[:1]))
    with open_database(dsn) as database:
        assert left_in_between(database) == PLAN
    assert revert(dsn, tries=QUICK).run in runs
    assert not state_of(dsn).differences(before)


def test_the_last_stage_ends_the_run(dsn: str) -> None:
    for stage in Stage:
        staged(dsn, stage)
    assert how_it_stands(dsn)[0][0] is RunState.APPLIED


def test_only_his_own_run_is_taken_back(dsn: str) -> None:
    staged(dsn, None, who="cli")
    assert revert(dsn, tries=QUICK, run_by="dag one") is None
    assert how_it_stands(dsn)[0][0] is RunState.APPLIED
    assert revert(dsn, tries=QUICK, run_by="cli") is not None


def test_status_says_where_it_stands_and_what_to_type(dsn: str) -> None:
    run(dsn, "INSERT INTO stall VALUES (99, NULL)")
    with pytest.raises((LeftInBetween, Refused)):
        staged(dsn, None)
    with open_database(dsn) as database:
        seen = read_runs(database)[0]
    assert (seen.applied, seen.total) == (7, 9)
    assert "shop_id" in seen.at
    assert "migrate rollback goes back" in seen.next_step


def test_a_run_that_changed_nothing_is_no_run_to_take_back(dsn: str) -> None:
    run(dsn, "ALTER TABLE shop ALTER name DROP NOT NULL")
    staged(dsn, Stage.EXPAND, plan=Plan((CreateIndex(STALL, ("shop_id",), "a"),)))
    assert revert(dsn, tries=QUICK, run_by="dag one") is not None
    assert how_it_stands(dsn) == [(RunState.REVERTED, 0)]
