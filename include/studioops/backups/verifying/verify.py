"""One backup read whole where it lies and held against its manifest; nothing is restored."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from secrets import token_hex

from studioops.backups.buckets import verify_copy
from studioops.backups.model import BackupFile, Manifest
from studioops.backups.seen import Seen
from studioops.backups.shelf import Shelf
from studioops.backups.verifying.contents import SUBJECT as CONTENTS
from studioops.backups.verifying.contents import TOC, look_at_contents
from studioops.backups.verifying.files import (
    MANIFEST,
    Progress,
    as_one,
    count_only,
    read_files,
    unread_manifest,
)
from studioops.backups.verifying.strangers import SUBJECT as STRANGERS
from studioops.backups.verifying.strangers import look_for_strangers
from studioops.errors import BackupDamaged, CouldNotCheck, NoSuchKey, ObjectStoreUnreachable
from studioops.model import Stopwatch

FILES = "files"
SAMPLE = 200


@dataclass(frozen=True, slots=True)
class VerifyHow:
    """How backups are read.

    Args:
        workers: files, and copied objects, that are read at the same time.
        sample: how many objects of each copied bucket are read; None for all.
        progress: told what is being read, how much of it was, and of how much.
    """

    workers: int = 2
    sample: int | None = SAMPLE
    progress: Progress | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Verified:
    """What was seen of one backup.

    Args:
        backup_id: its id.
        manifest: None where it can't be read.
        seen: of all of it.
        seconds: that took.
        away: why the object store did not answer; empty where it did.
    """

    backup_id: str
    manifest: Manifest | None
    seen: Seen
    seconds: float
    away: str = ""


def verify_backup(shelf: Shelf, backup_id: str, how: VerifyHow) -> Verified:
    """Read a backup whole: manifest, every file of the dump, its table of contents, its copies.

    Args:
        shelf: where it lies.
        backup_id: which one.
        how: with how many threads, and so on.

    Raises:
        NoSuchBackup: there is no whole one of that id.
        ObjectStoreError: not even its manifest could be asked for.
    """
    watch = Stopwatch()
    try:
        manifest = shelf.manifest(backup_id)
    except (BackupDamaged, NoSuchKey) as error:
        found = unread_manifest(backup_id, error)
        unread = (_unread(one, "the manifest can't be read") for one in (FILES, CONTENTS))
        return Verified(backup_id, None, Seen.together([found, *unread]), watch.seconds)
    looking = _Looking(shelf, manifest, how)
    seen = Seen.together([Seen.of(MANIFEST), *looking.parts()])
    return Verified(backup_id, manifest, seen, watch.seconds, looking.away)


@dataclass
class _Looking:
    shelf: Shelf
    manifest: Manifest
    how: VerifyHow
    away: str = ""
    toc: bytes | None = None

    def parts(self) -> Iterator[Seen]:
        """Everything; where the store has gone away, the rest of it is not waited for."""
        yield self.files()
        yield look_at_contents(self.manifest, self.toc)
        yield self.guarded(STRANGERS, partial(look_for_strangers, self.shelf, self.manifest))
        if not self.manifest.buckets:
            yield Seen.not_applicable("copies of buckets", "the backup has none")
        for copy in self.manifest.buckets:
            # Not reproducible on purpose: in the end every object will have been read.
            work = partial(
                verify_copy,
                self.shelf,
                copy,
                sample=self.how.sample,
                seed=token_hex(8),
                workers=self.how.workers,
                progress=self.how.progress,
            )
            yield self.guarded(f"copy of bucket {copy.bucket}", work)

    def files(self) -> Seen:
        """What was found stays found, even where the store went away after it."""
        watch, parts = Stopwatch(), list[Seen]()
        reading = read_files(
            self.shelf,
            self.manifest,
            self.keep_toc,
            workers=self.how.workers,
            progress=self.how.progress,
        )
        try:
            parts.extend(reading)
        except CouldNotCheck as error:
            parts.append(Seen.unseen(FILES, self.heard(error)))
        return as_one(FILES, parts, seconds=watch.seconds)

    def keep_toc(self, file: BackupFile, plain: Iterator[bytes]) -> int:
        """The sink: one small file is needed once more."""
        if file.name != TOC:
            return count_only(file, plain)
        toc = b"".join(plain)
        if len(toc) == file.plain_size:
            self.toc = toc
        return len(toc)

    def guarded(self, name: str, work: Callable[[], Seen]) -> Seen:
        if self.away:
            return Seen.unseen(name, self.away)
        try:
            return work()
        except CouldNotCheck as error:
            return Seen.unseen(name, self.heard(error))

    def heard(self, error: CouldNotCheck) -> str:
        reason = error.reason
        if isinstance(error, ObjectStoreUnreachable):
            self.away = reason
        return reason


def _unread(name: str, why: str) -> Seen:
    return Seen.unseen(name, f"{why}; next: see what was found of it")
