"""A backup's files brought back, each proven to be what was written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from studioops.backups.model import BackupFile, Manifest
from studioops.backups.seen import Seen
from studioops.backups.shelf import Shelf
from studioops.backups.verifying.files import Progress, as_one, read_files
from studioops.errors import BackupNotTaken
from studioops.model import Stopwatch

SUBJECT = "files"


def fetch_dump(
    shelf: Shelf,
    manifest: Manifest,
    directory: Path,
    *,
    workers: int = 2,
    progress: Progress | None = None,
) -> Seen:
    """Fetch every file of a dump, decrypted.

    Args:
        shelf: where it lies.
        manifest: the backup's.
        directory: where the plain files go.
        workers: files that are under way at the same time.
        progress: told a file's name, how many MB were fetched, and of how many; by several
            threads.

    Returns:
        one subject; a finding for each file that is not what was written, and ``not_checked``
        where the key of one is not set.

    Raises:
        ObjectStoreError: the vault can't be read.
        BackupNotTaken: the disk is full.
    """
    watch = Stopwatch()
    keeping = _Keeping(directory, manifest.size)
    reading = read_files(shelf, manifest, keeping.keep, workers=workers, progress=progress)
    parts = list(reading)
    return as_one(SUBJECT, parts, seconds=watch.seconds)


@dataclass(frozen=True)
class _Keeping:
    directory: Path
    size: int

    def keep(self, file: BackupFile, plain: Iterator[bytes]) -> int:
        """The sink that writes."""
        size = 0
        try:
            with (self.directory / file.name).open("wb") as target:
                for piece in plain:
                    size += target.write(piece)
        except OSError as error:
            raise BackupNotTaken(
                f"{self.directory}: {error.strerror}",
                f"make room for {self.size} bytes there, or name another disk in TMPDIR",
            ) from None
        return size
