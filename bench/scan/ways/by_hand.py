"""What somebody does by hand: VALIDATE CONSTRAINT, or a NOT EXISTS, one reference after another."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import psycopg

from bench.scan.references import read_references
from bench.scan.ways.way import Run

FORGET = "UPDATE pg_catalog.pg_constraint SET convalidated = false WHERE contype = 'f'"


def validate(dsn: str, _: Path) -> Callable[[], Run]:
    """VALIDATE CONSTRAINT; an orphan is an error of it.

    Args:
        dsn: of the database.
    """
    references = read_references(dsn)

    def run() -> Run:
        with psycopg.connect(dsn, autocommit=True) as connection:
            connection.execute(FORGET)
        began = time.perf_counter()
        with psycopg.connect(dsn, autocommit=True) as connection:
            for one in references:
                connection.execute(
                    f"ALTER TABLE {one.schema}.{one.child} VALIDATE CONSTRAINT {one.name}"
                )
        return Run(time.perf_counter() - began, {one.place: 0 for one in references})

    return run


def not_exists(dsn: str, _: Path) -> Callable[[], Run]:
    """A statement a reference, on one connection.

    Args:
        dsn: of the database.
    """
    references = read_references(dsn)

    def run() -> Run:
        found: dict[str, int] = {}
        began = time.perf_counter()
        with psycopg.connect(dsn, autocommit=True) as connection:
            for one in references:
                counted = one.orphans(f"{one.schema}.{one.child}", "count(*)")
                row = connection.execute(counted.encode()).fetchone()
                found[one.place] = row[0] if row else -1
        return Run(time.perf_counter() - began, found)

    return run
