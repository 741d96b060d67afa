"""References of orphans cleared, and set again."""

from __future__ import annotations

import psycopg
import pytest

from studioops.errors import StudioOpsError
from studioops.migrations.operations import NullifyOrphans, Reference, TableName
from studioops.migrations.plan import Plan
from studioops.migrations.runner import apply
from tests.integration.migrations.driving import QUICK, drive, refusals, run, state_of


def refers(child: str, columns: str, parent: str, **more: object) -> Reference:
    names = tuple(columns.split())
    ends = (
        TableName("public", child),
        names,
        TableName("public", parent),
        ("id", "b")[: len(names)],
    )
    return Reference(*ends, **more)  # type: ignore[arg-type]


TABLES = (
    "CREATE TABLE shop (id uuid PRIMARY KEY)",
    "CREATE TABLE stall (id int PRIMARY KEY, shop varchar(50), name text)",
    "INSERT INTO shop VALUES ('0b51ee22-7de7-4d2b-a98a-7b34a2b41a4a')",
    "INSERT INTO stall VALUES (1, '0B51EE22-7DE7-4D2B-A98A-7B34A2B41A4A'), (2, 'none%'), (3, ''), "
    "(4, NULL), (5, 'FFFFFFFF-7de7-4d2b-a98a-7b34a2b41a4a')",
)
STALL = NullifyOrphans(refers("stall", "shop", "shop", types=("uuid",)))


def test_there_and_back(database_dsn: str) -> None:
    assert STALL.words() == "nullify orphans of public.stall(shop) → public.shop(id)"
    run(
        database_dsn,
        *TABLES,
        "CREATE TABLE pair (id int, b int, PRIMARY KEY (id, b))",
        "INSERT INTO pair VALUES (1, 1)",
        "CREATE TABLE half (a int, b int, c json)",
        "INSERT INTO half VALUES (1, 1, '{}'), (1, NULL, '{}'), (1, NULL, '{}'), (2, 2, NULL), "
        "(3, 1, '{}'), (NULL, NULL, '{}')",
        "CREATE TABLE behind (id int PRIMARY KEY, shop uuid REFERENCES shop ON DELETE CASCADE)",
        "SET session_replication_role = replica; INSERT INTO behind VALUES "
        "(1, NULL), (2, '0b51ee22-7de7-4d2b-a98a-7b34a2b41a4b')",
    )
    half = NullifyOrphans(refers("half", "a b", "pair", match="full"))
    drive(database_dsn, STALL, half, NullifyOrphans(refers("behind", "shop", "shop")), stay=True)
    with psycopg.connect(database_dsn) as connection:
        rows = connection.execute("SELECT id, shop IS NULL FROM stall ORDER BY id").fetchall()
        kept = connection.execute(
            "SELECT key_values, values, why FROM studioops.quarantine WHERE returned_at IS NULL "
            "AND table_name = 'stall' ORDER BY ordinal"
        ).fetchall()
        halves = connection.execute("SELECT count(*), count(a), count(b) FROM half").fetchall()
    assert rows == [(1, False), (2, True), (3, True), (4, True), (5, True)]
    why = "orphan of public.stall(shop) → public.shop(id)"
    old = ("none%", "", "FFFFFFFF-7de7-4d2b-a98a-7b34a2b41a4a")
    assert kept == [([key], [value], why) for key, value in zip("235", old, strict=True)]
    assert halves == [(6, 1, 1)]


def test_what_cannot_be_cleared_is_refused(database_dsn: str) -> None:
    run(
        database_dsn,
        *TABLES,
        "CREATE TABLE hard (id int PRIMARY KEY, shop text NOT NULL)",
        "INSERT INTO hard VALUES (1, 'x')",
        "CREATE TABLE made (id text, shop text GENERATED ALWAYS AS (id || 'x') STORED)",
        "INSERT INTO made VALUES ('x')",
        "ALTER TABLE stall ADD UNIQUE (shop)",
        "CREATE TABLE ware (stall varchar(50) REFERENCES stall (shop))",
        "INSERT INTO ware VALUES ('none%')",
    )
    before = state_of(database_dsn)
    expected = {
        STALL: "public.ware(stall) → public.stall(shop): 1 row refers to what would be cleared "
        "for public.stall(shop) → public.shop(id)",
        NullifyOrphans(refers("hard", "shop", "shop", types=("uuid",))): (
            "public.hard(shop) → public.shop(id): 1 row would lose it, and shop is NOT NULL"
        ),
        NullifyOrphans(refers("made", "shop", "shop", types=("uuid",))): (
            "public.made: the column shop is generated and can't be cleared"
        ),
    }
    for operation, reason in expected.items():
        assert refusals(database_dsn, operation) == (reason,)
        with pytest.raises(StudioOpsError, match="public"):
            apply(database_dsn, Plan((operation,)), run_by="test", tries=QUICK)
    assert state_of(database_dsn).differences(before) == []
