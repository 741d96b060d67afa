"""Tests of what only newer servers have, and of what takes a second server."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import psycopg
import pytest
from botocore.exceptions import ClientError
from psycopg.conninfo import make_conninfo

from studioops.local.ports import LOOPBACK, pick
from studioops.local.postgres_cluster import SUPERUSER, run_as
from studioops.local.postgres_server import PostgresServer
from studioops.objectstore import ObjectStore, open_object_store


@pytest.fixture(autouse=True)
def _server_is_new_enough(request):
    marker = request.node.get_closest_marker("postgres")
    if marker is None:
        return
    version = request.getfixturevalue("cluster").server.programs.major
    if version < marker.args[0]:
        pytest.skip(f"PG_BIN names PostgreSQL {version}; this is of {marker.args[0]} and newer")


@dataclass(frozen=True)
class Standby:
    """A real streaming replica of the suite's server."""

    server: PostgresServer
    port: int

    def dsn(self, dbname: str) -> str:
        return make_conninfo(
            host=LOOPBACK,
            port=self.port,
            dbname=dbname,
            user=SUPERUSER,
            password=self.server.password,
        )

    def replay(self, word: str) -> None:
        """Let it replay what it receives, or not: ``pause`` or ``resume``."""
        with psycopg.connect(self.dsn("postgres"), autocommit=True) as connection:
            connection.execute(f"SELECT pg_wal_replay_{word}()")


@pytest.fixture(scope="session")
def standby(cluster, stack_dir: Path) -> Iterator[Standby]:
    """Made by pg_basebackup; it replays until a test tells it to pause."""
    primary, port = cluster.server, pick(1)[0]
    home = stack_dir / "replica"
    server = replace(primary, home=home, log=stack_dir / "replica.log")
    home.mkdir()
    server.user.own(home, 0o700)
    done = run_as(
        server.user,
        home,
        [
            server.programs.path("pg_basebackup"),
            f"--dbname={cluster.dsn()}",
            f"--pgdata={server.data}",
            "--write-recovery-conf",
            "--checkpoint=fast",
        ],
    )
    assert done.returncode == 0, done.stderr
    try:
        server.start(port)
        yield Standby(server, port)
    finally:
        server.stop()


@pytest.fixture
def store(object_store_server) -> Iterator[ObjectStore]:
    """The real object store, with the right credentials."""
    server = object_store_server
    with open_object_store(server.endpoint, server.access_key, server.secret_key) as opened:
        yield opened


@pytest.fixture
def bucket(store: ObjectStore) -> Iterator[str]:
    """An empty bucket of the test's own, gone at the end: the store has volumes for so many."""
    name = f"test-{uuid.uuid4().hex}"
    assert store.ensure_buckets([name]) == [name]
    yield name
    for page in store.pages(name):
        keys = [{"Key": one.key} for one in page]
        store.client.delete_objects(Bucket=name, Delete={"Objects": keys})
    # A test may have kept versions in it, which hold it.
    with suppress(ClientError):
        store.client.delete_bucket(Bucket=name)
