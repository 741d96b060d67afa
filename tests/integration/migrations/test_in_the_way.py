"""A step that does not get its lock: those who were there first neither fail nor wait for long."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event, Thread, Timer

import psycopg
import pytest

from studioops.migrations.operations import AddForeignKey, DropForeignKey, Key, Standing, TableName
from studioops.migrations.operations.lock import LONGEST_S
from studioops.migrations.plan import Plan
from studioops.migrations.runner import apply
from studioops.migrations.runner.trying import KNOCK_S, Tries
from tests.integration.migrations.driving import run

SHOP, SALE = TableName("public", "shop"), TableName("public", "sale")
KEY = Key(SALE, ("shop_id",), SHOP, ("id",))
STANDING = Standing(SALE, "sale_key", "FOREIGN KEY (shop_id) REFERENCES public.shop(id)")
ADD, DROP = Plan((AddForeignKey(KEY, "sale_key"),)), Plan((DropForeignKey(KEY, STANDING),))
PATIENT = Tries(attempts=4, first=0.05, longest=20)
MOMENT_S = 0.1


@pytest.fixture
def shop(database_dsn: str) -> str:
    run(
        database_dsn,
        "CREATE TABLE shop (id bigint PRIMARY KEY, sales bigint NOT NULL DEFAULT 0)",
        "CREATE TABLE sale (id bigint PRIMARY KEY, shop_id bigint)",
        "INSERT INTO shop SELECT generate_series(1, 10)",
        "INSERT INTO sale SELECT n, 1 + n % 10 FROM generate_series(1, 1000) AS n",
    )
    return database_dsn


@contextmanager
def held(dsn: str, statement: str, seconds: float) -> Iterator[None]:
    """A transaction that holds the locks of a statement from now on, for so long."""

    def hold() -> None:
        with psycopg.connect(dsn) as connection:
            connection.execute(statement)
            holding.set()
            time.sleep(seconds)

    holding = Event()
    thread = Thread(target=hold)
    thread.start()
    holding.wait()
    try:
        yield
    finally:
        thread.join()


def longest_wait(dsn: str, over: Event) -> float:
    """Of a client that looks at the table again and again."""
    longest = 0.0
    with psycopg.connect(dsn, autocommit=True) as connection:
        while not over.wait(MOMENT_S / 10):
            began = time.monotonic()
            connection.execute("SELECT FROM sale WHERE id = 7")
            longest = max(longest, time.monotonic() - began)
    return longest


def test_a_long_transaction_is_waited_for_in_nobodys_way(shop: str) -> None:
    run(shop, "ALTER TABLE sale ADD CONSTRAINT sale_key FOREIGN KEY (shop_id) REFERENCES shop")
    over = Event()
    with ThreadPoolExecutor() as pool, held(shop, "SELECT count(*) FROM sale", 3):
        client = pool.submit(longest_wait, shop, over)
        try:
            apply(shop, DROP, run_by="test", tries=PATIENT)
        finally:
            over.set()
        # It queued behind one that knocks, and then not once for as long as that one waits.
        assert MOMENT_S / 2 < client.result() < LONGEST_S


def test_where_transactions_follow_each_other_it_waits_a_little_longer_each_time(
    shop: str,
) -> None:
    """A knock is too short for whoever is always there for a moment; nobody's transaction fails."""
    over, taken = Event(), []

    def client() -> None:
        with psycopg.connect(shop) as connection:
            while not over.is_set():
                connection.execute("SELECT count(*) FROM sale")
                over.wait(1.5 * KNOCK_S)
                connection.commit()
                taken.append(1)

    with ThreadPoolExecutor() as pool:
        work = pool.submit(client)
        try:
            apply(shop, ADD, run_by="test", tries=PATIENT)
        finally:
            over.set()
        work.result()
    assert taken


def asks(dsn: str, table: str) -> bool:
    """Whether a migration waits for a lock of a table."""
    found = (
        "SELECT FROM pg_locks AS l JOIN pg_stat_activity AS a USING (pid) WHERE NOT l.granted"
        " AND l.relation = to_regclass(%s) AND a.application_name LIKE 'studioops migrate%%'"
    )
    with psycopg.connect(dsn, autocommit=True) as connection:
        return bool(connection.execute(found, [table]).rowcount)


def test_whoever_wrote_before_fails_by_no_deadlock(shop: str) -> None:
    def client() -> None:
        with psycopg.connect(shop) as connection, psycopg.connect(shop) as other:
            connection.execute("UPDATE shop SET sales = sales + 1 WHERE id = 3")
            other.execute("UPDATE sale SET shop_id = 4 WHERE id = 9")
            begun.set()
            while not asks(shop, "public.sale"):
                time.sleep(MOMENT_S / 10)
            # It is about to get this table, and will ask for the one that this client has.
            late = Timer(2 * MOMENT_S, other.commit)
            late.start()
            connection.execute("INSERT INTO sale VALUES (0, 3)")
            late.join()

    begun = Event()
    with ThreadPoolExecutor() as pool:
        sold = pool.submit(client)
        begun.wait()
        apply(shop, ADD, run_by="test", tries=PATIENT)
        sold.result()


@pytest.fixture
def eager(cluster) -> Iterator[None]:
    """Autovacuum is on, and looks every second."""
    cluster.run("ALTER SYSTEM SET autovacuum = on")
    cluster.run("ALTER SYSTEM SET autovacuum_naptime = '1s'")
    cluster.run("SELECT pg_reload_conf()")
    yield
    cluster.run("ALTER SYSTEM RESET autovacuum_naptime")
    cluster.run("ALTER SYSTEM SET autovacuum = off")
    cluster.run("SELECT pg_reload_conf()")


def vacuumed(dsn: str) -> bool:
    with psycopg.connect(dsn, autocommit=True) as connection:
        found = "SELECT FROM pg_stat_progress_vacuum WHERE datname = current_database()"
        return bool(connection.execute(found).rowcount)


def test_autovacuum_is_sent_away(shop: str, eager: None) -> None:
    run(
        shop,
        "INSERT INTO sale SELECT n, 1 FROM generate_series(1001, 50000) AS n",
        "UPDATE sale SET shop_id = 2",
        # It would sleep for a tenth of a second a page.
        "ALTER TABLE sale SET (autovacuum_vacuum_threshold = 1, autovacuum_vacuum_cost_delay = 100,"
        " autovacuum_vacuum_cost_limit = 1)",
    )
    ends = time.monotonic() + 20
    while not vacuumed(shop):
        assert time.monotonic() < ends
        time.sleep(MOMENT_S)
    began = time.monotonic()
    apply(shop, ADD, run_by="test", tries=PATIENT)
    assert time.monotonic() - began < 10
