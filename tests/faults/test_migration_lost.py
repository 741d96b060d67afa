"""Statement N of a migration loses its connection: on its way there, and on its way back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from sqlalchemy import Connection, text

from studioops.migrations.runner import applying, blockers, reverting
from tests.faults.conftest import ALL
from tests.faults.migration_world import Way, both_ways, lost
from tests.faults.postgres_proxy import Loss, PostgresProxy

MOST = 1000


@pytest.fixture(scope="module")
def ways(cluster: Any) -> Iterator[dict[str, Way]]:
    with both_ways(cluster) as made:
        yield made


@pytest.fixture(scope="module")
def proxy(cluster: Any) -> Iterator[PostgresProxy]:
    with PostgresProxy("127.0.0.1", cluster.port) as started:
        yield started


@pytest.fixture(autouse=True)
def _nobody_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Statements come in the same order each time: nobody asks who is in the way."""
    monkeypatch.setattr(blockers, "LOOK_EVERY_S", 3600.0)


@pytest.fixture(autouse=True)
def _schema_is_short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading it takes some fifty statements that change nothing: one stands for all."""
    if ALL:
        return

    def read(connection: Connection) -> dict[str, dict[str, str]]:
        return {"schema": {"public": str(connection.scalar(text("SELECT 'public'")))}}

    monkeypatch.setattr(applying, "read_schema", read)
    monkeypatch.setattr(reverting, "read_schema", read)


def through(proxy: PostgresProxy, dsn: str) -> str:
    plain = {"host": "127.0.0.1", "port": proxy.port, "sslmode": "disable"}
    return make_conninfo(**{**conninfo_to_dict(dsn), **plain, "gssencmode": "disable"})


LOSSES = [
    Loss.BEFORE,
    Loss.AFTER,
    pytest.param(Loss.SEVERED, marks=pytest.mark.thorough),
]


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("direction", ["there", "back"])
def test_every_statement(
    cluster: Any, proxy: PostgresProxy, ways: dict[str, Way], direction: str, loss: Loss
) -> None:
    way = ways[direction]
    for number in range(1, MOST):
        name = cluster.clone(way.template)
        dsn = cluster.dsn(name)
        proxy.lose(loss, number)
        lost(lambda dsn=dsn: way.go(through(proxy, dsn)))
        touched = proxy.touched
        # Sooner or later the server notices that a severed client is gone.
        proxy.heal()
        way.arrived(dsn, f"statement {number}")
        cluster.drop(name)
        if not touched:
            return
    raise AssertionError("no run came through without a fault")
