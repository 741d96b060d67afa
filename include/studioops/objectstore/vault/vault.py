"""What a place for backups can do, and what it says of its files."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


class Readable(Protocol):
    """Content that is read once, from its start to its end."""

    def read(self, size: int = -1, /) -> bytes:
        """Up to that many bytes; nothing at the end."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A file that was written whole.

    Args:
        name: in its vault.
        size: bytes, as stored.
        sha256: of them, in hex.
        version: the store's own id of this version; empty where it keeps none.
    """

    name: str
    size: int
    sha256: str
    version: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a vault's list.

    Args:
        name: in its vault.
        size: bytes, as stored.
        modified: when it was written.
    """

    name: str
    size: int
    modified: datetime


class Vault(Protocol):
    """A place for files by name. A file is there whole or not at all."""

    @property
    def where(self) -> str:
        """The place, to be shown."""

    def write(self, name: str, source: Readable, size: int = 0) -> Stored:
        """Keep a file, in place of one of that name.

        Args:
            name: with slashes, no leading one.
            source: its content.
            size: bytes to expect, where known.

        Raises:
            ObjectStoreError: or one of its kinds.
            BackupNotTaken: the place is full.
        """

    def read(self, name: str, version: str = "") -> Iterator[bytes]:
        """A file's content, a piece at a time.

        Args:
            name: as it was written.
            version: that one, where the store keeps several.

        Raises:
            NoSuchObject: there is none.
            ObjectStoreError: or another of its kinds.
        """

    def entries(self, prefix: str = "") -> Iterator[Entry]:
        """Every file whose name begins so, by name.

        Raises:
            ObjectStoreError: or one of its kinds.
        """

    def remove(self, names: Iterable[str]) -> None:
        """Remove files, all their versions too; what is not there is well.

        Raises:
            ObjectStoreError: one can't be removed (it may be locked).
        """


class Measured:
    """Content that is counted and hashed while somebody else reads it.

    Args:
        source: the content.
    """

    def __init__(self, source: Readable) -> None:
        self._source = source
        self._hash = hashlib.sha256()
        self.size = 0

    def read(self, size: int = -1) -> bytes:
        """Up to that many bytes; nothing at the end."""
        piece = self._source.read(size)
        self._hash.update(piece)
        self.size += len(piece)
        return piece

    def readable(self) -> bool:
        """Yes."""
        return True

    @property
    def sha256(self) -> str:
        """Of all that was read so far, in hex."""
        return self._hash.hexdigest()
