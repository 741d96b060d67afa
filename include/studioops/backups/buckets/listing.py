"""A copy's list in the vault: gzipped JSON lines, encrypted, written and read line by line."""

from __future__ import annotations

import gzip
import hashlib
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol, cast

from studioops.backups.buckets.copied import CopiedObject
from studioops.backups.buckets.places import manifest_name
from studioops.backups.model import BucketCopy
from studioops.backups.shelf import NEXT_STEP, Shelf
from studioops.errors import BackupDamaged
from studioops.objectstore.encryption import EncryptingReader, decrypted
from studioops.objectstore.vault import Pieces

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
    name, counted = manifest_name(shelf, bucket, backup_id), _Counted(objects)
    lines = Pieces(_zipped(counted))
    stored = shelf.vault.write(name, EncryptingReader(lines, shelf.keyring, name))
    return BucketCopy(bucket, name, stored.sha256, counted.objects, counted.size)


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
    plain = Pieces(decrypted(sealed, shelf.keyring, copy.manifest))
    try:
        with gzip.GzipFile(fileobj=cast(Any, plain)) as lines:
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


@dataclass
class _Counted:
    """Objects that are counted while somebody else takes them."""

    each: Iterable[CopiedObject]
    objects: int = 0
    size: int = 0

    def __iter__(self) -> Iterator[CopiedObject]:
        for one in self.each:
            self.objects += 1
            self.size += one.size
            yield one


def _zipped(objects: Iterable[CopiedObject]) -> Iterator[bytes]:
    """Objects as gzipped lines, made while they are read."""
    zipping = zlib.compressobj(LEVEL, wbits=GZIP)
    yield zipping.compress(FORMAT)
    for one in objects:
        yield zipping.compress(f"{one.as_line()}\n".encode())
    yield zipping.flush()


def _hashed(pieces: Iterable[bytes], digest: Digest) -> Iterator[bytes]:
    for piece in pieces:
        digest.update(piece)
        yield piece


def _damaged(copy: BucketCopy, how: str) -> BackupDamaged:
    return BackupDamaged(f"{copy.manifest} {how}", NEXT_STEP)
