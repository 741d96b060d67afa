"""Files of bucket copies that no backup names any more."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from studioops.backups.buckets.listing import list_copy
from studioops.backups.buckets.places import COPYING, top
from studioops.backups.buckets.scratch import Scratch
from studioops.backups.model import BucketCopy
from studioops.backups.shelf import Shelf


def unreferenced(shelf: Shelf, *, before: datetime) -> Iterator[str]:
    """Names of files that can be removed.

    Whatever a backup's manifest names stays, and what the copies name that those manifests name;
    also what a copy in progress builds upon. The names are sorted on disk by SQLite, so that the
    memory does not grow with them.

    Args:
        shelf: whose copies; ask once all that shall go of its backups is gone.
        before: younger files stay, since a copy in progress has not named them yet; long enough
            ago that no copy takes that long.

    Raises:
        BackupDamaged: a manifest or a list can't be read: then nothing is named, since nothing
            is removed on a guess.
        NoSuchKey: the settings don't hold one's key; the same.
        ObjectStoreError: or one of its kinds; the same.
    """
    with Scratch() as scratch:
        _add_needed(shelf, _in_progress(shelf, before, scratch), scratch)
        backed = (copy for each in shelf.ids() for copy in shelf.manifest(each).buckets)
        _add_needed(shelf, backed, scratch)
        for entry in shelf.vault.entries(top(shelf)):
            if entry.modified < before and not scratch.is_named(entry.name):
                yield entry.name


def _add_needed(shelf: Shelf, copies: Iterable[BucketCopy], scratch: Scratch) -> None:
    for copy in copies:
        if not scratch.is_named(copy.manifest):
            scratch.name(one.stored for one in list_copy(shelf, copy))
            scratch.name([copy.manifest])


def _in_progress(shelf: Shelf, before: datetime, scratch: Scratch) -> Iterator[BucketCopy]:
    """The copies that others build upon now; one that is gone is built upon by nobody."""
    marks = [
        entry.name
        for entry in shelf.vault.entries(top(shelf))
        if f"/{COPYING}" in entry.name and entry.modified >= before
    ]
    scratch.name(marks)
    for mark in marks:
        copy = BucketCopy(**shelf.read_json(mark))
        if any(one.name == copy.manifest for one in shelf.vault.entries(copy.manifest)):
            yield copy
