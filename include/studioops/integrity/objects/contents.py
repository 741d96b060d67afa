"""Whether an object is there now, and whether its content is what a row says: by reading it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice

from studioops.errors import NoSuchObject, ObjectStoreError
from studioops.integrity.objects.buckets import Buckets

READERS = 8
PORTION = 1000
LONGEST_KEY = 1024


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

    @property
    def differs(self) -> bool:
        """Whether it is there and another one than was claimed."""
        return self.actual not in (None, self.claimed)


def read_contents(store: Buckets, bucket: str, claims: Iterable[tuple[str, str]]) -> Iterator[Read]:
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

    left = iter(claims)
    with ThreadPoolExecutor(READERS, "contents") as threads:
        # A pool takes in all that it is given at once: a portion of a million at a time.
        while portion := list(islice(left, PORTION)):
            yield from threads.map(read, portion)


def within(claims: Iterable[tuple[str, str, int]], limit: int | None) -> Iterator[tuple[str, str]]:
    """The first claims whose objects have no more bytes together; one at least.

    Args:
        claims: names, each with the SHA-256 that is claimed and the object's size.
        limit: bytes; None for all of them.
    """
    total = 0
    for key, sha256, size in claims:
        if limit is not None and total and total + size > limit:
            return
        total += size
        yield key, sha256


def missing_now(store: Buckets, bucket: str, keys: Sequence[str]) -> list[str]:
    """Which of these the bucket does not have at this moment.

    Args:
        store: where they should be.
        bucket: its name.
        keys: the names; what can't be an object's is missing too.

    Raises:
        ObjectStoreError: nobody can tell.
    """
    with ThreadPoolExecutor(READERS, "objects") as threads:
        there = threads.map(lambda key: _is_there(store, bucket, key), keys)
        return [key for key, found in zip(keys, there, strict=True) if not found]


def _is_there(store: Buckets, bucket: str, key: str) -> bool:
    if not key or len(key.encode()) > LONGEST_KEY:
        return False
    # A store that keeps directories says yes to the name of one.
    if key.endswith("/"):
        return _is_listed(store, bucket, key)
    try:
        return store.has(bucket, key)
    except ObjectStoreError as error:
        # It may refuse a name ("../x") as no object's. Whether that was all, its list tells.
        if type(error) is not ObjectStoreError:
            raise
        return _is_listed(store, bucket, key)


def _is_listed(store: Buckets, bucket: str, key: str) -> bool:
    """By the list of what begins so: the name itself comes first in it."""
    return any(one.key == key for one in next(store.pages(bucket, key), []))
