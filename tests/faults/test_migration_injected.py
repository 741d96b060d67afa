"""An operation of the StudioOps plan fails: the way back leads to the start, and so once more.

A common run takes the first operation, the last one and some by a seed, and what fails of each by
the same seed; all of them, in every way, with ``STUDIOOPS_FAULTS=all``. Another seed::

    STUDIOOPS_FAULTS_SEED=7 python -m pytest tests/faults/test_migration_injected.py
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle
from random import Random
from typing import Any

import pytest

from studioops.errors import StudioOpsError
from studioops.integrity import load_contract
from studioops.migrations.journal import RunState
from studioops.migrations.plan import Plan
from studioops.migrations.runner import apply, revert
from studioops.migrations.state import State, read_state
from studioops.postgres import Database
from studioops.settings.declarations import SHIPPED_CONTRACT, SHIPPED_HISTORY
from tests.faults.conftest import ALL, SEED
from tests.faults.failing import TOLD, Failing, Fault, Moment
from tests.faults.migration_world import state
from tests.integration.migrations.driving import QUICK, looking, state_of
from tests.integration.migrations.histories import planned
from tests.integration.migrations.planner.asking import planned as planned_for

RUN_BY = "injected"
SOME = 4
TWICE = 2


@dataclass(frozen=True)
class Start:
    """Where a plan starts.

    Args:
        template: the database.
        plan: made for it.
        state: what it holds.
    """

    template: str
    plan: Plan
    state: State


@pytest.fixture(scope="module")
def starts(cluster: Any, legacy_template: str) -> Iterator[dict[str, Start]]:
    """The legacy database before its revisions, and behind them before what its contract asks."""
    legacy, head = cluster.clone(legacy_template), ""
    try:
        # The journal is there before: its owner is a role that the database did not know.
        revisions = Plan(planned(cluster.dsn(legacy), SHIPPED_HISTORY))
        head = cluster.clone(legacy)
        apply(cluster.dsn(head), revisions, run_by="test", tries=QUICK)
        contract = planned_for(cluster.dsn(head), load_contract(SHIPPED_CONTRACT)).plan
        plans = {"revisions": (legacy, revisions), "contract": (head, contract)}
        yield {
            name: Start(template, plan, state_of(cluster.dsn(template)))
            for name, (template, plan) in plans.items()
        }
    finally:
        for name in filter(None, (legacy, head)):
            cluster.drop(name)


def faults(starts: dict[str, Start], name: str) -> list[Fault]:
    """Those of one plan that are injected in this run."""
    random = Random(SEED)
    every = [(plan, n) for plan, one in starts.items() for n in range(len(one.plan.operations))]
    chosen = every if ALL else [every[0], *random.sample(every[1:-1], SOME), every[-1]]
    turns = cycle(random.sample(tuple(Moment), len(Moment)))
    moments = {one: tuple(Moment) if ALL else (next(turns),) for one in chosen}
    return [
        Fault(number, moment, random.random())
        for plan, number in sorted(chosen)
        for moment in moments[plan, number]
        if plan == name
    ]


def way(dsn: str, database: Database, start: Start, fault: Fault) -> None:
    """Begin, fail, go back, compare."""
    with pytest.raises(StudioOpsError, match=TOLD):
        apply(dsn, Failing(start.plan.operations, fault), run_by=RUN_BY, tries=QUICK)
    begun = state(dsn)
    # A run that has changed nothing is closed at once.
    assert begun is RunState.APPLYING or (begun is RunState.REVERTED and not fault.number), fault
    back = revert(dsn, tries=QUICK, run_by=RUN_BY)
    assert (back is None) == (begun is RunState.REVERTED), fault
    assert back is None or not (back.changed or back.unread), (fault, back)
    left = read_state(database).differences(start.state)
    assert not left, (fault, left)


@pytest.mark.parametrize("name", ["revisions", "contract"])
def test_at_every_operation(cluster: Any, starts: dict[str, Start], name: str) -> None:
    start = starts[name]
    copy = cluster.clone(start.template)
    with looking(cluster.dsn(copy)) as database:
        for fault in faults(starts, name):
            print(f"seed {SEED!r}: {fault}: {fault.words(start.plan)}")  # noqa: T201
            for _ in range(TWICE):
                way(cluster.dsn(copy), database, start, fault)
    cluster.drop(copy)
