"""Files in a directory of this machine: where there is no object store, and while it is away."""

from __future__ import annotations

import errno
import fcntl
import os
import re
import secrets
import stat
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from io import FileIO
from pathlib import Path

from studioops.errors import (
    BackupNotTaken,
    NoSuchObject,
    ObjectStoreDenied,
    ObjectStoreError,
    StudioOpsError,
)
from studioops.objectstore.vault.vault import Entry, Measured, Readable, Stored

PIECE = 1 << 20
# Each writer has a half file of its own, so that two of one name never mix.
HALF = re.compile(r"\.[0-9a-f]{16}\.part")
NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL
FORBIDDEN = (errno.EACCES, errno.EPERM, errno.EROFS)
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
NOT_THERE = (FileNotFoundError, IsADirectoryError, NotADirectoryError)
LOOK_AGAIN = 8 * PIECE
LEFTOVER_S = 60
TRIES = 20


@dataclass(frozen=True)
class DirectoryVault:
    """A directory as a vault.

    Args:
        root: the directory; made, for its owner alone, with the first file.
        limit: bytes that all its files may take together; 0 for what the disk holds. Several
            writers at once may pass it by some MB each.
    """

    root: Path
    limit: int = 0

    @property
    def where(self) -> str:
        """The directory."""
        return str(self.root)

    def write(self, name: str, source: Readable, size: int = 0) -> Stored:  # noqa: ARG002 - as Vault has it
        """As :class:`Vault` says: on disk before it has its name."""
        path, measured = self._path(name), Measured(source)
        with self._told():
            half, file = self._begin(path)
        try:
            with file:
                for piece in self._within_limit(measured):
                    with self._told():
                        _write_all(file, piece)
                with self._told():
                    os.fsync(file.fileno())
                    half.rename(path)
                    self._sync(path)
        finally:
            with suppress(OSError):
                half.unlink(missing_ok=True)
        return Stored(name, measured.size, measured.sha256)

    def read(self, name: str, version: str = "") -> Iterator[bytes]:  # noqa: ARG002 - as Vault has it
        """As :class:`Vault` says."""
        try:
            with self._path(name).open("rb") as file:
                while piece := file.read(PIECE):
                    yield piece
        except NOT_THERE:
            raise NoSuchObject(
                f"{self.root}: there is no file {name}", "see what the directory holds"
            ) from None
        except OSError as error:
            raise self._trouble(error) from None

    def entries(self, prefix: str = "") -> Iterator[Entry]:
        """As :class:`Vault` says."""
        for name, about in self._files(prefix):
            if not HALF.fullmatch(name.rpartition("/")[2]):
                yield Entry(name, about.st_size, datetime.fromtimestamp(about.st_mtime, UTC))

    def folders(self, prefix: str = "") -> Iterator[str]:
        """As :class:`Vault` says."""
        folder, slash, start = prefix.rpartition("/")
        try:
            with os.scandir(self._path(folder) if folder else self.root) as listing:
                yield from (
                    f"{folder}{slash}{one.name}/"
                    for one in listing
                    if one.name.startswith(start) and one.is_dir(follow_symlinks=False)
                )
        except OSError as error:
            with self._told():
                self._unreadable(error)

    def has(self, name: str) -> bool:
        """As :class:`Vault` says."""
        try:
            return stat.S_ISREG(self._path(name).lstat().st_mode)
        except NOT_THERE:
            return False
        except OSError as error:
            raise self._trouble(error) from None

    def remove(self, names: Iterable[str]) -> None:
        """As :class:`Vault` says; directories that became empty go too."""
        for name in names:
            path = self._path(name)
            try:
                with suppress(*NOT_THERE):
                    path.unlink()
            except OSError as error:
                raise self._trouble(error) from None
            self._drop_empty(name)

    def locked_until_of(self, name: str) -> datetime | None:  # noqa: ARG002 - as Vault has it
        """As :class:`Vault` says: a directory locks nothing."""
        return None

    @property
    def locks_until(self) -> datetime | None:
        """As :class:`Vault` says: never."""
        return None

    def locking(self, end: datetime) -> DirectoryVault:  # noqa: ARG002 - as Vault has it
        """As :class:`Vault` says."""
        return self

    def lock_longer(self, name: str, end: datetime) -> None:
        """As :class:`Vault` says: a directory locks nothing."""

    @property
    def unlocked(self) -> DirectoryVault:
        """As :class:`Vault` says."""
        return self

    def abort_uploads(self, before: datetime, prefix: str = "") -> int:
        """As :class:`Vault` says: half files, but for those of writers that live."""
        count = 0
        for name, about in self._files(prefix):
            half = HALF.fullmatch(name.rpartition("/")[2])
            if half and about.st_mtime < before.timestamp() and _swept(self.root / name):
                self._drop_empty(name)
                count += 1
        return count

    def _path(self, name: str) -> Path:
        """Where a file lies: below the root, whatever its name."""
        parts = name.split("/")
        if "\0" in name or {"", ".", ".."} & {*parts} or HALF.fullmatch(parts[-1]):
            raise ObjectStoreError(
                f"{self.root}: no file can be called {name!r} there", "rename what it is made from"
            )
        return self.root / name

    def _begin(self, path: Path) -> tuple[Path, FileIO]:
        """A half file that nobody else writes; locked, so that a sweep knows its writer lives."""
        half = path.with_name(f".{secrets.token_hex(8)}.part")
        for left in reversed(range(TRIES)):
            try:
                self._make(path.parent)
                descriptor = os.open(half, NEW_FILE, 0o600)
            except (FileNotFoundError, FileExistsError):
                # Somebody removed the directory, since it had just become empty; or made it, and
                # it was gone again when mkdir looked what was there.
                if not left:
                    raise
            else:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return half, FileIO(descriptor, "wb")
        raise AssertionError

    def _drop_empty(self, name: str) -> None:
        for parent in (self.root / name).parents[: name.count("/")]:
            with suppress(OSError):
                parent.rmdir()

    def _make(self, directory: Path) -> None:
        """Directories for their owner alone; those above the root are not ours."""
        self.root.parent.mkdir(parents=True, exist_ok=True)
        depth = len(directory.relative_to(self.root).parts)
        for one in (*reversed(directory.parents[:depth]), directory):
            one.mkdir(mode=0o700, exist_ok=True)

    def _within_limit(self, source: Measured) -> Iterator[bytes]:
        room = 0
        while piece := source.read(PIECE):
            if self.limit and len(piece) > room:
                room = min(self.limit - self._used(), LOOK_AGAIN)
                if len(piece) > room:
                    raise self._full()
            room -= len(piece)
            yield piece

    def _used(self) -> int:
        """Bytes of all files, half ones too, but for those of writers that were killed."""
        used = 0
        for name, about in self._files():
            half = HALF.fullmatch(name.rpartition("/")[2])
            stale = half and time.time() - about.st_mtime > LEFTOVER_S
            if not (stale and _swept(self.root / name)):
                used += about.st_size
        return used

    def _files(self, prefix: str = "") -> Iterator[tuple[str, os.stat_result]]:
        """Every file whose name begins so, by name; a directory that can't be read is an error."""
        folder = prefix.rpartition("/")[0]
        top = self._path(folder) if folder else self.root
        try:
            names = sorted(
                str(Path(directory, one).relative_to(self.root))
                for directory, _, files in os.walk(top, onerror=self._unreadable)
                for one in files
            )
        except OSError as error:
            raise self._trouble(error) from None
        for name in names:
            with suppress(FileNotFoundError):
                about = (self.root / name).lstat()
                if name.startswith(prefix) and stat.S_ISREG(about.st_mode):
                    yield name, about

    def _unreadable(self, error: OSError) -> None:
        if not isinstance(error, NOT_THERE) or self.root.is_file():
            raise error

    def _sync(self, path: Path) -> None:
        """A name is on disk once its directory is, and that one's, up to the root."""
        depth = len(path.relative_to(self.root).parts)
        for directory in path.parents[:depth]:
            descriptor = os.open(directory, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise self._trouble(error) from None

    def _full(self) -> BackupNotTaken:
        return BackupNotTaken(
            f"{self.root}: its {self.limit} bytes are used up",
            "mend the object store, so that what waits there is delivered, or give it more room",
        )

    def _trouble(self, error: OSError) -> StudioOpsError:
        said = f"{self.root}: {error.strerror or type(error).__name__}"
        if error.errno in FULL:
            return BackupNotTaken(said, "make room there, then run this again")
        kind = ObjectStoreDenied if error.errno in FORBIDDEN else ObjectStoreError
        return kind(said, "mend the directory and its rights, then run this again")


def _write_all(file: FileIO, piece: bytes) -> None:
    """A raw file may take less than it is given; a buffered one would fail once more at its end."""
    rest = memoryview(piece)
    while rest:
        rest = rest[file.write(rest) :]


def _swept(half: Path) -> bool:
    """Remove a half file whose writer is gone; False where it lives."""
    with suppress(OSError), half.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        half.unlink()
        return True
    return False
