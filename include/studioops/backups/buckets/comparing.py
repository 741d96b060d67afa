"""The columns that name objects, held against a bucket's copy in place of the bucket."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from itertools import islice
from types import TracebackType
from typing import Self

from studioops.backups.buckets.copied import CopiedObject
from studioops.backups.buckets.listing import list_copy
from studioops.backups.buckets.reading import plain
from studioops.backups.buckets.scratch import Scratch
from studioops.backups.model import BucketCopy
from studioops.backups.seen import Seen
from studioops.backups.shelf import Shelf
from studioops.errors import NoSuchObject
from studioops.integrity.contract import Contract
from studioops.integrity.objects import compare_objects
from studioops.objectstore.store import ListedObject
from studioops.postgres import Database

PAGE = 1000
SETTLING_S = 300
CONTENTS = 1000


def compare_with_copy(
    database: Database,
    contract: Contract,
    shelf: Shelf,
    copies: Iterable[BucketCopy],
    target: str,
    *,
    contents: int | None = CONTENTS,
    snapshot_at: datetime | None = None,
) -> Seen:
    """Hold a restored database's columns against the buckets' copies of the same backup.

    Args:
        database: the restored one, read-only.
        contract: whose ``objects`` are looked at.
        shelf: where the copies lie.
        copies: of the backup.
        target: its name.
        contents: how many objects are read at most to hold them against the SHA-256 that rows
            claim; None for all.
        snapshot_at: the moment that the database is of. An object that was written later, or just
            before, is no row's yet, and that is no fault.

    Returns:
        a subject an entry of the contract; ``not_checked`` where its bucket has no copy, or the
        copy can't be read.
    """
    if not contract.objects:
        return Seen.not_applicable("objects", "the contract names no column of objects")
    age = (datetime.now(UTC) - snapshot_at).total_seconds() if snapshot_at else 0
    with CopiedBuckets(shelf, copies) as store:
        report = compare_objects(
            database,
            store,
            contract,
            target=target,
            contents=contents,
            # Neither side changes any more.
            pause=0,
            settling=age + SETTLING_S,
        )
    return Seen(report.subjects, report.findings)


class CopiedBuckets:
    """Copies of buckets that are read as a store is.

    Args:
        shelf: where they lie.
        copies: of one backup.
    """

    def __init__(self, shelf: Shelf, copies: Iterable[BucketCopy]) -> None:
        self._shelf = shelf
        self._copies = {copy.bucket: copy for copy in copies}
        self._read: dict[str, Scratch] = {}
        self._open = ExitStack()

    def pages(self, bucket: str, prefix: str = "") -> Iterator[list[ListedObject]]:
        """Every object of a copy, a page at a time, by key.

        Raises:
            NoSuchObject: the backup has no copy of that bucket.
            BackupDamaged: its list is not what was written.
            NoSuchKey: the settings don't hold its key.
        """
        objects = self._list(bucket).objects(prefix)
        while page := [one.listed for one in islice(objects, PAGE)]:
            yield page

    def has(self, bucket: str, key: str) -> bool:
        """Whether a copy has an object."""
        return self._list(bucket).find(key) is not None

    def chunks(self, bucket: str, key: str) -> Iterator[bytes]:
        """A copied object's content, a piece at a time.

        Raises:
            NoSuchObject: the copy has none of that key, or its file is gone.
            BackupDamaged: it is not what was copied.
        """
        yield from plain(self._shelf, self._find(bucket, key))

    def _find(self, bucket: str, key: str) -> CopiedObject:
        found = self._list(bucket).find(key)
        if found is None:
            raise NoSuchObject(
                f"the copy of {bucket} has no object {key}", "see what the bucket itself has"
            )
        return found

    def _list(self, bucket: str) -> Scratch:
        """A copy's list, read whole, and so proven, at its first use."""
        if bucket not in self._copies:
            raise NoSuchObject(
                f"the backup has no copy of the bucket {bucket}",
                "let backups copy it too, and take one with `studioops backup take`",
            )
        if bucket not in self._read:
            scratch = self._open.enter_context(Scratch())
            scratch.keep(list_copy(self._shelf, self._copies[bucket]))
            self._read[bucket] = scratch
        return self._read[bucket]

    def __enter__(self) -> Self:
        """Use as a context."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Free the lists."""
        self._open.__exit__(kind, error, trace)
