"""However long the files are that a bucket is given, their process takes the same memory."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest

from bench.apart import in_a_process, peak_mb
from bench.store import opened
from studioops.objectstore.encryption import EncryptingReader, Keyring
from studioops.objectstore.vault import BucketVault

MB = 1 << 20
# As many at once as a backup ships where nobody asks for more.
AT_ONCE = ("a", "b")
KEYS = Keyring("k", {"k": b"1" * 32})
# For each a part, its chunks, and what malloc can't give back.
MOST_MB = 24 * len(AT_ONCE)
SLACK_MB = 16


class Zeros:
    """A file of so many bytes that nobody has to write."""

    def __init__(self, size: int) -> None:
        self._left = size

    def read(self, size: int = -1) -> bytes:
        taken = self._left if size < 0 else min(size, self._left)
        self._left -= taken
        return bytes(taken)


def ship(vault: BucketVault, name: str, size: int) -> int:
    return vault.write(name, EncryptingReader(Zeros(size), KEYS, name), size).size


def measured(way: str, asked: dict[str, Any]) -> dict[str, Any]:
    """In a process of its own: how much its peak grows while files are sealed and uploaded."""
    with opened(asked["endpoint"], asked["keys"]) as store:
        vault = BucketVault(store, asked["bucket"])
        # What it loads with the first file is there whatever comes.
        ship(vault, way, 1)
        before = peak_mb()
        with ThreadPoolExecutor(len(AT_ONCE)) as pool:
            sizes = list(pool.map(partial(ship, vault, size=asked["size"]), AT_ONCE))
    return {"grown": peak_mb() - before, "sizes": sizes}


def grown(endpoint: str, keys: Sequence[str], bucket: str, size: int) -> float:
    asked = {"endpoint": endpoint, "keys": keys, "bucket": bucket, "size": size}
    said = in_a_process(__name__, "first", asked)
    assert all(size < one < size + MB for one in said["sizes"])
    return float(said["grown"])


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc; next: run on Linux")
def test_a_hundred_mb_take_no_more_memory_than_twenty(object_store_server, bucket):
    server = object_store_server
    place = (server.endpoint, [server.access_key, server.secret_key], bucket)
    few, many = grown(*place, 10 * MB), grown(*place, 50 * MB)
    assert many < MOST_MB, (few, many)
    assert many < few + SLACK_MB, (few, many)
