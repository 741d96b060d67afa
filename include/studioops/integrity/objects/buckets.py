"""What a comparison asks of a store: a bucket's own, or a copy of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from studioops.objectstore.store import ListedObject


class Buckets(Protocol):
    """Objects by bucket and key; each raises an ObjectStoreError where nobody can tell."""

    def pages(self, bucket: str, prefix: str = "") -> Iterator[list[ListedObject]]:
        """Every object whose key begins so, a page at a time."""

    def has(self, bucket: str, key: str) -> bool:
        """Whether an object is there."""

    def chunks(self, bucket: str, key: str) -> Iterator[bytes]:
        """An object's content, a piece at a time."""
