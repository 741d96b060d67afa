"""Statement N of a migration loses its connection: on its way there, and on its way back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from sqlalchemy import Connection, text

from studioops.migrations.runner import applying, blockers, hold, reverting
from tests.faults.conftest import ALL, numbers
from tests.faults.migration_world import Way, both_ways, lost
from tests.faults.postgres_proxy import Loss, PostgresProxy
from tests.integration.migrations.driving import looking, run

MOST = 1000
START = {Loss.BEFORE: 1, Loss.AFTER: 3, Loss.SEVERED: 5}


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
    monkeypatch.setattr(hold, "LOOK_EVERY_S", 0.01)


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
def test_every_statement(
    cluster: Any, proxy: PostgresProxy, ways: dict[str, Way], loss: Loss
) -> None:
    """There and back on one database: each way ends where the other one starts."""
    name = cluster.clone(ways["there"].template)
    dsn, left = cluster.dsn(name), set(ways)
    with looking(dsn) as database:
        for number in numbers(MOST, START[loss]):
            for way in ways.values():
                if way.name in left and not meets(proxy, loss, number, way, dsn):
                    left.remove(way.name)
                # Sooner or later the server notices that a severed client is gone.
                proxy.heal()
                way.arrived(dsn, f"statement {number} on the way {way.name}", database)
            if not left:
                break
            # Making the journal is a part of the way there.
            run(dsn, "DROP SCHEMA studioops CASCADE")
    assert not left, "no run came through without a fault"
    cluster.drop(name)


def meets(proxy: PostgresProxy, loss: Loss, number: int, way: Way, dsn: str) -> bool:
    """Go a way through the proxy; whether it came to that statement."""
    proxy.lose(loss, number)
    lost(lambda: way.go(through(proxy, dsn)))
    return proxy.touched
