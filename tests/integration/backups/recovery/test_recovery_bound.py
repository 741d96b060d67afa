"""What is bound to a database and would not come along; on a server that has all of it."""

from __future__ import annotations

from dataclasses import replace

import psycopg
import pytest

from studioops.backups.recovery.needs import Needs
from studioops.backups.recovery.rights import Asked, look_at_rights
from studioops.backups.recovery.server import maintenance
from studioops.local.ports import pick


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
        yield lambda name: server.dsn(port, name)
    finally:
        server.stop()


def test_slots_subscriptions_and_prepared_transactions_are_named(logical):
    with psycopg.connect(logical("postgres"), autocommit=True) as admin:
        admin.execute("CREATE DATABASE shop")
    with psycopg.connect(logical("shop"), autocommit=True) as session:
        session.execute("SELECT pg_create_logical_replication_slot('reader', 'pgoutput')")
        session.execute("CREATE TABLE t (a int)")
        session.execute(
            "CREATE SUBSCRIPTION off CONNECTION 'host=nowhere' PUBLICATION p WITH (connect = false)"
        )
        session.execute("BEGIN")
        session.execute("INSERT INTO t VALUES (1)")
        session.execute("PREPARE TRANSACTION 'half'")
    with maintenance(logical("shop")) as server:
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
