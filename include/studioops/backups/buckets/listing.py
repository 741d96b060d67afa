"""A copy's list in the vault: gzipped JSON lines, encrypted, written and read line by line."""

from __future__ import annotations

import gzip
import hashlib
import io
import zlib
from collections.abc import Iterable, Iterator
from typing import Any, Protocol

from studioops.backups.buckets.copied import CopiedObject
from studioops.backups.buckets.places import manifest_name
from studioops.backups.model import BucketCopy
from studioops.backups.shelf import NEXT_STEP, Shelf
from studioops.errors import BackupDamaged
from studioops.objectstore.encryption import EncryptingReader, decrypted

FORMAT = b'{"format":1}\n'
GZIP = 31
LEVEL = 6


def write_list(
    shelf: Shelf, bucket: str, backup_id: str, objects: Iterable[CopiedObject]
) -> BucketCopy:
    """Write a copy's list, which makes it one.

    Args:
        shelf: where to.
        bucket: that was copied.
        backup_id: the backup that it is part of.
        objects: by key; their content is in the vault by now.

    Raises:
        ObjectStoreError: or one of its kinds: then there is no list.
        BackupNotTaken: the vault is full.
    """
    name, source = manifest_name(shelf, bucket, backup_id), _Zipped(objects)
    stored = shelf.vault.write(name, EncryptingReader(source, shelf.keyring, name))
    return BucketCopy(bucket, name, stored.sha256, source.objects, source.size)


def list_copy(shelf: Shelf, copy: BucketCopy) -> Iterator[CopiedObject]:
    """Every object of a copy, by key.

    Each part is proven before it is read. That the list as a whole is the one which the backup's
    manifest names is known at its end: who acts on it must have read it whole before.

    Args:
        shelf: where the copy lies.
        copy: as the backup's manifest has it.

    Raises:
        BackupDamaged: it is another one, was edited, or was cut.
        NoSuchObject: it is gone.
        NoSuchKey: the settings don't hold its key.
        ObjectStoreError: or one of its kinds.
    """
    digest, count = hashlib.sha256(), 0
    sealed = _hashed(shelf.vault.read(copy.manifest), digest)
    plain = _Pieces(decrypted(sealed, shelf.keyring, copy.manifest))
    try:
        with gzip.GzipFile(fileobj=io.BufferedReader(plain)) as lines:
            if lines.readline() != FORMAT:
                raise _damaged(copy, "is of another format")
            for line in lines:
                yield CopiedObject.from_line(line)
                count += 1
    except (OSError, EOFError, zlib.error, ValueError, TypeError):
        raise _damaged(copy, "is no list of ours") from None
    for _ in sealed:
        # Whatever stands behind the end belongs to the file that was hashed.
        continue
    if digest.hexdigest() != copy.sha256 or count != copy.objects:
        raise _damaged(copy, "is another list than the backup's manifest names")


class Digest(Protocol):
    """What hashlib makes."""

    def update(self, data: bytes, /) -> None:
        """Take in more."""


class _Zipped:
    """Objects as gzipped lines, made while they are read."""

    def __init__(self, objects: Iterable[CopiedObject]) -> None:
        self._objects = iter(objects)
        self._zip = zlib.compressobj(LEVEL, wbits=GZIP)
        self._buffer = bytearray(self._zip.compress(FORMAT))
        self._ended = False
        self.objects = self.size = 0

    def read(self, size: int = -1) -> bytes:
        """Up to that many bytes; all that is left where the size is negative."""
        while not self._ended and (size < 0 or len(self._buffer) < size):
            self._add_one()
        taken = len(self._buffer) if size < 0 else size
        piece = bytes(self._buffer[:taken])
        del self._buffer[:taken]
        return piece

    def _add_one(self) -> None:
        one = next(self._objects, None)
        if one is None:
            self._buffer += self._zip.flush()
            self._ended = True
            return
        self._buffer += self._zip.compress(f"{one.as_line()}\n".encode())
        self.objects += 1
        self.size += one.size


class _Pieces(io.RawIOBase):
    """Pieces as a file that is read once."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._left = b""

    def readable(self) -> bool:
        return True

    def readinto(self, target: Any) -> int:
        while not self._left:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._left = piece
        taken = min(len(target), len(self._left))
        target[:taken], self._left = self._left[:taken], self._left[taken:]
        return taken


def _hashed(pieces: Iterable[bytes], digest: Digest) -> Iterator[bytes]:
    for piece in pieces:
        digest.update(piece)
        yield piece


def _damaged(copy: BucketCopy, how: str) -> BackupDamaged:
    return BackupDamaged(f"{copy.manifest} {how}", NEXT_STEP)
