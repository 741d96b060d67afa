"""What every proof is handed: the restored copy, and what it is held against."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from psycopg.sql import SQL

from studioops.backups.model import Manifest
from studioops.integrity import Contract
from studioops.postgres import Database, fetch

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Copy:
    """A restored copy of a database.

    Args:
        database: the copy, read-only, with its limits.
        contract: of the original; None for the catalog alone.
        target: the original's name.
        manifest: of the backup; None where nothing but the dump is known.
        connections: how many may be used at the same time.
        range_rows: a table with more rows is scanned in ranges of about so many; None for none.
        progress: told the proof, how many are done, and of how many.
    """

    database: Database
    contract: Contract | None
    target: str
    manifest: Manifest | None = None
    connections: int = 1
    range_rows: int | None = None
    progress: Progress | None = None

    def rows(self, statement: SQL, **values: Any) -> list[dict[str, Any]]:
        """The rows of one statement, in a transaction of its own.

        Raises:
            DatabaseError: nobody can tell.
        """
        with self.database.transaction() as connection:
            return fetch(connection, statement, values)
