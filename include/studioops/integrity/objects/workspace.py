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

from studioops.errors import CouldNotCheck
from studioops.postgres import load_sql

Named = tuple[int, str, str | None]
CACHE_KIB = 16 * 1024
UNNAMED = -1


class NoRoom(CouldNotCheck):
    """The scratch file can't be written."""

    code = "no_room"


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
    """A scratch database, gone at the end.

    Raises:
        NoRoom: there is no place for it; at the end of the context, where it could not be written.
    """

    def __init__(self) -> None:
        try:
            self._directory = tempfile.TemporaryDirectory(prefix="studioops-objects-")
        except OSError as error:
            raise _no_room(tempfile.tempdir or "the temporary directory", error) from None
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

    def has(self, key: str) -> bool:
        """Whether the list had an object of that name."""
        return self._count("SELECT count(*) FROM objects WHERE key = ?", key) > 0

    def suspect(self, *, unnamed: bool) -> int:
        """Hold both sides against each other.

        Args:
            unnamed: whether objects without a name are suspects too.

        Returns:
            how many suspects there are.
        """
        # Sorting at once is quicker than an index that is kept up with a million rows.
        self._file.execute("CREATE INDEX names_key ON names (key, entry)")
        self._file.execute(_statement("suspects_missing"))
        if unnamed:
            self._file.execute(_statement("suspects_unnamed"))
        return self._count("SELECT count(*) FROM suspects")

    def suspects(self, entry: int) -> list[str]:
        """The suspects of an entry, or UNNAMED; for few of them."""
        statement = "SELECT key FROM suspects WHERE entry = ? ORDER BY key"
        found = self._file.execute(statement, (entry,))
        return [str(key) for (key,) in found]

    def mark_found(self, keys: Iterable[str]) -> None:
        """The second look sees objects of these names."""
        self._file.executemany(
            "UPDATE suspects SET found = 1 WHERE key = ?", ((key,) for key in keys)
        )

    def mark_named(self, entry: int, keys: Iterable[str]) -> None:
        """The second look sees rows of an entry with these names."""
        self._file.executemany(
            "UPDATE suspects SET named = 1 WHERE key = ? AND entry IN (?, ?)",
            ((key, entry, UNNAMED) for key in keys),
        )

    def faults(self, entry: int, sample: int) -> tuple[int, list[str]]:
        """How many suspects of an entry, or of UNNAMED, are faults, and the first of them."""
        statement, values = _statement("faults"), {"entry": entry}
        (count,) = self._file.execute(f"SELECT count(*) FROM ({statement})", values).fetchone()  # noqa: S608 - our own file
        first = self._file.execute(statement, values).fetchmany(sample)
        return int(count), [str(key) for (key,) in first]

    def provable(self, entry: int, objects: int | None) -> Iterator[tuple[str, str, int]]:
        """Objects with the SHA-256 that a row claims and their size, at random."""
        values = {"entry": entry, "objects": -1 if objects is None else objects}
        for key, sha256, size in self._file.execute(_statement("provable"), values):
            yield str(key), str(sha256), int(size)

    def claims(self, entry: int) -> tuple[int, int]:
        """How many contents of an entry's objects are claimed, and how many rows claim none."""
        claimed, without = self._file.execute(_statement("claims"), {"entry": entry}).fetchone()
        return int(claimed), int(without)

    def _count(self, statement: str, *values: int | str) -> int:
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
        place = self._directory.name
        self._file.close()
        self._directory.cleanup()
        if isinstance(error, sqlite3.Error):
            raise _no_room(place, error) from None


def _no_room(place: str, error: Exception) -> NoRoom:
    said = getattr(error, "strerror", None) or str(error)
    return NoRoom(
        f"the scratch file of the comparison can't be written in {place}: {said}",
        "free some space there, or name another directory with TMPDIR",
    )


def _statement(name: str) -> str:
    return load_sql(__package__, name).as_string()
