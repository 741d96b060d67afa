"""A small database, a plan for it, and what must hold of both after any fault."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.rows import dict_row

from studioops.errors import StudioOpsError
from studioops.migrations.journal import RunState
from studioops.migrations.journal.journal import runs
from studioops.migrations.operations import AddForeignKey, CreateIndex, Key, SetNotNull, TableName
from studioops.migrations.plan import Plan
from studioops.migrations.runner import apply, revert
from studioops.migrations.runner.trying import Tries
from studioops.migrations.state import State, read_state
from studioops.postgres import Database
from tests.faults.conftest import ALL
from tests.integration.migrations.driving import run, state_of

SHOP, STALL = TableName("public", "shop"), TableName("public", "stall")
KEY = Key(STALL, ("shop_id",), SHOP, ("id",), on_delete="CASCADE")
OPERATIONS = (
    CreateIndex(STALL, ("shop_id",), "stall_shop"),
    AddForeignKey(KEY, "stall_shop_fkey"),
    SetNotNull(STALL, "shop_id"),
)
# One operation that shares a transaction with the journal, and one that can't.
PLAN = Plan(OPERATIONS if ALL else OPERATIONS[:2])
QUICK = Tries(attempts=2, first=0.01, longest=0.02)
TABLES = (
    "CREATE TABLE shop (id bigint PRIMARY KEY)",
    "CREATE TABLE stall (id bigint PRIMARY KEY, shop_id bigint)",
    "INSERT INTO shop SELECT n FROM generate_series(1, 20) AS n",
    "INSERT INTO stall SELECT n, 1 + n % 20 FROM generate_series(1, 100) AS n",
)


@dataclass(frozen=True)
class Way:
    """The way there, or back: where it starts, and where it must end whatever happens.

    Args:
        name: ``there`` or ``back``.
        template: the database that it starts from.
        end: what a database holds that went it without a fault.
        finished: what the journal says then.
        go: goes it, or what is left of it.
    """

    name: str
    template: str
    end: State
    finished: RunState
    go: Callable[[str], object]

    def arrived(self, dsn: str, hint: object, database: Database | None = None) -> None:
        """After a fault the rest of the way can be gone, and leads to the same end.

        Args:
            dsn: of the database.
            hint: told where it does not.
            database: looks at it, where somebody keeps it open; its caches are warm.
        """
        if state(dsn) is not self.finished:
            self.go(dsn)
            assert state(dsn) is self.finished, hint
        found = state_of(dsn) if database is None else read_state(database)
        left = found.differences(self.end)
        assert not left, (hint, left)


def there(dsn: str) -> object:
    return apply(dsn, PLAN, run_by="test", tries=QUICK)


def back(dsn: str) -> object:
    return revert(dsn, tries=QUICK)


@contextmanager
def both_ways(cluster: Any) -> Iterator[dict[str, Way]]:
    """A database before and one after the plan."""
    before, after = cluster.clone("template0"), ""
    try:
        run(cluster.dsn(before), *TABLES)
        start = state_of(cluster.dsn(before))
        after = cluster.clone(before)
        there(cluster.dsn(after))
        end = state_of(cluster.dsn(after))
        yield {
            "there": Way("there", before, end, RunState.APPLIED, there),
            "back": Way("back", after, start, RunState.REVERTED, back),
        }
    finally:
        for name in filter(None, (before, after)):
            cluster.drop(name)


def state(dsn: str) -> RunState | None:
    """What the journal says of the newest run."""
    with psycopg.connect(dsn, row_factory=dict_row) as session:
        found = runs(session)
    return found[0].state if found else None


def lost(work: Callable[[], object]) -> None:
    """Either the runner goes on by itself, or it says in one of our errors how to."""
    with suppress(StudioOpsError):
        work()
