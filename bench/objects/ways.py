"""The ways to hold rows against objects, each to be measured in a process of its own."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg

from bench.apart import peak_mb
from bench.store import opened
from studioops.integrity import compare_objects, load_contract
from studioops.objectstore import ObjectStore
from studioops.postgres import open_database

LOST = STRAY = 5
# A request takes the same time however many there are: the others are reckoned from these.
HEADS = 2_000


def measured(way: str, places: dict[str, Any]) -> dict[str, float]:
    """What a way costs: seconds, MB at the peak, MB before it began."""
    with opened(places["endpoint"], places["keys"]) as store:
        store.buckets()
        before, began = peak_mb(), time.monotonic()
        factor = WAYS[way](places["dsn"], store, places["size"])
        seconds = (time.monotonic() - began) * factor
    return {"seconds": seconds, "peak": peak_mb(), "before": before}


def ours(dsn: str, store: ObjectStore, size: int) -> float:
    """Our comparison, both ways, without contents."""
    with tempfile.TemporaryDirectory() as directory:
        file = Path(directory) / "contract.yaml"
        file.write_text(f"objects:\n- {{column: docs.path, bucket: docs-{size}}}\n", "utf-8")
        with open_database(dsn) as database:
            report = compare_objects(database, store, load_contract(file), target="bench")
    (seen,) = report.evidence["objects"]
    assert (seen["missing"], seen["unnamed"]) == (LOST, STRAY), seen  # noqa: S101
    return 1


def one_by_one(dsn: str, store: ObjectStore, size: int) -> float:
    """A HEAD request a row: for the first of them, as long as the others would take."""
    with psycopg.connect(dsn) as connection:
        rows = connection.execute("SELECT path FROM docs ORDER BY id LIMIT %s", [HEADS]).fetchall()
    for (path,) in rows:
        store.has(f"docs-{size}", path)
    return size / len(rows)


def in_memory(dsn: str, store: ObjectStore, size: int) -> float:
    """The bucket's list and the column as two Python sets."""
    with psycopg.connect(dsn) as connection:
        rows = {path for (path,) in connection.execute("SELECT path FROM docs")}
    there = {one.key for page in store.pages(f"docs-{size}") for one in page}
    assert (len(rows - there), len(there - rows)) == (LOST, STRAY)  # noqa: S101
    return 1


WAYS: dict[str, Callable[[str, ObjectStore, int], float]] = {
    "ours": ours,
    "in_memory": in_memory,
    "one_by_one": one_by_one,
}
