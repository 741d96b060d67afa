"""Backups and drills, side by side with pg_dump, copying and pg_restore."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psycopg

from bench.backup.measuring import Measured, measure
from bench.backup.page import page
from bench.cluster import cluster
from bench.database import drop, make
from bench.publishing import DOCS, Told, publish, teller
from bench.store import object_store

MILLION = 1_000_000
# Autovacuum would read along whenever it likes; the database is vacuumed once it is made.
ALONE = "autovacuum=off"
NAME = "bench_backup"


def main(words: Sequence[str] = ()) -> None:
    """Measure, write the page, draw the plot.

    Args:
        words: options, as in ``python -m bench backup --help``.
    """
    options = _options(words)
    tell = teller()
    measured: list[Measured] = []
    with cluster(ALONE) as admin, object_store() as (server, store):
        places = {
            "server": admin,
            "endpoint": server.endpoint,
            "keys": [server.access_key, server.secret_key],
        }
        for rows in options.sizes:
            with database(admin, rows, tell) as (dsn, one):
                measure(one, {**places, "dsn": dsn}, store, options.rounds, tell)
                measured.append(one)
    write(options.docs, measured, options.rounds)
    tell(f"written: {options.docs}")


@contextmanager
def database(admin: str, rows: int, tell: Told) -> Iterator[tuple[str, Measured]]:
    """A shop of so many rows, gone at the end; its connection string, and nothing measured yet.

    Args:
        admin: the superuser's connection string.
        rows: of all tables together.
        tell: told what is going on.
    """
    dsn = make(admin, __package__, "data", rows, NAME)
    try:
        with psycopg.connect(dsn) as connection:
            row = connection.execute("SELECT pg_database_size(current_database())").fetchone()
        size = row[0] if row else 0
        tell(f"{rows:,} rows: made, {size / 1e9:.2f} GB")
        yield dsn, Measured(rows, size, round(os.getloadavg()[0], 1))
    finally:
        drop(admin, NAME)


def write(docs: Path, measured: Sequence[Measured], rounds: int) -> None:
    """Write the page and draw the plot.

    Args:
        docs: the directory they go to.
        measured: on every database, smallest first.
        rounds: how many there were.
    """
    publish(docs, "backup", page(measured, rounds), [one.plain() for one in measured])


def _options(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench backup", description=__doc__)
    parser.add_argument(
        "--sizes", type=_sizes, default=_sizes("1,5,20"), help="millions of rows, as in 1,5,20"
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--docs", type=Path, default=DOCS, help="where the page goes, if not to docs/"
    )
    return parser.parse_args(words)


def _sizes(text: str) -> list[int]:
    return sorted(round(float(one) * MILLION) for one in text.split(","))
