"""Statement N of a conversion beside loses its connection: on its way there, and on its way back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from importlib import import_module
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from studioops.errors import StudioOpsError
from studioops.migrations.journal import RunState
from studioops.migrations.operations import TableName, convert_columns, drop_converted
from studioops.migrations.operations.converting import batching
from studioops.migrations.plan import Plan
from studioops.migrations.runner import apply, blockers, revert
from tests.faults.migration_world import Way
from tests.faults.postgres_proxy import Loss, PostgresProxy
from tests.faults.test_migration_lost import through
from tests.integration.migrations.driving import QUICK, run, state_of

PLANNING = import_module("studioops.migrations.operations.convert_columns")
# Each run takes a second, and there are some hundreds of statements.
pytestmark = pytest.mark.thorough
MOST = 2000
TABLES = (
    "CREATE TABLE shop (id text PRIMARY KEY)",
    "CREATE TABLE stall (id int PRIMARY KEY, shop_id text NOT NULL REFERENCES shop)",
    "INSERT INTO shop SELECT '0' || n FROM generate_series(1, 20) AS n",
    "INSERT INTO stall SELECT n, '0' || (1 + n % 20) FROM generate_series(1, 300) AS n",
)


@pytest.fixture(autouse=True)
def _every_table_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batching, "BLOCKS", 1)
    monkeypatch.setattr(blockers, "LOOK_EVERY_S", 3600.0)


@pytest.fixture(scope="module")
def ways(cluster: Any) -> Iterator[dict[str, Way]]:
    """A database before and one after the plan."""
    before = cluster.clone("template0")
    run(cluster.dsn(before), *TABLES)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(PLANNING, "FEW_ROWS", -1)
        with psycopg.connect(cluster.dsn(before), row_factory=dict_row) as session:
            made = convert_columns(session, {(TableName("public", "shop"), "id"): "int"})
    plan = Plan((made, drop_converted(made)))

    def there(dsn: str) -> object:
        return apply(dsn, plan, run_by="test", tries=QUICK)

    def back(dsn: str) -> object:
        return revert(dsn, tries=QUICK)

    after = cluster.clone(before)
    there(cluster.dsn(after))
    start, end = state_of(cluster.dsn(before)), state_of(cluster.dsn(after))
    yield {
        "there": Way("there", before, end, RunState.APPLIED, there),
        "back": Way("back", after, start, RunState.REVERTED, back),
    }
    for name in (before, after):
        cluster.drop(name)


@pytest.mark.parametrize("loss", [Loss.BEFORE, Loss.AFTER])
@pytest.mark.parametrize("direction", ["there", "back"])
def test_every_statement(cluster: Any, ways: dict[str, Way], direction: str, loss: Loss) -> None:
    way = ways[direction]
    with PostgresProxy("127.0.0.1", cluster.port) as proxy:
        for number in range(1, MOST):
            name = cluster.clone(way.template)
            dsn = cluster.dsn(name)
            proxy.lose(loss, number)
            with suppress(StudioOpsError):
                way.go(through(proxy, dsn))
            touched = proxy.touched
            proxy.heal()
            way.arrived(dsn, f"statement {number}")
            cluster.drop(name)
            if not touched:
                return
    raise AssertionError("no run came through without a fault")
