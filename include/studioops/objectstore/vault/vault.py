"""What a place for backups can do, and what it says of its files."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from studioops.objectstore.vault.pieces import whole


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
        """Every file whose name begins so, each once; in the store's own order, which need not be
        that of the names.

        Raises:
            ObjectStoreError: or one of its kinds.
        """

    def folders(self, prefix: str = "") -> Iterator[str]:
        """Folders: names of files up to the next slash, each once.

        What lies in a folder is not listed, however much it is; a folder may be told of whose
        files are all gone. The order is the store's own.

        Args:
            prefix: only those that begin so, such as ``shop/2`` for ``shop/2026/`` and the like.

        Returns:
            each with the prefix and its slash at the end.

        Raises:
            ObjectStoreError: or one of its kinds.
        """

    def has(self, name: str) -> bool:
        """Whether a file is there.

        Raises:
            ObjectStoreError: nobody can tell.
        """

    def remove(self, names: Iterable[str]) -> None:
        """Remove files, all their versions too; what is not there is well.

        Raises:
            ObjectStoreError: one can't be removed (it may be locked).
        """

    def locked_until_of(self, name: str) -> datetime | None:
        """When a file can be removed; None where nothing holds it, ``datetime.max`` for no end.

        Raises:
            ObjectStoreError: or one of its kinds.
        """

    @property
    def locks_until(self) -> datetime | None:
        """Until when a file that is written now can't be removed; None where nothing locks it.

        Raises:
            ObjectStoreError: or one of its kinds.
        """

    def locking(self, end: datetime) -> Vault:
        """The same place, where files that are written are locked until then, if it locks any."""

    def lock_longer(self, name: str, end: datetime) -> None:
        """Let a file's lock end no earlier than then; one that ends later stays as it is.

        Raises:
            NoSuchObject: there is none.
            ObjectStoreError: or another of its kinds.
        """

    @property
    def unlocked(self) -> Vault:
        """The same place, for files that must be removable at any time."""

    def abort_uploads(self, before: datetime, prefix: str = "") -> int:
        """Give up what somebody began to write before then and never ended; how many.

        Args:
            before: the moment, with its offset.
            prefix: only files whose name begins so.

        Raises:
            ObjectStoreError: or one of its kinds.
        """


class Measured:
    """Content that is counted and hashed while somebody else reads it.

    Args:
        source: the content.
    """

    def __init__(self, source: Readable) -> None:
        self._source = whole(source)
        self._hash = hashlib.sha256()
        self.size = 0

    def read(self, size: int = -1) -> bytes:
        """That many bytes, fewer only at the end: a store takes no short part but the last."""
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
