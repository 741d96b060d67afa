"""One harness for every operation: there, back, equal, and there again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg.rows import dict_row
from sqlalchemy import event

from studioops.migrations.operations import Operation
from studioops.migrations.plan import Plan
from studioops.migrations.runner import Reverted, apply, revert
from studioops.migrations.runner.trying import Tries
from studioops.migrations.state import State, read_state
from studioops.postgres import Database, open_database

QUICK = Tries(attempts=2, first=0.05, longest=0.1)


def state_of(dsn: str) -> State:
    with open_database(dsn) as database:
        return read_state(database)


@contextmanager
def looking(dsn: str) -> Iterator[Database]:
    """A database that is looked at again and again: its plans are made once, its caches warm."""

    def prepare(connection: psycopg.Connection[Any], _: object) -> None:
        connection.prepare_threshold = 1

    with open_database(dsn) as database:
        event.listen(database.engine, "connect", prepare)
        yield database


def drive(dsn: str, *operations: Operation, stay: bool = False) -> None:
    """Apply, verify, revert, compare; and once more, for what a revert has left behind.

    Args:
        dsn: of the database.
        operations: of one plan.
        stay: whether to apply it in the end, for whoever looks at what it has done.
    """
    plan = Plan(operations)
    assert Plan.from_json(plan.as_json()) == plan
    with looking(dsn) as database:
        before = read_state(database)
        first = _there_and_back(dsn, database, plan, before)
        again = _there_and_back(dsn, database, plan, before)
    left = again.differences(first)
    assert not left, left
    if stay:
        apply(dsn, plan, run_by="test", tries=QUICK)


def _there_and_back(dsn: str, database: Database, plan: Plan, before: State) -> State:
    """What it was there."""
    applied = apply(dsn, plan, run_by="test", tries=QUICK)
    after = read_state(database)
    assert after.differences(before)
    assert revert(dsn, tries=QUICK) == Reverted(applied)
    left = read_state(database).differences(before)
    assert not left, left
    return after


def run(dsn: str, *statements: str) -> None:
    with psycopg.connect(dsn, autocommit=True) as connection:
        for one in statements:
            connection.execute(one)  # type: ignore[call-overload]


def refusals(dsn: str, operation: Operation) -> tuple[str, ...]:
    with psycopg.connect(dsn, row_factory=dict_row) as session:
        session.execute("SET search_path = pg_catalog")
        return operation.validate(session)
