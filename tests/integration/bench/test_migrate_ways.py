"""The benchmark of migrations: both ways end alike, and a client that waits or fails is noticed."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import replace

import psycopg
import pytest

import bench.database
import bench.migrate
from bench.cluster import cluster as own_cluster
from bench.database import make
from bench.migrate import measuring, one_round
from bench.migrate.claims import claims
from bench.migrate.ending import ended_alike, ending
from bench.migrate.figures import over_time
from bench.migrate.measuring import How, Measured, measure
from bench.migrate.page import page
from bench.migrate.server_log import LOGGED
from bench.migrate.ways import OURS, PLAIN, WAYS
from bench.migrate.ways.way import LOOKS, PARTS, Part

# More than are converted in place.
ROWS = 4500
HOW = How(rate=150, warm=0.2, before=0.6, report=0.5, after=0.2)


@pytest.fixture(scope="module")
def admin() -> Iterator[str]:
    with own_cluster(*LOGGED, "fsync=off") as dsn:
        yield dsn


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench.database, "rest", lambda _: None)
    monkeypatch.setattr(bench.migrate, "rest", lambda _: None)
    monkeypatch.setattr(measuring, "PAUSE_S", 60)


def under(admin: str, monkeypatch: pytest.MonkeyPatch, *statements: str) -> Measured:
    """What is measured where the migration is one transaction of these statements."""

    def migrate(dsn: str) -> list[Part]:
        began = time.time()
        with psycopg.connect(dsn, application_name="planted") as connection:
            for one in statements:
                connection.execute(one)
        return [Part("planted", began, time.time())]

    monkeypatch.setitem(WAYS, "planted", migrate)
    dsn = make(admin, "bench.migrate", "data", ROWS, "planted")
    return measure("planted", admin, dsn, HOW, print)


def test_both_ways_end_alike_and_the_page_is_written(admin: str) -> None:
    told: list[str] = []
    both = one_round(admin, ROWS, HOW, (OURS, PLAIN), told.append)
    assert [line.partition(":")[0] for line in told] == [OURS, OURS, PLAIN, PLAIN]
    assert {one.name for one in both[PLAIN].parts} == set(PARTS)
    assert {one.name for one in both[OURS].parts} == {*PARTS, LOOKS}
    assert (both[OURS].done.failed, both[OURS].failures()) == (0, {})
    assert len(both[OURS].before()) > 40
    assert len(both[OURS].during()) > 100
    text = page(ROWS, HOW, [both])
    assert "| failed transactions of clients | none | 0 |" in text
    assert "| varchar to uuid | " in text
    drawn = json.loads(json.dumps(over_time(both[OURS])))
    assert max(drawn["longest"]) >= both[OURS].waited()
    with psycopg.connect(admin) as connection:
        assert not connection.execute("SELECT FROM pg_database WHERE datname ~ 'bench'").rowcount


def test_a_client_that_waits_and_one_that_fails_are_noticed(
    admin: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    measured = under(
        admin,
        monkeypatch,
        "LOCK TABLE orders IN ACCESS EXCLUSIVE MODE",
        "SELECT pg_sleep(1)",
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE application_name = 'pgbench' ORDER BY pid LIMIT 1",
    )
    assert 0.9 < measured.waited() < 2
    assert measured.waited("planted") == measured.waited()
    # Whoever came later has waited behind them.
    assert sum(one.seconds > 0.3 for one in measured.during()) > 0.5 * HOW.rate
    assert measured.done.failed == 1
    assert "aborted" in measured.done.said
    assert measured.failures() == {"57P01": 1}
    quick = replace(measured, log=replace(measured.log, slow=()))
    assert quick.waited() == 0
    waited, _, failed = claims([{OURS: measured, PLAIN: measured}])
    assert waited[-1] == "1.000 **missed**"
    assert failed[-1] == "1 **missed**"


def test_an_end_that_differs_ends_the_run(admin: str) -> None:
    dsn = make(admin, "bench.migrate", "data", ROWS, "planted")
    with psycopg.connect(dsn) as connection:
        connection.execute("ALTER TABLE orders ALTER customer_id TYPE text")
    with pytest.raises(Exception, match="uuid = text"):
        ending(dsn)
    assert WAYS[PLAIN](dsn)
    one = ending(dsn)
    ended_alike(one, ending(dsn))
    with psycopg.connect(dsn) as connection:
        connection.execute("DROP INDEX orders_customer_id_idx")
    with pytest.raises(RuntimeError, match="orders_customer_id_idx"):
        ended_alike(one, ending(dsn))
