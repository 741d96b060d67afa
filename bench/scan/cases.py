"""The databases that are looked at, made on the server itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bench.database import make, run_script, settle

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
        dsn = make(admin, __package__, "large", rows)
        yield Case(rows=rows), dsn
        run_script(dsn, __package__, "indexes")
        settle(dsn)
        yield Case(rows=rows, indexed=True), dsn
    yield Case(tables=tables), make(admin, __package__, "many", tables)
