"""The content of a copied object, proven while it is read."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from studioops.backups.buckets.copied import CopiedObject
from studioops.backups.shelf import NEXT_STEP, Shelf
from studioops.errors import BackupDamaged
from studioops.objectstore.encryption import decrypted


def plain(shelf: Shelf, one: CopiedObject) -> Iterator[bytes]:
    """Its content, a piece at a time.

    Args:
        shelf: where it lies.
        one: as the copy's list has it.

    Raises:
        BackupDamaged: it is not what was copied; after the last piece at the latest.
        NoSuchObject: its file is gone.
        NoSuchKey: the settings don't hold its key.
        ObjectStoreError: or one of its kinds.
    """
    digest, size = hashlib.sha256(), 0
    for piece in decrypted(shelf.vault.read(one.stored), shelf.keyring, one.stored):
        digest.update(piece)
        size += len(piece)
        yield piece
    if (digest.hexdigest(), size) != (one.sha256, one.size):
        raise BackupDamaged(f"{one.stored}: its content is another object's", NEXT_STEP)
