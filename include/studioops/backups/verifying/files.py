"""Every file of a backup read whole, each proven to be what was written."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from threading import Event, Lock

from studioops.backups.model import BackupFile, Manifest
from studioops.backups.seen import Seen, fault
from studioops.backups.several import several
from studioops.backups.shelf import DUMP, Shelf
from studioops.errors import BackupDamaged, CouldNotCheck, NoSuchKey, NoSuchObject, WrongKey
from studioops.model import Finding, Status, Subject
from studioops.objectstore.encryption import decrypted

MB = 1_000_000
MANIFEST = "manifest"
WHY = "a restore from it would lose rows or fail"
REPAIR = (
    "use another backup (`studioops backup list`), take a new one (`studioops backup take`), and "
    "see in the store's log who wrote to it"
)
Progress = Callable[[str, int, int], None]
Sink = Callable[[BackupFile, Iterator[bytes]], int]


def count_only(_: BackupFile, plain: Iterable[bytes]) -> int:
    """The sink that keeps nothing.

    Args:
        plain: a file's content.

    Returns:
        its bytes.
    """
    return sum(len(piece) for piece in plain)


def read_files(
    shelf: Shelf,
    manifest: Manifest,
    sink: Sink = count_only,
    *,
    workers: int = 2,
    progress: Progress | None = None,
) -> Iterator[Seen]:
    """Read every file of a dump in the version that the backup names, decrypted and hashed.

    Args:
        shelf: where it lies.
        manifest: the backup's.
        sink: takes each file's plain content and says how many bytes that were; several threads
            call it.
        workers: files that are under way at the same time.
        progress: told a file's name, how many MB were read, and of how many; by several threads.

    Returns:
        what was seen of each file, as they come; :func:`as_one` makes one subject of it.

    Raises:
        ObjectStoreError: the vault can't be read.
    """
    stop = Event()
    reading = _Reading(shelf, manifest, sink, _Meter(manifest, progress), stop)
    known_bad = list(reading.unlisted())
    yield Seen.of("list", known_bad)
    names = {one.object for one in known_bad}
    wanted = (one for one in manifest.files if file_name(manifest, one) not in names)
    yield from several(reading.read, wanted, workers, stop)


def file_name(manifest: Manifest, file: BackupFile) -> str:
    """A file's name in the vault."""
    return f"{manifest.folder}{DUMP}{file.name}"


def as_one(name: str, parts: Iterable[Seen], *, seconds: float) -> Seen:
    """One subject of what was seen of many files.

    Args:
        name: of the subject.
        parts: of each file.
        seconds: that it took.
    """
    whole = Seen.together(parts)
    unread = (one.reason for one in whole.subjects if one.status is Status.NOT_CHECKED)
    findings = sorted(whole.findings, key=lambda one: one.object)
    return Seen((Subject(name, whole.status, next(unread, ""), seconds),), tuple(findings))


def unread_manifest(backup_id: str, error: BackupDamaged | NoSuchKey) -> Seen:
    """What a manifest that can't be read tells: nothing, where its key is not set.

    Args:
        backup_id: whose.
        error: why.
    """
    if isinstance(error, WrongKey):
        found = fault("backup_key_wrong", backup_id, error.message, WHY, error.next_step)
    elif isinstance(error, NoSuchKey):
        return Seen.unseen(MANIFEST, error.reason)
    else:
        found = fault("backup_manifest_damaged", backup_id, error.message, WHY, REPAIR)
    return Seen.of(MANIFEST, [found])


@dataclass(frozen=True)
class _Reading:
    shelf: Shelf
    manifest: Manifest
    sink: Sink
    meter: _Meter
    stop: Event
    by_sha: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.by_sha.update({one.sha256: one.name for one in self.manifest.files})

    def unlisted(self) -> Iterator[Finding]:
        """What the list alone tells: a file that is not there, or not as long as it was."""
        sizes = {one.name: one.size for one in self.shelf.vault.entries(self.manifest.folder)}
        for file in self.manifest.files:
            size = sizes.get(file_name(self.manifest, file))
            if size is None and not file.version:
                yield self._fault("backup_file_missing", file, "is not there any more")
            elif size is not None and size != file.size and not file.version:
                yield self._short(file, size, file.size)

    def read(self, file: BackupFile) -> Seen:
        """One file; the others tell of themselves, whatever became of it."""
        try:
            return Seen.of(file.name, self.faults(file))
        except NoSuchKey as error:
            return Seen.unseen(file.name, error.reason)

    def faults(self, file: BackupFile) -> list[Finding]:
        name, told = file_name(self.manifest, file), partial(self.meter.add, file)
        sealed = _Sealed(self.shelf.vault.read(name, file.version), told, self.stop)
        try:
            size = self.sink(file, decrypted(sealed, self.shelf.keyring, name))
        except NoSuchObject:
            return [self._fault("backup_file_missing", file, "is not there any more")]
        except WrongKey as error:
            said = error.message.removeprefix(f"{name}: ")
            return [self._fault("backup_key_wrong", file, said, error.next_step)]
        except BackupDamaged as error:
            return [self._damage(file, sealed, error.message.removeprefix(f"{name}: "))]
        if size != file.plain_size:
            return [self._short(file, size, file.plain_size, "holds")]
        if sealed.sha256 != file.sha256:
            # Somebody who has the key wrote it anew.
            return [self._damage(file, sealed, "its SHA-256 is not the manifest's")]
        return []

    def _damage(self, file: BackupFile, sealed: _Sealed, said: str) -> Finding:
        """A file of the same backup in another one's place is worth to be told as such."""
        sealed.read_on()
        other = self.by_sha.get(sealed.sha256)
        if other is not None and other != file.name:
            return self._fault("backup_file_swapped", file, f"holds what {other} should")
        if sealed.size != file.size:
            return self._short(file, sealed.size, file.size)
        return self._fault("backup_file_damaged", file, f"is damaged: {said}")

    def _short(self, file: BackupFile, size: int, written: int, verb: str = "has") -> Finding:
        message = f"{verb} {size} bytes where {written} were written"
        return self._fault("backup_file_truncated", file, message)

    def _fault(self, check: str, file: BackupFile, message: str, repair: str = REPAIR) -> Finding:
        name = file_name(self.manifest, file)
        return fault(check, name, f"{file.name} {message}", WHY, repair)


class _Sealed:
    """A file's encrypted bytes, counted and hashed while somebody decrypts them."""

    def __init__(self, pieces: Iterable[bytes], told: Callable[[int], None], stop: Event) -> None:
        self._pieces, self._told, self._stop = iter(pieces), told, stop
        self._hash = hashlib.sha256()
        self.size = 0

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._pieces:
            if self._stop.is_set():
                raise CouldNotCheck("another file could not be read", "see what was said of it")
            self._hash.update(piece)
            self.size += len(piece)
            self._told(len(piece))
            yield piece

    def read_on(self) -> None:
        """To its end, where the decryption gave up."""
        for _ in self:
            continue

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()


class _Meter:
    """How much was read of all; several threads tell it."""

    def __init__(self, manifest: Manifest, progress: Progress | None) -> None:
        self._progress, self._lock = progress, Lock()
        self._read, self._total = 0, manifest.size

    def add(self, file: BackupFile, size: int) -> None:
        if self._progress is None:
            return
        with self._lock:
            self._read += size
            self._progress(f"{file.name}, in MB", self._read // MB, self._total // MB)
