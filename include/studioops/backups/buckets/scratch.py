"""Lists on disk, so that a million objects take no memory and no order of theirs is trusted.

A store that keeps directories lists ``a/b`` before ``a-b``, which is not the order of S3: merging
such a list with a sorted one would take whole things for lost. SQLite sorts both.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from threading import Lock
from types import TracebackType
from typing import Any, Self

from studioops.backups.buckets.copied import CopiedObject
from studioops.errors import BackupNotTaken
from studioops.objectstore.store import ListedObject
from studioops.objectstore.vault import Entry
from studioops.postgres import load_sql

CACHE_KIB = 16 * 1024
BATCH = 1000


class Scratch:
    """A scratch database without a name: the system frees it when its process ends, however.

    Raises:
        BackupNotTaken: at the end of the context, where the disk is full.
    """

    def __init__(self) -> None:
        # SQLite makes a file in TMPDIR for an empty name, and unlinks it at once.
        self._file = sqlite3.connect("", check_same_thread=False)
        self._lock = Lock()
        self._file.executescript(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;"
            f"PRAGMA cache_size = -{CACHE_KIB};" + _statement("schema")
        )

    def add_listed(self, pages: Iterable[Iterable[ListedObject]]) -> None:
        """Take in a bucket's list."""
        for page in pages:
            rows = ((one.key, one.size, one.etag, to_second(one.modified)) for one in page)
            self._many("INSERT OR REPLACE INTO listed VALUES (?, ?, ?, ?)", rows)

    def add_previous(self, objects: Iterable[CopiedObject]) -> None:
        """Take in an earlier copy's list; nothing of it, where reading it fails."""
        try:
            self._many("INSERT INTO previous VALUES (?, ?, ?, ?, ?, ?, ?, ?)", map(_row, objects))
        except BaseException:
            self._file.execute("DELETE FROM previous")
            raise

    def keep(self, objects: Iterable[CopiedObject]) -> None:
        """Take in objects of the copy."""
        self._many("INSERT INTO kept VALUES (?, ?, ?, ?, ?, ?, ?, ?)", map(_row, objects))

    def set_stored(self, entries: Iterable[Entry]) -> None:
        """Take in the vault's list, in place of an earlier one."""
        self._file.execute("DELETE FROM stored")
        rows = ((one.name, one.size) for one in entries)
        self._many("INSERT OR REPLACE INTO stored VALUES (?, ?)", rows)

    def name(self, names: Iterable[str]) -> None:
        """Take in names of files that are needed."""
        self._many("INSERT OR IGNORE INTO named VALUES (?)", ((name,) for name in names))

    def is_named(self, name: str) -> bool:
        """Whether a file is needed."""
        return self._count("SELECT count(*) FROM named WHERE name = ?", name) > 0

    def reuse(self) -> int:
        """Keep what an earlier copy has of objects that did not change; how many those are."""
        return self._file.execute(_statement("reuse")).rowcount

    def to_lock(self, until: str) -> Iterator[list[CopiedObject]]:
        """Objects of the copy whose lock ends before then, some at a time, to be kept anew."""
        last = ""
        while True:
            values = {"until": until, "last": last, "batch": BATCH}
            rows = self._file.execute(_statement("to_lock"), values).fetchall()
            if not rows:
                return
            found = [CopiedObject.from_line(line) for (line,) in rows]
            last = found[-1].key
            yield found

    def keep_anew(self, objects: Iterable[CopiedObject]) -> None:
        """Take in objects of the copy in place of what is there of them."""
        statement = "INSERT OR REPLACE INTO kept VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
        self._many(statement, map(_row, objects))

    def listed(self) -> int:
        """How many objects the bucket has."""
        return self._count("SELECT count(*) FROM listed")

    def kept(self) -> int:
        """How many objects the copy has."""
        return self._count("SELECT count(*) FROM kept")

    def to_copy(self) -> Iterator[str]:
        """Keys of the bucket that the copy lacks."""
        return (str(key) for (key,) in self._file.execute(_statement("to_copy")))

    def objects(self, prefix: str = "") -> Iterator[CopiedObject]:
        """The copy, by key."""
        rows = self._file.execute(
            "SELECT line FROM kept WHERE key >= ? AND substr(key, 1, length(?)) = ? ORDER BY key",
            (prefix, prefix, prefix),
        )
        return (CopiedObject.from_line(line) for (line,) in rows)

    def find(self, key: str) -> CopiedObject | None:
        """One object of the copy, from any thread."""
        with self._lock:
            rows = self._file.execute("SELECT line FROM kept WHERE key = ?", (key,)).fetchall()
        return CopiedObject.from_line(rows[0][0]) if rows else None

    def lost(self) -> Iterator[tuple[CopiedObject, int | None]]:
        """Objects of the copy whose file is gone, or of another size: that size."""
        rows = self._file.execute(_statement("lost"))
        return ((CopiedObject.from_line(line), size) for line, size in rows)

    def to_read(self, sample: int | None, seed: object) -> Iterator[CopiedObject]:
        """So many objects of the copy whose file is there; the same ones for the same seed."""

        def shuffled(key: str) -> bytes:
            return hashlib.sha256(f"{seed}\0{key}".encode()).digest()

        self._file.create_function("shuffled", 1, shuffled, deterministic=True)
        values = {"sample": -1 if sample is None else sample}
        rows = self._file.execute(_statement("to_read"), values)
        return (CopiedObject.from_line(line) for (line,) in rows)

    def to_restore(self) -> Iterator[tuple[CopiedObject, int | None]]:
        """Objects of the copy that the bucket lacks, or that may differ there: their size there."""
        rows = self._file.execute(_statement("to_restore"))
        return ((CopiedObject.from_line(line), size) for line, size in rows)

    def _many(self, statement: str, rows: Iterable[tuple[Any, ...]]) -> None:
        self._file.executemany(statement, rows)

    def _count(self, statement: str, *values: str) -> int:
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
        """Free the file."""
        self._file.close()
        if isinstance(error, sqlite3.Error):
            raise BackupNotTaken(
                f"the scratch file for a bucket's list can't be written: {error}",
                "free some space there, or name another directory with TMPDIR",
            ) from None


def to_second(moment: datetime) -> str:
    """As a manifest has it: lists tell fractions of a second where an object itself does not."""
    return moment.astimezone(UTC).replace(microsecond=0).isoformat()


def _row(one: CopiedObject) -> tuple[Any, ...]:
    words = (one.key, one.size, one.etag, one.modified, one.stored, one.stored_size)
    return (*words, one.locked_until, one.as_line())


def _statement(name: str) -> str:
    return load_sql(__package__, name).as_string()
