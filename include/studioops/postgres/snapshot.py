"""A snapshot that several transactions share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from studioops.postgres.connect import Database
from studioops.postgres.sql import fetch

# Whoever holds it idles meanwhile, and a server may end sessions that do.
EXPORT = """
SELECT
    set_config('idle_in_transaction_session_timeout', '0', true),
    CASE
        WHEN current_setting('transaction_timeout', true) IS NOT NULL
            THEN set_config('transaction_timeout', '0', true)
    END,
    transaction_timestamp() AS taken_at,
    pg_export_snapshot() AS name
"""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One that is held.

    Args:
        name: by which other transactions take it.
        taken_at: just before it; what was committed by then is in it.
    """

    name: str
    taken_at: datetime


@contextmanager
def shared_snapshot(database: Database) -> Iterator[Snapshot]:
    """A snapshot that other transactions can take as long as it is held.

    Args:
        database: the target.

    Raises:
        DatabaseError: none can be had.
    """
    with database.transaction() as connection:
        row = fetch(connection, EXPORT)[0]
        yield Snapshot(str(row["name"]), row["taken_at"].astimezone(UTC))


@contextmanager
def held_snapshot(database: Database, name: str = "") -> Iterator[str]:
    """The name of a snapshot, which other transactions can take as long as it is held.

    Args:
        database: the target.
        name: of one that somebody holds already.

    Raises:
        DatabaseError: none can be had.
    """
    if name:
        yield name
        return
    with shared_snapshot(database) as snapshot:
        yield snapshot.name
