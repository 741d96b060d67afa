"""Files are encrypted and shipped as soon as pg_dump has closed them, and then removed."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from studioops.backups.model import BackupFile
from studioops.backups.shelf import DUMP, Shelf
from studioops.backups.take.dumping import Dump
from studioops.errors import BackupNotTaken
from studioops.objectstore.encryption import EncryptingReader

PAUSE_S = 0.05
# Closed files that wait for the store: beyond that pg_dump waits too.
MOST_WAITING = 1 << 30


@dataclass
class Shipper:
    """Ships what a dump writes.

    Args:
        shelf: where to.
        folder: of the backup in the vault.
        workers: files that are under way at the same time.
        progress: told a file's name, how many were shipped, and how many are known.
    """

    shelf: Shelf
    folder: str
    workers: int = 2
    progress: Callable[[str, int, int], None] | None = None
    shipped: list[BackupFile] = field(default_factory=list)

    def follow(self, dump: Dump) -> tuple[BackupFile, ...]:
        """Ship until the dump has ended and nothing is left.

        Args:
            dump: that runs.

        Returns:
            its files, by name.

        Raises:
            ObjectStoreError: one can't be shipped.
            BackupNotTaken: this machine's disk or the vault is full.
        """
        under_way: dict[str, Future[BackupFile]] = {}
        with ThreadPoolExecutor(self.workers) as pool:
            try:
                while True:
                    running = dump.running()
                    for path in self._closed(dump, running=running):
                        if path.name not in under_way:
                            under_way[path.name] = pool.submit(self._ship, path)
                    self._gather(under_way)
                    dump.pause(paused=_waiting(dump.directory, under_way) > MOST_WAITING)
                    if not running and not under_way:
                        return tuple(sorted(self.shipped, key=lambda one: one.name))
                    dump.wait(PAUSE_S) if running else time.sleep(PAUSE_S)
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise

    def _closed(self, dump: Dump, *, running: bool) -> list[Path]:
        """Listed first, then asked: what stands in the list and is open by nobody is whole."""
        listed = list(dump.directory.iterdir()) if dump.directory.exists() else []
        writing = dump.open_files() if running and listed else set()
        return [one for one in listed if one.name not in writing]

    def _gather(self, under_way: dict[str, Future[BackupFile]]) -> None:
        for name in [name for name, future in under_way.items() if future.done()]:
            self.shipped.append(under_way.pop(name).result())
            if self.progress is not None:
                known = len(self.shipped) + len(under_way)
                self.progress(name, len(self.shipped), known)

    def _ship(self, path: Path) -> BackupFile:
        name = f"{self.folder}{DUMP}{path.name}"
        try:
            plain_size = path.stat().st_size
            with path.open("rb") as file:
                sealed = EncryptingReader(file, self.shelf.keyring, name)
                stored = self.shelf.vault.write(name, sealed, plain_size)
            path.unlink()
        except OSError as error:
            raise BackupNotTaken(
                f"{path.parent}: {error.strerror}", "mend that disk, then run this again"
            ) from None
        return BackupFile(path.name, plain_size, stored.size, stored.sha256, stored.version)


def _waiting(directory: Path, under_way: dict[str, Future[BackupFile]]) -> int:
    total = 0
    for name in under_way:
        try:
            total += (directory / name).stat().st_size
        except FileNotFoundError:
            continue
    return total
