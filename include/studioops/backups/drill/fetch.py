"""A backup's files brought back, each proven to be what was written."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from studioops.backups.model import BackupFile, Manifest
from studioops.backups.seen import Seen, fault
from studioops.backups.shelf import DUMP, Shelf
from studioops.errors import BackupDamaged, BackupNotTaken, NoSuchKey, NoSuchObject
from studioops.model import Finding, Stopwatch
from studioops.objectstore.encryption import decrypted

Progress = Callable[[str, int, int], None]
SUBJECT = "files"
WHY = "a restore from it would lose rows or fail"
REPAIR = (
    "use another backup (`studioops backup list`), take a new one (`studioops backup take`), and "
    "see in the store's log who wrote to it"
)


def fetch_dump(
    shelf: Shelf,
    manifest: Manifest,
    directory: Path | None,
    *,
    workers: int = 2,
    progress: Progress | None = None,
) -> Seen:
    """Fetch every file of a dump, decrypted.

    Args:
        shelf: where it lies.
        manifest: the backup's.
        directory: where the plain files go; None to prove them and keep nothing.
        workers: files that are under way at the same time.
        progress: told a file's name, how many were fetched, and how many there are.

    Returns:
        one subject; a finding for each file that is not what was written.

    Raises:
        ObjectStoreError: the vault can't be read.
        BackupNotTaken: the disk is full.
    """
    watch = Stopwatch()
    fetching = _Fetching(shelf, manifest, directory)
    findings = list(fetching.unlisted())
    known_bad = {one.object for one in findings}
    wanted = [one for one in manifest.files if fetching.name(one) not in known_bad]
    with ThreadPoolExecutor(workers) as pool:
        for done, (file, found) in enumerate(
            zip(wanted, pool.map(fetching.fetch, wanted), strict=True), start=1
        ):
            findings += found
            if progress is not None:
                progress(file.name, done, len(wanted))
    return Seen.of(SUBJECT, findings, seconds=watch.seconds)


@dataclass(frozen=True)
class _Fetching:
    shelf: Shelf
    manifest: Manifest
    directory: Path | None
    by_sha: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.by_sha.update({one.sha256: one.name for one in self.manifest.files})

    def name(self, file: BackupFile) -> str:
        return f"{self.manifest.folder}{DUMP}{file.name}"

    def unlisted(self) -> Iterator[Finding]:
        """What the list alone tells: a file that is not there, or not as long as it was."""
        sizes = {one.name: one.size for one in self.shelf.vault.entries(self.manifest.folder)}
        for file in self.manifest.files:
            size = sizes.get(self.name(file))
            if size is None and not file.version:
                yield self._fault("backup_file_missing", file, "is not there any more")
            elif size is not None and size != file.size and not file.version:
                message = f"has {size} bytes where {file.size} were written"
                yield self._fault("backup_file_truncated", file, message)

    def fetch(self, file: BackupFile) -> list[Finding]:
        """One file; what is wrong with it."""
        try:
            pieces = self.shelf.vault.read(self.name(file), file.version)
            plain = decrypted(pieces, self.shelf.keyring, self.name(file))
            size = self._keep(file, plain)
        except NoSuchObject:
            return [self._fault("backup_file_missing", file, "is not there any more")]
        except NoSuchKey as error:
            said = error.message.removeprefix(f"{self.name(file)}: ")
            return [self._fault("backup_key_wrong", file, said, error.next_step)]
        except BackupDamaged as error:
            return [self._damage(file, error)]
        if size != file.plain_size:
            message = f"holds {size} bytes where {file.plain_size} were written"
            return [self._fault("backup_file_truncated", file, message)]
        return []

    def _keep(self, file: BackupFile, plain: Iterator[bytes]) -> int:
        if self.directory is None:
            return sum(len(piece) for piece in plain)
        size = 0
        try:
            with (self.directory / file.name).open("wb") as target:
                for piece in plain:
                    size += target.write(piece)
        except OSError as error:
            raise BackupNotTaken(
                f"{self.directory}: {error.strerror}",
                f"make room for {self.manifest.size} bytes there, or name another disk in TMPDIR",
            ) from None
        return size

    def _damage(self, file: BackupFile, error: BackupDamaged) -> Finding:
        """A file of the same backup in another one's place is worth to be told as such."""
        digest = hashlib.sha256()
        for piece in self.shelf.vault.read(self.name(file), file.version):
            digest.update(piece)
        other = self.by_sha.get(digest.hexdigest())
        if other is not None and other != file.name:
            return self._fault("backup_file_swapped", file, f"holds what {other} should")
        said = error.message.removeprefix(f"{self.name(file)}: ")
        return self._fault("backup_file_damaged", file, f"is damaged: {said}")

    def _fault(self, check: str, file: BackupFile, message: str, repair: str = REPAIR) -> Finding:
        return fault(check, self.name(file), f"{file.name} {message}", WHY, repair)
