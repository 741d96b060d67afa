"""One object put back into a bucket: whole and proven, or not at all."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from threading import Event
from typing import Any, cast

from studioops.backups.buckets.copied import CopiedObject
from studioops.backups.buckets.reading import plain
from studioops.backups.shelf import Shelf
from studioops.errors import BackupDamaged, CouldNotCheck, NoSuchKey, NoSuchObject, ObjectStoreError
from studioops.objectstore import ObjectStore
from studioops.objectstore.failure import translated
from studioops.objectstore.vault import Pieces
from studioops.objectstore.vault.parts import PART, upload_in_parts

NOT_NOW_HTTP = (409, 412)
NOT_IMPLEMENTED_HTTP = 501


class Outcome(StrEnum):
    """What became of one object."""

    RESTORED = "restored"
    OVERWRITTEN = "overwritten"
    SAME = "same"
    DIFFERING = "differing"
    MISSING = "missing"
    DAMAGED = "damaged"
    REFUSED = "refused"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Put:
    """One object and what became of it.

    Args:
        object: as the copy lists it.
        outcome: what became of it.
        error: why it could not be put back.
    """

    object: CopiedObject
    outcome: Outcome
    error: CouldNotCheck | None = None


@dataclass(frozen=True)
class Putting:
    """How objects are put back.

    Args:
        shelf: where the copy lies.
        store: where the bucket is.
        bucket: its name.
        overwrite: whether an object that differs is replaced.
        dry_run: whether to look alone.
        stop: set by another thread that failed.
    """

    shelf: Shelf
    store: ObjectStore
    bucket: str
    overwrite: bool
    dry_run: bool
    stop: Event

    def put(self, job: tuple[CopiedObject, int | None]) -> Put:
        """Put one back.

        Args:
            job: the object, and its size in the bucket; None where the bucket lacks it.

        Raises:
            ObjectStoreError: one of both stores is away.
        """
        one, size = job
        try:
            return Put(one, self._outcome(one, size))
        except BackupDamaged as error:
            return Put(one, Outcome.DAMAGED, error)
        except NoSuchKey as error:
            return Put(one, Outcome.UNREADABLE, error)
        except _FileGone as error:
            return Put(one, Outcome.MISSING, error)
        except ObjectStoreError as error:
            # The store may refuse a key that another one took; the rest can still be put back.
            if type(error) is not ObjectStoreError:
                raise
            return Put(one, Outcome.REFUSED, error)

    def _outcome(self, one: CopiedObject, size: int | None) -> Outcome:
        if size is None:
            if self.dry_run or self._create(one):
                return Outcome.RESTORED
            size = one.size
        if size == one.size and self._is_same(one):
            return Outcome.SAME
        if not self.overwrite:
            return Outcome.DIFFERING
        if not self.dry_run:
            self._upload(one)
        return Outcome.OVERWRITTEN

    def _is_same(self, one: CopiedObject) -> bool:
        digest = hashlib.sha256()
        for piece in self.store.chunks(self.bucket, one.key):
            digest.update(piece)
        return digest.hexdigest() == one.sha256

    def _create(self, one: CopiedObject) -> bool:
        """False where somebody else's object is there by now."""
        from botocore.exceptions import ClientError

        if one.size > PART:
            if self.store.has(self.bucket, one.key):
                return False
            self._upload(one)
            return True
        with translated(self.store.endpoint, self.bucket, one.key):
            try:
                self._put_small(one)
            except ClientError as error:
                status = error.response["ResponseMetadata"]["HTTPStatusCode"]
                if status not in (*NOT_NOW_HTTP, NOT_IMPLEMENTED_HTTP):
                    raise
                if status in NOT_NOW_HTTP:
                    return False
                self._upload(one)
        return True

    def _put_small(self, one: CopiedObject) -> None:
        content, extra = self._reader(one).read(), cast(Any, one.headers)
        self.store.client.put_object(
            Bucket=self.bucket, Key=one.key, Body=content, IfNoneMatch="*", **extra
        )

    def _upload(self, one: CopiedObject) -> None:
        with translated(self.store.endpoint, self.bucket, one.key):
            self.store.client.upload_fileobj(
                cast(Any, self._reader(one)),
                self.bucket,
                one.key,
                ExtraArgs=dict(one.headers),
                Config=upload_in_parts(one.size),
            )

    def _reader(self, one: CopiedObject) -> Pieces:
        return Pieces(_noted(self.shelf, one))


class _FileGone(NoSuchObject):
    """The copy's own file is not there, as against the bucket that it goes to."""


def _noted(shelf: Shelf, one: CopiedObject) -> Iterator[bytes]:
    try:
        yield from plain(shelf, one)
    except NoSuchObject as error:
        raise _FileGone(error.message, error.next_step) from None
