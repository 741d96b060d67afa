"""The ways that are measured side by side, each in a process of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any

from bench.apart import peak_mb
from bench.backup.ways import ours, theirs
from bench.backup.ways.way import Answer, Asked
from bench.store import opened
from studioops.objectstore import ObjectStore

__all__ = ["DRILL", "DUMP", "RESTORE", "TAKE", "TAKE_BARE", "WAYS", "Answer", "Asked", "measured"]

TAKE, TAKE_BARE, DRILL = "take", "take_bare", "drill"
DUMP, RESTORE = "dump", "restore"

WAYS: dict[str, Callable[[Asked, ObjectStore], Answer]] = {
    TAKE: ours.take_whole,
    TAKE_BARE: ours.take_bare,
    DRILL: ours.prove,
    DUMP: theirs.dump_and_copy,
    RESTORE: theirs.restore,
}


def measured(way: str, asked: dict[str, Any]) -> dict[str, Any]:
    """Go a way, in this process.

    Args:
        way: its name.
        asked: the fields of :class:`Asked`.

    Returns:
        the fields of :class:`Answer`.
    """
    with opened(asked["endpoint"], asked["keys"]) as store:
        store.buckets()
        before = peak_mb()
        answer = WAYS[way](Asked(**asked), store)
    return asdict(replace(answer, before=before, peak=peak_mb()))
