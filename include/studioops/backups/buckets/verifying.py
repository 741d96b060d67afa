"""Whether a copy of a bucket is whole: every file there, and a sample of them read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from threading import Event

from studioops.backups.buckets.copied import CopiedObject
from studioops.backups.buckets.listing import list_copy
from studioops.backups.buckets.places import data_folder
from studioops.backups.buckets.reading import plain
from studioops.backups.buckets.scratch import Scratch
from studioops.backups.model import BucketCopy
from studioops.backups.seen import Seen, fault
from studioops.backups.several import several
from studioops.backups.shelf import Shelf
from studioops.errors import BackupDamaged, CouldNotCheck, NoSuchKey, NoSuchObject
from studioops.model import Finding, Severity, Status, Stopwatch, Subject

MOST_FINDINGS = 100
WHY = "a restore would come back without it, and the rows that name it would lead nowhere"
Progress = Callable[[str, int, int], None]


def verify_copy(
    shelf: Shelf,
    copy: BucketCopy,
    *,
    sample: int | None,
    seed: object,
    workers: int = 4,
    progress: Progress | None = None,
) -> Seen:
    """Prove a copy: its list is what the backup says, its files are there, a sample is right.

    Args:
        shelf: where the copy lies.
        copy: as the backup's manifest has it.
        sample: how many objects are read whole, decrypted and hashed; None for all.
        seed: chooses them; another one for another choice.
        workers: objects that are read at once.
        progress: told the bucket, how many objects were read, and of how many.

    Returns:
        one subject; a finding for each fault (up to a hundred of a kind, the rest are counted).
        ``not_checked`` where the store is away, or the settings lack a key.
    """
    name, watch = f"copy of bucket {copy.bucket}", Stopwatch()
    try:
        with Scratch() as scratch:
            scratch.keep(list_copy(shelf, copy))
            scratch.set_stored(shelf.vault.entries(data_folder(shelf, copy.bucket)))
            look = _Look(shelf, copy)
            look.at_files(scratch)
            look.at_contents(scratch, sample, seed, workers, progress)
    except (BackupDamaged, NoSuchObject) as error:
        return Seen.of(name, [_list_damaged(copy, error)], seconds=watch.seconds)
    except CouldNotCheck as error:
        return Seen.unseen(name, error.reason)
    return look.seen(name, watch.seconds)


@dataclass
class _Look:
    shelf: Shelf
    copy: BucketCopy
    faults: dict[str, int] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    reason: str = ""
    read: int = 0
    unreadable: int = 0

    def at_files(self, scratch: Scratch) -> None:
        """By the vault's list alone."""
        for one, size in scratch.lost():
            self.unreadable += 1
            if size is None:
                self._missing(one)
            else:
                self._damaged(one, f"has {size} bytes, not {one.stored_size}")

    def at_contents(
        self,
        scratch: Scratch,
        sample: int | None,
        seed: object,
        workers: int,
        progress: Progress | None,
    ) -> None:
        """By reading a sample; a file that is there under a key that we lack is no fault of it."""
        chosen, stop = scratch.to_read(sample, seed), Event()
        total = self.copy.objects if sample is None else min(sample, self.copy.objects)
        for one, error in several(partial(_try, self.shelf), chosen, workers, stop):
            self.read += 1
            if isinstance(error, NoSuchKey):
                self.reason = self.reason or error.reason
            elif isinstance(error, NoSuchObject):
                self._missing(one)
            elif error is not None:
                self._damaged(one, f"is not what was written ({error.message})")
            if progress is not None:
                progress(self.copy.bucket, self.read, total)

    def seen(self, name: str, seconds: float) -> Seen:
        """All of it."""
        failed = bool(self.faults)
        unknown = Status.NOT_CHECKED if self.reason else Status.PASSED
        status = Status.FAILED if failed else unknown
        found = (*self.findings, *self._uncounted(), *self._unread())
        return Seen((Subject(name, status, self.reason, seconds),), found)

    def _missing(self, one: CopiedObject) -> None:
        self._add("bucket_object_missing", one, f"its file {one.stored} is not in the vault")

    def _damaged(self, one: CopiedObject, how: str) -> None:
        self._add("bucket_object_damaged", one, f"its file {one.stored} {how}")

    def _add(self, check: str, one: CopiedObject, message: str) -> None:
        count = self.faults[check] = self.faults.get(check, 0) + 1
        if count <= MOST_FINDINGS:
            name = f"{self.copy.bucket}/{one.key}"
            # A next copy looks whether the file is there, so a damaged one must go first.
            repair = (
                "-- `studioops backup take` copies it anew where the bucket still has it"
                if check == "bucket_object_missing"
                else f"-- remove {self.shelf.vault.where}/{one.stored}, then "
                "`studioops backup take`, which copies it anew where the bucket still has it"
            )
            self.findings.append(fault(check, name, message, WHY, repair))

    def _uncounted(self) -> Iterator[Finding]:
        for check, count in self.faults.items():
            if count > MOST_FINDINGS:
                yield fault(
                    check,
                    self.copy.bucket,
                    f"{count - MOST_FINDINGS} more objects of the copy have this fault",
                    WHY,
                    "-- see the first ones",
                )

    def _unread(self) -> Iterator[Finding]:
        left = self.copy.objects - self.read - self.unreadable
        if left > 0:
            yield Finding(
                "bucket_objects_unread",
                self.copy.bucket,
                Severity.INFO,
                f"{self.read} of {self.copy.objects} objects were read this time, the others only "
                "looked for; chance decides anew at every look",
                "a damaged one may be among them",
                "-- verify with a larger sample to read more of them",
            )


def _try(shelf: Shelf, one: CopiedObject) -> tuple[CopiedObject, CouldNotCheck | None]:
    """Read one object; what is wrong with it alone is an answer, an outage is none."""
    try:
        for _ in plain(shelf, one):
            continue
    except (BackupDamaged, NoSuchObject, NoSuchKey) as error:
        return one, error
    return one, None


def _list_damaged(copy: BucketCopy, error: CouldNotCheck) -> Finding:
    return fault(
        "bucket_manifest_damaged",
        copy.bucket,
        error.message,
        "nobody can tell which objects the copy has, so none of them can be put back from it",
        "-- use another backup: see `studioops backup list`",
    )
