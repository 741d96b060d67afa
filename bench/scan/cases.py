"""The databases that are looked at, made on the server itself."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files

import psycopg
from psycopg.conninfo import make_conninfo

MILLION = 1_000_000
# More rows than that, or a schema of many tables: slow ways have one round instead of several.
QUICK_ROWS = 4 * MILLION


@dataclass(frozen=True)
class Case:
    """One database.

    Args:
        rows: of the large table; None for the schema of many small ones.
        tables: of that schema.
        indexed: whether the large table's references are.
    """

    rows: int | None = None
    tables: int = 0
    indexed: bool = False

    @property
    def name(self) -> str:
        """What the page calls it."""
        if self.rows is None:
            return f"{self.tables:,} tables, {3 * self.tables:,} foreign keys"
        return f"{self.rows / MILLION:g} million rows, {'indexed' if self.indexed else 'no index'}"

    @property
    def references(self) -> int:
        """How many there are to look at."""
        return 3 * self.tables if self.rows is None else 5

    @property
    def quick(self) -> bool:
        """Whether slow ways are as quick with it as to be measured more than once."""
        return self.rows is not None and self.rows <= QUICK_ROWS


def databases(admin: str, sizes: list[int], tables: int) -> Iterator[tuple[Case, str]]:
    """Each case, when its turn comes, with the connection string of its database.

    Args:
        admin: the superuser's connection string.
        sizes: rows of the large table.
        tables: of the schema of small ones.
    """
    for rows in sizes:
        dsn = _create(admin, "large", rows)
        yield Case(rows=rows), dsn
        _run(dsn, "indexes")
        _settle(dsn)
        yield Case(rows=rows, indexed=True), dsn
    yield Case(tables=tables), _create(admin, "many", tables)


def _create(admin: str, kind: str, size: int) -> str:
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS bench WITH (FORCE)")
        connection.execute("CREATE DATABASE bench")
    dsn = make_conninfo(admin, dbname="bench", options=f"-c bench.size={size}")
    _run(dsn, kind)
    _settle(dsn)
    return make_conninfo(admin, dbname="bench")


def _run(dsn: str, script: str) -> None:
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(files(__package__).joinpath(f"{script}.sql").read_bytes())


def _settle(dsn: str) -> None:
    """As a database is that has been in use for a while, with nothing left to be written."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
        connection.execute("CHECKPOINT")
    # Whatever the disk still does shall not be counted for whoever comes first.
    time.sleep(1)
