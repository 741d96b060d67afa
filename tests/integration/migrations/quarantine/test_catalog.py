"""A catalog that was read is used again until a definition changes, whoever changes it."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, cast

import psycopg
import pytest
from psycopg.rows import dict_row

from studioops.migrations.quarantine.catalog import catalog_of
from studioops.postgres.catalog import Catalog, read_catalog
from tests.integration.migrations.driving import run

TABLES = (
    "CREATE TYPE kind AS ENUM ('a')",
    "CREATE TABLE shop (id int PRIMARY KEY, tag text, kind kind)",
    "CREATE TABLE stall (id int PRIMARY KEY, shop int)",
    "ALTER TABLE stall ADD CONSTRAINT k FOREIGN KEY (shop) REFERENCES shop NOT VALID",
    "CREATE TABLE fair (id int, day int) PARTITION BY RANGE (day)",
    "CREATE TABLE fair_1 PARTITION OF fair FOR VALUES FROM (0) TO (9)",
    "CREATE TABLE fair_2 (id int, day int)",
    "CREATE DOMAIN code AS text",
)
CHANGES = (
    "ALTER TABLE stall ADD spare int",
    "ALTER TABLE stall RENAME shop TO shop_id",
    "ALTER TABLE stall RENAME TO stand",
    "ALTER TABLE stall ALTER shop TYPE bigint",
    "ALTER TABLE stall ALTER shop SET NOT NULL",
    "ALTER TABLE stall DROP COLUMN shop",
    "ALTER TABLE stall DROP CONSTRAINT k",
    "ALTER TABLE stall VALIDATE CONSTRAINT k",
    "ALTER TABLE stall DISABLE TRIGGER ALL",
    "ALTER TABLE stall ADD FOREIGN KEY (shop) REFERENCES shop ON DELETE CASCADE",
    "ALTER TABLE fair ATTACH PARTITION fair_2 FOR VALUES FROM (10) TO (19)",
    "ALTER TABLE fair DETACH PARTITION fair_1",
    "ALTER TABLE shop ALTER tag TYPE code",
    'ALTER TABLE shop ALTER tag TYPE text COLLATE "C"',
    "CREATE INDEX CONCURRENTLY ON stall (shop)",
    "DROP TABLE stall",
    "CREATE TABLE spare (id int)",
    "ALTER SCHEMA public RENAME TO private",
    "ALTER TYPE kind RENAME TO sort",
    "CREATE VIEW stalls AS SELECT id FROM stall",
)


@pytest.fixture
def session(database_dsn: str) -> Iterator[psycopg.Connection[dict[str, Any]]]:
    run(database_dsn, *TABLES)
    with psycopg.connect(database_dsn, row_factory=dict_row, autocommit=True) as opened:
        opened.execute("SET search_path = pg_catalog")
        yield opened


def fresh(session: psycopg.Connection[Any], *types: str) -> Catalog:
    driver = SimpleNamespace(connection=SimpleNamespace(driver_connection=session))
    return read_catalog(cast(Any, driver), types)


def test_what_has_not_changed_is_not_read_again(database_dsn: str, session: Any) -> None:
    first = catalog_of(session)
    run(database_dsn, "INSERT INTO shop VALUES (1, 'x')", "ANALYZE", "VACUUM shop")
    assert catalog_of(session) is first


@pytest.mark.parametrize("change", CHANGES)
def test_what_somebody_else_has_changed_is_read_again(
    database_dsn: str, session: Any, change: str
) -> None:
    first = catalog_of(session)
    run(database_dsn, change)
    assert catalog_of(session) == fresh(session) != first


def test_a_change_of_its_own_that_is_rolled_back(session: Any) -> None:
    first = catalog_of(session)
    with session.transaction(force_rollback=True):
        session.execute("ALTER TABLE public.stall DROP CONSTRAINT k")
        assert catalog_of(session) == fresh(session) != first
    assert catalog_of(session) == first


def test_further_types_are_asked_for_beside_those_that_are_known(session: Any) -> None:
    catalog_of(session, ["uuid"])
    found = catalog_of(session, ["kind", "no type"])
    assert found == fresh(session, "uuid", "kind", "no type")
    assert found.asked_types["no type"] is None
    assert catalog_of(session, ["uuid"]) is found


def test_each_session_reads_for_itself(database_dsn: str, session: Any) -> None:
    first = catalog_of(session)
    with psycopg.connect(database_dsn, row_factory=dict_row) as other:
        other.execute("SET search_path = pg_catalog")
        other.execute("DROP TABLE public.stall")
        assert catalog_of(other) != first
        assert catalog_of(session) is first
