"""A bucket copied beside the database: what is new is read, what is known is named again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from functools import partial
from threading import Event

from studioops.backups.buckets.copied import CopiedObject
from studioops.backups.buckets.listing import list_copy, write_list
from studioops.backups.buckets.locks import Locks
from studioops.backups.buckets.places import data_folder, mark_name, new_data_name
from studioops.backups.buckets.scratch import Scratch, to_second
from studioops.backups.buckets.source import Changed, Gone, SourceObject
from studioops.backups.model import BucketCopy
from studioops.backups.several import several
from studioops.backups.shelf import Shelf
from studioops.errors import BackupDamaged, BackupNotTaken, NoSuchKey, NoSuchObject
from studioops.objectstore import ObjectStore
from studioops.objectstore.encryption import EncryptingReader

READINGS = 5
Progress = Callable[[str, int, int], None]


def copy_bucket(
    source: ObjectStore,
    bucket: str,
    shelf: Shelf,
    backup_id: str,
    *,
    previous: BucketCopy | None,
    workers: int = 4,
    progress: Progress | None = None,
) -> BucketCopy:
    """Copy a bucket. Its list is written last: without one, nothing of it counts.

    Args:
        source: where the bucket is.
        bucket: its name.
        shelf: where the copy goes.
        backup_id: the backup that it becomes part of.
        previous: an earlier copy, whose files are named again for objects that did not change. One
            that can't be read is not built upon: then all is copied anew.
        workers: objects that are read at once; each takes some 20 MB of memory at most.
        progress: told the bucket, how many objects are done, and of how many.

    Returns:
        what the backup's manifest shall name; ``gone`` counts objects that were deleted after
        they had been listed.

    Raises:
        ObjectStoreError: one of both stores failed, or one of its kinds.
        BackupNotTaken: the vault is full, or an object did not hold still.
    """
    copying = _Copying(source, bucket, shelf, Locks.of(shelf.vault))
    with Scratch() as scratch:
        scratch.add_listed(source.pages(bucket))
        reused = copying.build_upon(previous, backup_id, scratch) if previous else 0
        if reused:
            copying.lock_longer(scratch, workers)
        gone = copying.copy_rest(scratch, workers, progress)
        if reused:
            copying.prove_there(scratch)
        copy = write_list(shelf, bucket, backup_id, scratch.objects())
    return replace(copy, gone=gone)


@dataclass(frozen=True)
class _Copying:
    source: ObjectStore
    bucket: str
    shelf: Shelf
    locks: Locks | None
    stop: Event = field(default_factory=Event)

    def build_upon(self, previous: BucketCopy, backup_id: str, scratch: Scratch) -> int:
        """Name again what an earlier copy has; said in the vault first, so that it stays there."""
        mark = mark_name(self.shelf, self.bucket, backup_id)
        # Nobody needs a mark for longer than the copying takes, so no lock holds it.
        replace(self.shelf, vault=self.shelf.vault.unlocked).write_json(mark, asdict(previous))
        known = self.shelf.keyring.keys
        try:
            lines = list_copy(self.shelf, previous)
            scratch.add_previous(one for one in lines if one.key_id in known)
        except (BackupDamaged, NoSuchKey, NoSuchObject):
            return 0
        scratch.set_stored(self.shelf.vault.entries(data_folder(self.shelf, self.bucket)))
        return scratch.reuse()

    def lock_longer(self, scratch: Scratch, workers: int) -> None:
        """What is named again must be locked for as long as this backup is."""
        if self.locks is None:
            return
        for some in scratch.to_lock(to_second(self.locks.needed)):
            work = partial(self._lock_one, self.locks.new_end)
            scratch.keep_anew(list(several(work, some, workers, self.stop)))

    def copy_rest(self, scratch: Scratch, workers: int, progress: Progress | None) -> int:
        """Copy what is not named yet; how many objects were gone by then."""
        total, done, gone = scratch.listed(), scratch.kept(), 0
        for one in several(self._copy_one, scratch.to_copy(), workers, self.stop):
            scratch.keep([] if one is None else [one])
            gone, done = gone + (one is None), done + 1
            if progress is not None:
                progress(self.bucket, done, total)
        return gone

    def prove_there(self, scratch: Scratch) -> None:
        """What is named again must still be there, whoever removed files meanwhile."""
        scratch.set_stored(self.shelf.vault.entries(data_folder(self.shelf, self.bucket)))
        for one, _ in scratch.lost():
            raise self._lost(one)

    def _lost(self, one: CopiedObject) -> BackupNotTaken:
        return BackupNotTaken(
            f"{self.shelf.vault.where}/{one.stored} was removed while {self.bucket} was copied",
            "run this again, and let nobody remove files while a backup is taken",
        )

    def _lock_one(self, new_end: Callable[[], datetime], one: CopiedObject) -> CopiedObject:
        end = new_end()
        try:
            self.shelf.vault.lock_longer(one.stored, end)
        except NoSuchObject:
            raise self._lost(one) from None
        return replace(one, locked_until=to_second(end))

    def _copy_one(self, key: str) -> CopiedObject | None:
        for _ in range(READINGS):
            try:
                return self._copy_version(SourceObject(self.source, self.bucket, key, self.stop))
            except Gone:
                return None
            except Changed:
                continue
        raise BackupNotTaken(
            f"{self.source.endpoint}/{self.bucket}/{key} was written anew each time it was read",
            "run this again when it is written less often",
        )

    def _copy_version(self, found: SourceObject) -> CopiedObject:
        name = new_data_name(self.shelf, self.bucket)
        sealed = EncryptingReader(found, self.shelf.keyring, name)
        end = self.locks.new_end() if self.locks else None
        vault = self.shelf.vault.locking(end) if end else self.shelf.vault
        stored = vault.write(name, sealed, found.size)
        return CopiedObject(
            key=found.key,
            size=found.size,
            etag=found.etag,
            modified=found.modified,
            sha256=found.sha256,
            stored=name,
            stored_size=stored.size,
            stored_sha256=stored.sha256,
            key_id=self.shelf.keyring.current,
            headers=found.headers,
            locked_until=to_second(end) if end else "",
        )
