"""Whether an object's content is what a row says of it: the only way to know is to read it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from studioops.errors import NoSuchObject
from studioops.objectstore import ObjectStore

READERS = 8


@dataclass(frozen=True, slots=True)
class Read:
    """An object that was read.

    Args:
        key: its name.
        claimed: the SHA-256 that a row claims, in hex.
        actual: that of its content; None where the object is gone.
        size: bytes read.
    """

    key: str
    claimed: str
    actual: str | None
    size: int


def read_contents(store: ObjectStore, bucket: str, claims: Sequence[tuple[str, str]]) -> list[Read]:
    """Read objects, several at a time, a piece of each at a time.

    Args:
        store: where they are.
        bucket: its name.
        claims: names, each with the SHA-256 that is claimed.

    Raises:
        ObjectStoreError: one can't be read.
    """

    def read(claim: tuple[str, str]) -> Read:
        digest, size = hashlib.sha256(), 0
        try:
            for piece in store.chunks(bucket, claim[0]):
                digest.update(piece)
                size += len(piece)
        except NoSuchObject:
            return Read(claim[0], claim[1], None, size)
        return Read(claim[0], claim[1], digest.hexdigest(), size)

    with ThreadPoolExecutor(READERS, "contents") as threads:
        return list(threads.map(read, claims))


def missing_now(store: ObjectStore, bucket: str, keys: Sequence[str]) -> list[str]:
    """Which of these the bucket does not have at this moment.

    Args:
        store: where they should be.
        bucket: its name.
        keys: the names; an empty one can't be an object's.

    Raises:
        ObjectStoreError: nobody can tell.
    """
    with ThreadPoolExecutor(READERS, "objects") as threads:
        there = threads.map(lambda key: bool(key) and store.has(bucket, key), keys)
        return [key for key, found in zip(keys, there, strict=True) if not found]
