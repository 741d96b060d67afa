"""Rows against objects: ours, a HEAD a row, and a list in memory; wall time and peak memory."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psycopg
from rich.progress import track

from bench.apart import in_a_process
from bench.cluster import cluster
from bench.objects.bulk import load_objects, names
from bench.objects.page import line, page
from bench.objects.ways import LOST, STRAY, WAYS
from bench.store import object_store
from studioops.local.object_store import ObjectStoreServer
from studioops.objectstore import ObjectStore

PAGE = Path(__file__).parents[2] / "docs" / "bench" / "objects.md"
SIZES = (10_000, 100_000, 1_000_000)


def main(options: Sequence[str] = ()) -> None:
    """Measure every size and write the page.

    Args:
        options: sizes to measure instead; then the page is only shown.
    """
    lines = []
    with cluster() as dsn, object_store() as (server, store):
        places: dict[str, Any] = {
            "dsn": dsn,
            "endpoint": server.endpoint,
            "keys": [server.access_key, server.secret_key],
        }
        for size in track([*map(int, options)] or SIZES, description="bench objects"):
            began = time.monotonic()
            prepare(dsn, server, store, size)
            made = time.monotonic() - began
            asked = {**places, "size": size}
            costs = {way: in_a_process("bench.objects.ways", way, asked) for way in WAYS}
            lines.append(line(size, costs))
            print(f"made in {made:.0f} s: {lines[-1]}", flush=True)  # noqa: T201
    if not options:
        PAGE.parent.mkdir(parents=True, exist_ok=True)
        PAGE.write_text(page(lines), encoding="utf-8")
    print(page(lines))  # noqa: T201 - a benchmark talks to whoever runs it


def prepare(dsn: str, server: ObjectStoreServer, store: ObjectStore, size: int) -> None:
    """So many rows and objects; a few rows without an object, a few objects without a row."""
    load_objects(server, store, f"docs-{size}", names(size))
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("DROP TABLE IF EXISTS docs")
        connection.execute("CREATE TABLE docs (id int PRIMARY KEY, path text NOT NULL)")
        with connection.cursor().copy("COPY docs FROM STDIN") as copy:
            for number, name in enumerate(names(size + LOST)):
                if number >= STRAY:
                    copy.write_row((number, name))
        connection.execute("VACUUM ANALYZE docs")
