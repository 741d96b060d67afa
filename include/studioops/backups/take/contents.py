"""What the tables hold, read beside the dump on the same snapshot."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from threading import Event

from studioops.postgres import Database
from studioops.postgres.fingerprint import (
    TableRows,
    fingerprint_tables,
    hash_probe,
    list_tables,
)

PATIENCE_S = 12 * 3600


@dataclass(frozen=True)
class Contents:
    """What a snapshot holds.

    Args:
        tables: rows of each, by its full name; empty without fingerprints.
        left_out: tables that a dump carries no rows of, and why.
        fingerprint: how it was made; empty without.
    """

    tables: Mapping[str, TableRows] = field(default_factory=dict)
    left_out: Mapping[str, str] = field(default_factory=dict)
    fingerprint: Mapping[str, str] = field(default_factory=dict)


@contextmanager
def reading_contents(
    database: Database, snapshot: str, *, connections: int, fingerprints: bool
) -> Iterator[Future[Contents]]:
    """Read while the caller does something else; given up where that fails.

    Args:
        database: the target.
        snapshot: that is held meanwhile.
        connections: used at the same time.
        fingerprints: whether contents are read at all.
    """
    stop = Event()

    def work() -> Contents:
        with database.transaction(snapshot=snapshot) as connection:
            tables, probe = list_tables(connection), hash_probe(connection)
        if not fingerprints:
            return Contents(left_out=tables.left_out)
        rows = fingerprint_tables(
            _patient(database),
            tables.counted,
            snapshot=snapshot,
            connections=connections,
            stop=stop,
        )
        return Contents(rows, tables.left_out, probe)

    with ThreadPoolExecutor(1) as aside:
        try:
            yield aside.submit(work)
        finally:
            stop.set()


def _patient(database: Database) -> Database:
    """A table is read for as long as it takes, as pg_dump does."""
    limits = replace(database.limits, statement_timeout=PATIENCE_S)
    return replace(database, limits=limits)
