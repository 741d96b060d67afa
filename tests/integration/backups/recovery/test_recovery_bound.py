"""A server of its own: what is bound to a database and would not come along; and its crash."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace

import psycopg
import pytest

from studioops.backups.recovery.needs import Needs
from studioops.backups.recovery.rights import Asked, look_at_rights
from studioops.backups.recovery.server import maintenance
from studioops.backups.recovery.swap import Order, swap
from studioops.errors import DatabaseError
from studioops.local.ports import pick
from studioops.local.postgres_server import PostgresServer


@dataclass(frozen=True)
class Logical:
    server: PostgresServer
    port: int

    def dsn(self, name: str) -> str:
        return self.server.dsn(self.port, name)

    def crash(self) -> None:
        """Every process at once, as when the machine runs out of memory; back after a moment."""
        for one in self.server.processes():
            one.kill()
        threading.Timer(1.0, self.server.start, [self.port]).start()


@pytest.fixture(scope="module")
def logical(cluster, stack_dir):
    """A server with logical decoding and prepared transactions; its superuser's connection."""
    own = cluster.server
    server = replace(
        own,
        home=stack_dir / "logical",
        log=stack_dir / "logical.log",
        options=(*own.options, "wal_level=logical", "max_prepared_transactions=5"),
    )
    server.create()
    port = pick(1)[0]
    server.start(port)
    try:
        yield Logical(server, port)
    finally:
        server.stop()


def test_slots_subscriptions_and_prepared_transactions_are_named(logical):
    with psycopg.connect(logical.dsn("postgres"), autocommit=True) as admin:
        admin.execute("CREATE DATABASE shop")
    with psycopg.connect(logical.dsn("shop"), autocommit=True) as session:
        session.execute("SELECT pg_create_logical_replication_slot('reader', 'pgoutput')")
        session.execute("CREATE TABLE t (a int)")
        session.execute(
            "CREATE SUBSCRIPTION off CONNECTION 'host=nowhere' PUBLICATION p WITH (connect = false)"
        )
        session.execute("BEGIN")
        session.execute("INSERT INTO t VALUES (1)")
        session.execute("PREPARE TRANSACTION 'half'")
    with maintenance(logical.dsn("shop")) as server:
        seen = look_at_rights(server, Asked("shop", Needs(), None))
    found = {one.message: (one.severity.fails, one.repair) for one in seen.findings}
    assert found["the prepared transaction half is bound to shop"] == (
        True,
        "COMMIT PREPARED or ROLLBACK PREPARED 'half' in shop",
    )
    slot = found["the logical replication slot reader is bound to shop"]
    assert slot[0]
    assert slot[1].startswith("SELECT pg_drop_replication_slot('reader')")
    assert not found["the disabled subscription off is bound to shop"][0]


@pytest.mark.parametrize("boundary", ["closing", "ending sessions", "in the transaction"])
def test_a_server_that_crashes_and_comes_back_leaves_the_target_open(logical, boundary):
    with psycopg.connect(logical.dsn("postgres"), autocommit=True) as admin:
        admin.execute("CREATE DATABASE crashing")
        admin.execute("CREATE DATABASE coming_in")

    def crash(name):
        if name == boundary:
            logical.crash()

    order = Order("crashing", "coming_in", "crashing_before", "run", "2026-11-25T02:00:00+00:00")
    with maintenance(logical.dsn("crashing")) as server:
        with pytest.raises(DatabaseError):
            swap(server, order, boundary=crash)
        with psycopg.connect(logical.dsn("crashing")) as session:
            assert session.execute("SELECT 1").fetchone() == (1,)
        swap(server, order)
    with psycopg.connect(logical.dsn("postgres"), autocommit=True) as admin:
        admin.execute("DROP DATABASE crashing_before")
        admin.execute("DROP DATABASE crashing")
