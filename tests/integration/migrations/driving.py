"""One harness for every operation: there, back, equal, and there again."""

from __future__ import annotations

import psycopg
from psycopg.rows import dict_row

from studioops.migrations.operations import Operation
from studioops.migrations.plan import Plan
from studioops.migrations.runner import Reverted, apply, revert
from studioops.migrations.runner.trying import Tries
from studioops.migrations.state import State, read_state
from studioops.postgres import open_database

QUICK = Tries(attempts=2, first=0.05, longest=0.1)


def state_of(dsn: str) -> State:
    with open_database(dsn) as database:
        return read_state(database)


def drive(dsn: str, *operations: Operation) -> None:
    """Apply, verify, revert, compare; and once more, for what a revert has left behind."""
    plan = Plan(operations)
    assert Plan.from_json(plan.as_json()) == plan
    before = state_of(dsn)
    for _ in range(2):
        first = apply(dsn, plan, run_by="test", tries=QUICK)
        after = state_of(dsn)
        assert after.differences(before)
        assert revert(dsn, tries=QUICK) == Reverted(first)
        left = state_of(dsn).differences(before)
        assert not left, left
    apply(dsn, plan, run_by="test", tries=QUICK)
    left = state_of(dsn).differences(after)
    assert not left, left


def run(dsn: str, *statements: str) -> None:
    with psycopg.connect(dsn, autocommit=True) as connection:
        for one in statements:
            connection.execute(one)  # type: ignore[call-overload]


def refusals(dsn: str, operation: Operation) -> tuple[str, ...]:
    with psycopg.connect(dsn, row_factory=dict_row) as session:
        session.execute("SET search_path = pg_catalog")
        return operation.validate(session)
