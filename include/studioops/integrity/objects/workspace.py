"""Both sides on disk, so that a million names take no memory and no order of theirs is trusted.

A bucket's list comes in the store's order, which is not always S3's (a store that keeps directories
lists ``a/b`` before ``a-b``), so a merge of two streams would call whole things broken.
"""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from studioops.postgres import load_sql

Named = tuple[int, str, str | None]
CACHE_KIB = 16 * 1024


@dataclass(frozen=True, slots=True)
class Listed:
    """One object as the comparison knows it.

    Args:
        key: its name.
        size: bytes.
        settled: whether it is old enough that the row which names it must be there.
    """

    key: str
    size: int
    settled: bool


class Workspace:
    """A scratch database, gone at the end."""

    def __init__(self) -> None:
        self._directory = tempfile.TemporaryDirectory(prefix="studioops-objects-")
        self._file = sqlite3.connect(Path(self._directory.name) / "names.sqlite")
        # What a crash would lose is made anew anyway.
        self._file.executescript(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;"
            f"PRAGMA cache_size = -{CACHE_KIB};" + _statement("schema")
        )

    def add_objects(self, listed: Iterable[Listed]) -> None:
        """Take in a page of the bucket's list."""
        rows = ((one.key, one.size, one.settled) for one in listed)
        self._file.executemany("INSERT OR REPLACE INTO objects VALUES (?, ?, ?)", rows)

    def add_names(self, named: Iterable[Named]) -> None:
        """Take in rows: the contract's entry, the object's name, its SHA-256 in hex or None."""
        self._file.executemany("INSERT INTO names VALUES (?, ?, ?)", named)

    def objects(self) -> int:
        """How many objects there are."""
        return self._count("SELECT count(*) FROM objects")

    def names(self, entry: int) -> int:
        """How many rows of an entry name an object."""
        return self._count("SELECT count(*) FROM names WHERE entry = ?", entry)

    def count_missing(self, entry: int) -> int:
        """How many names have no object."""
        return sum(len(keys) for keys in self.missing(entry))

    def count_unnamed(self) -> int:
        """How many settled objects have no name."""
        return sum(len(keys) for keys in self.unnamed())

    def missing(self, entry: int) -> Iterator[list[str]]:
        """Names without an object, in portions."""
        return self._portions("missing", entry)

    def unnamed(self) -> Iterator[list[str]]:
        """Settled objects without a name, in portions."""
        return self._portions("unnamed")

    def provable(self, entry: int, limit: int | None) -> list[tuple[str, str]]:
        """Objects with the SHA-256 that a row claims: as many as may be read, at random."""
        found = self._file.execute(_statement("provable"), (entry, -1 if limit is None else limit))
        return [(str(key), str(sha256)) for key, sha256 in found]

    def claims(self, entry: int) -> tuple[int, int]:
        """How many of an entry's names that have an object claim a SHA-256, and how many none."""
        with_claim, without = self._file.execute(_statement("claims"), (entry,)).fetchone()
        return int(with_claim or 0), int(without or 0)

    def _portions(self, name: str, *values: int) -> Iterator[list[str]]:
        cursor = self._file.execute(_statement(name), values)
        while portion := cursor.fetchmany(1000):
            yield [str(key) for (key,) in portion]

    def _count(self, statement: str, *values: int) -> int:
        return int(self._file.execute(statement, values).fetchone()[0])

    def __enter__(self) -> Self:
        """Use as a context."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Remove everything."""
        self._file.close()
        self._directory.cleanup()


def _statement(name: str) -> str:
    return load_sql(__package__, name).as_string()
