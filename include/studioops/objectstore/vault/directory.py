"""Files in a directory of this machine: where there is no object store, and while it is away."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from studioops.errors import BackupNotTaken, NoSuchObject, ObjectStoreError
from studioops.objectstore.vault.vault import Entry, Measured, Readable, Stored

PIECE = 1 << 20
PART = ".part"
NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_TRUNC


@dataclass(frozen=True)
class DirectoryVault:
    """A directory as a vault.

    Args:
        root: the directory; made, for its owner alone, with the first file.
        limit: bytes that all its files may take together; 0 for what the disk holds.
    """

    root: Path
    limit: int = 0

    @property
    def where(self) -> str:
        """The directory."""
        return str(self.root)

    def write(self, name: str, source: Readable, size: int = 0) -> Stored:  # noqa: ARG002 - as Vault has it
        """As :class:`Vault` says: on disk before it has its name."""
        path = self.root / name
        room = self.limit - self._used() if self.limit else None
        half = path.with_name(f"{path.name}{PART}")
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with os.fdopen(os.open(half, NEW_FILE, 0o600), "wb") as file:
                measured = Measured(source)
                while piece := measured.read(PIECE):
                    if room is not None and measured.size > room:
                        raise self._full()
                    file.write(piece)
                file.flush()
                os.fsync(file.fileno())
            half.rename(path)
            _sync(path.parent)
        except OSError as error:
            raise BackupNotTaken(
                f"{self.root}: {error.strerror}", "make room there, then run this again"
            ) from None
        finally:
            with suppress(OSError):
                half.unlink(missing_ok=True)
        return Stored(name, measured.size, measured.sha256)

    def read(self, name: str, version: str = "") -> Iterator[bytes]:  # noqa: ARG002 - as Vault has it
        """As :class:`Vault` says."""
        try:
            with (self.root / name).open("rb") as file:
                while piece := file.read(PIECE):
                    yield piece
        except FileNotFoundError:
            raise NoSuchObject(
                f"{self.root}: there is no file {name}", "see what the directory holds"
            ) from None
        except OSError as error:
            raise self._trouble(error) from None

    def entries(self, prefix: str = "") -> Iterator[Entry]:
        """As :class:`Vault` says."""
        top = self.root / prefix.rpartition("/")[0]
        found = sorted((str(path.relative_to(self.root)), path) for path in top.rglob("*"))
        for name, path in found:
            with suppress(FileNotFoundError):
                about = path.stat()
                if name.startswith(prefix) and path.is_file() and not name.endswith(PART):
                    modified = datetime.fromtimestamp(about.st_mtime, UTC)
                    yield Entry(name, about.st_size, modified)

    def remove(self, names: Iterable[str]) -> None:
        """As :class:`Vault` says; directories that became empty go too."""
        for name in names:
            path = self.root / name
            try:
                path.unlink(missing_ok=True)
            except OSError as error:
                raise self._trouble(error) from None
            for parent in path.parents:
                if parent == self.root:
                    break
                with suppress(OSError):
                    parent.rmdir()

    def _used(self) -> int:
        return sum(one.size for one in self.entries())

    def _full(self) -> BackupNotTaken:
        return BackupNotTaken(
            f"{self.root}: its {self.limit} bytes are used up",
            "mend the object store, so that what waits there is delivered, or give it more room",
        )

    def _trouble(self, error: OSError) -> ObjectStoreError:
        return ObjectStoreError(f"{self.root}: {error.strerror}", "mend the directory's rights")


def _sync(directory: Path) -> None:
    """A name is on disk once its directory is."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
