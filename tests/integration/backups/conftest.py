"""A database with something of everything, and a shelf to put its backups on."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from studioops.backups.shelf import Shelf
from studioops.objectstore import ObjectStore
from studioops.objectstore.encryption import Keyring
from studioops.objectstore.vault import BucketVault, DirectoryVault
from studioops.postgres import Database, open_database

SHOP = """
CREATE TABLE customer (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL);
CREATE TABLE "Order T" (
    id bigserial PRIMARY KEY, customer int REFERENCES customer, total numeric(12, 2), note text);
CREATE INDEX ON "Order T" (customer);
CREATE VIEW rich AS SELECT * FROM customer WHERE id > 10;
INSERT INTO customer (name) SELECT 'name ' || n FROM generate_series(1, 100) AS n;
INSERT INTO "Order T" (customer, total, note)
    SELECT 1 + n % 100, n, repeat('x', n % 50) FROM generate_series(1, 2000) AS n;
"""


@pytest.fixture
def keyring() -> Keyring:
    return Keyring("a", {"a": bytes(range(32)), "b": bytes(range(1, 33))})


@pytest.fixture
def shop_dsn(database_dsn: str) -> str:
    with psycopg.connect(database_dsn, autocommit=True) as connection:
        connection.execute(SHOP)
    return database_dsn


@pytest.fixture
def shop(shop_dsn: str) -> Iterator[Database]:
    with open_database(shop_dsn, application="test") as database:
        yield database


@pytest.fixture
def shelf(tmp_path: Path, keyring: Keyring) -> Shelf:
    return Shelf(DirectoryVault(tmp_path / "vault"), keyring, "shop")


@pytest.fixture
def bucket_shelf(store, bucket, keyring) -> Shelf:
    return Shelf(BucketVault(store, bucket), keyring, "shop")


@pytest.fixture
def requests_of() -> Iterator[Callable[[ObjectStore], list[str]]]:
    """The names of all requests that a store's client sends from now on, as they come."""
    watched: list[tuple[ObjectStore, Callable[..., None]]] = []

    def watch(store: ObjectStore) -> list[str]:
        sent: list[str] = []

        def note(model: Any, **_: Any) -> None:
            sent.append(model.name)

        store.client.meta.events.register("before-call.s3", note)
        watched.append((store, note))
        return sent

    yield watch
    for store, note in watched:
        store.client.meta.events.unregister("before-call.s3", note)


def _emptied(store: ObjectStore, name: str) -> None:
    """Every version of everything, once the last lock is over, and then the bucket."""
    until = time.monotonic() + 30
    while True:
        said = store.client.list_object_versions(Bucket=name)
        left = [*said.get("Versions", ()), *said.get("DeleteMarkers", ())]
        if not left or time.monotonic() > until:
            break
        keys = [{"Key": one["Key"], "VersionId": one["VersionId"]} for one in left]
        store.client.delete_objects(
            Bucket=name, Delete={"Objects": keys}, BypassGovernanceRetention=True
        )
    store.client.delete_bucket(Bucket=name)


@pytest.fixture
def locking_bucket(store: ObjectStore) -> Iterator[str]:
    """A bucket made with object lock."""
    name = f"test-{uuid.uuid4().hex}"
    store.client.create_bucket(Bucket=name, ObjectLockEnabledForBucket=True)
    yield name
    _emptied(store, name)


@pytest.fixture
def versioned_bucket(store: ObjectStore) -> Iterator[str]:
    """A bucket that keeps versions and locks nothing."""
    name = f"test-{uuid.uuid4().hex}"
    store.client.create_bucket(Bucket=name)
    store.client.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    yield name
    _emptied(store, name)
