"""A bucket's objects put back from a copy: what it lacks, and nothing over what it has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from threading import Event

from studioops.backups.buckets.copied import CopiedObject
from studioops.backups.buckets.listing import list_copy
from studioops.backups.buckets.putting import Outcome, Put, Putting
from studioops.backups.buckets.scratch import Scratch
from studioops.backups.model import BucketCopy
from studioops.backups.seen import Seen, report_of
from studioops.backups.several import several
from studioops.backups.shelf import Shelf
from studioops.errors import CouldNotCheck, LeftInBetween, NoSuchObject
from studioops.model import Finding, Report, Severity, Status, Stopwatch, Subject
from studioops.objectstore import ObjectStore

KIND = "restore_objects"
SAMPLE = 5
WRITTEN = (Outcome.RESTORED, Outcome.OVERWRITTEN)
# By outcome: the finding, its severity, what is said of so many objects, why, what to do.
SAID = {
    Outcome.DIFFERING: (
        "object_differs",
        Severity.WARNING,
        "are others in the bucket and were left as they are",
        "they were written after the copy, or damaged: only their owner can tell",
        "-- look at them; put the copy's content over them with --overwrite",
    ),
    Outcome.MISSING: (
        "bucket_object_missing",
        Severity.ERROR,
        "could not be put back: their files are not in the vault",
        "the rows that name them lead nowhere",
        "-- put them back from another backup: see `studioops backup list`",
    ),
    Outcome.DAMAGED: (
        "bucket_object_damaged",
        Severity.ERROR,
        "could not be put back: their files are not what was written",
        "the rows that name them lead nowhere",
        "-- put them back from another backup: see `studioops backup list`",
    ),
    Outcome.REFUSED: (
        "object_refused",
        Severity.ERROR,
        "could not be put back: the store refuses them",
        "the rows that name them lead nowhere",
        "-- read the object store's log",
    ),
}
Progress = Callable[[str, int, int], None]


def restore_objects(
    shelf: Shelf,
    copy: BucketCopy,
    target_store: ObjectStore,
    bucket: str,
    *,
    overwrite: bool = False,
    dry_run: bool = False,
    workers: int = 4,
    progress: Progress | None = None,
) -> Report:
    """Put back the objects of a copy that a bucket lacks. Run again, it goes on where it ended.

    Args:
        shelf: where the copy lies.
        copy: as the backup's manifest has it.
        target_store: where the bucket is.
        bucket: where the objects go; made where it is gone.
        overwrite: whether an object that differs is replaced by the copy's content.
        dry_run: whether to tell alone what would be done.
        workers: objects that are put back at once.
        progress: told the bucket, how many objects are done, and of how many.

    Returns:
        a report of kind ``restore_objects``; failed where the copy lacks an object or has a
        damaged one: all others are put back.

    Raises:
        BackupDamaged: the copy's list is not what was written: nothing was changed.
        ObjectStoreError: or one of its kinds: nothing was changed.
        LeftInBetween: a store failed in the middle.
    """
    watch, stop = Stopwatch(), Event()
    work = _Work(bucket, overwrite, dry_run)
    putting = Putting(shelf, target_store, bucket, overwrite, dry_run, stop)
    with Scratch() as scratch:
        scratch.keep(list_copy(shelf, copy))
        _list_target(target_store, bucket, scratch, make=not dry_run)
        total, jobs = scratch.kept(), scratch.to_restore()
        work.total = total
        try:
            for put in several(putting.put, jobs, workers, stop):
                work.add(put)
                if progress is not None:
                    progress(bucket, work.looked_at, total)
        except CouldNotCheck as error:
            raise work.left(error) from None
    return report_of(KIND, shelf.target, work.seen(watch.seconds), watch, work.evidence())


def _list_target(store: ObjectStore, bucket: str, scratch: Scratch, *, make: bool) -> None:
    try:
        scratch.add_listed(store.pages(bucket))
    except NoSuchObject:
        # After a disaster the bucket itself may be gone.
        if make:
            store.ensure_buckets([bucket])


@dataclass
class _Work:
    bucket: str
    overwrite: bool
    dry_run: bool
    total: int = 0
    looked_at: int = 0
    size: int = 0
    counts: Counter[Outcome] = field(default_factory=Counter)
    sample: dict[Outcome, list[str]] = field(default_factory=dict)
    reason: str = ""

    def add(self, put: Put) -> None:
        one: CopiedObject = put.object
        self.looked_at += 1
        self.counts[put.outcome] += 1
        keys = self.sample.setdefault(put.outcome, [])
        if len(keys) < SAMPLE:
            keys.append(one.key)
        if put.outcome in WRITTEN:
            self.size += one.size
        if put.outcome is Outcome.UNREADABLE and put.error is not None:
            self.reason = self.reason or put.error.reason

    def left(self, error: CouldNotCheck) -> CouldNotCheck | LeftInBetween:
        """The error itself where nothing was written."""
        written = sum(self.counts[one] for one in WRITTEN)
        if not written or self.dry_run:
            return error
        return LeftInBetween(
            f"{written} objects are back in {self.bucket}, then: {error.message}",
            f"{error.next_step}; then run this again, which goes on from there",
        )

    def seen(self, seconds: float) -> Seen:
        found = tuple(self._findings())
        failed = any(one.severity.fails for one in found)
        unknown = Status.NOT_CHECKED if self.reason else Status.PASSED
        status = Status.FAILED if failed else unknown
        return Seen((Subject(f"bucket {self.bucket}", status, self.reason, seconds),), found)

    def evidence(self) -> dict[str, object]:
        same = self.total - self.looked_at + self.counts[Outcome.SAME]
        counts = {str(one): self.counts[one] for one in Outcome}
        return {
            "bucket": self.bucket,
            "dry_run": self.dry_run,
            "overwrite": self.overwrite,
            "objects": self.total,
            **counts,
            str(Outcome.SAME): same,
            "bytes": self.size,
            "sample": {str(one): keys for one, keys in self.sample.items()},
        }

    def _findings(self) -> Iterator[Finding]:
        for outcome, (check, severity, said, why, repair) in SAID.items():
            if count := self.counts[outcome]:
                first = f"{count} objects {said}, the first: {self.sample[outcome][0]!r}"
                yield Finding(check, self.bucket, severity, first, why, repair)
