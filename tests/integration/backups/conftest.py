"""A database with something of everything, and a shelf to put its backups on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from studioops.backups.shelf import Shelf
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
