"""The buckets that are copied beside a database."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

from studioops.backups.buckets import copy_bucket
from studioops.backups.model import BucketCopy
from studioops.backups.shelf import Shelf
from studioops.objectstore import ObjectStore


def copies_of(
    open_source: Callable[[], AbstractContextManager[ObjectStore]], buckets: tuple[str, ...]
) -> Callable[[Shelf, str], tuple[BucketCopy, ...]]:
    """What :func:`take` is given to copy buckets with.

    Args:
        open_source: gives the object store that they are in.
        buckets: their names; one that is not there is left out.
    """

    def copy(shelf: Shelf, backup_id: str) -> tuple[BucketCopy, ...]:
        with open_source() as source:
            missing = source.missing_buckets(buckets)
            return tuple(
                copy_bucket(source, one, shelf, backup_id, previous=last_copy(shelf, one))
                for one in buckets
                if one not in missing
            )

    return copy


def last_copy(shelf: Shelf, bucket: str) -> BucketCopy | None:
    """The newest copy of a bucket, by which a new one tells what it need not read again.

    Args:
        shelf: the target's backups.
        bucket: its name.
    """
    copies = (copy for one in shelf.newest_first() for copy in shelf.manifest(one).buckets)
    return next((copy for copy in copies if copy.bucket == bucket), None)
