"""However many objects there are, the comparing process takes the same memory."""

from __future__ import annotations

import tracemalloc

import pytest

from bench.objects.bulk import load_objects, names
from studioops.integrity.objects import rows
from tests.integration.integrity.objects.conftest import Library, only

FEW, MANY = 1_000, 5_000
# One set of the names would take twice as much.
SLACK = 256 * 1024


def peak(library: Library, size: int, prefix: str) -> int:
    """Bytes at the peak of a comparison with so many rows, each called as an object or not."""
    library.sql(
        "TRUNCATE books",
        f"INSERT INTO books (path) SELECT '{prefix}projects/' || lpad((n / 1000)::text, 4, '0') || '/' || lpad(n::text, 8, '0') || '.txt' FROM generate_series(0, {size - 1}) AS n",
    )
    tracemalloc.start()
    seen = only(library.compare(settling=300))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    lost = size if prefix else 0
    assert (seen["rows"], seen["missing"]) == (size, lost)
    return most


@pytest.fixture
def filled(library, object_store_server, monkeypatch):
    """Five thousand real objects; rows come a thousand at a time, as a page of the list does."""
    monkeypatch.setattr(rows, "CHUNK", 1000)
    load_objects(object_store_server, library.store, library.bucket, names(MANY))
    return library


def test_the_peak_does_not_grow_with_the_objects(filled):
    # The first look loads what boto3 and the catalog keep.
    peak(filled, 10, "")
    few, many = peak(filled, FEW, ""), peak(filled, MANY, "")
    assert many < few + SLACK, (few, many)
    # Nor where every name is suspected, and every object too.
    few, many = peak(filled, FEW, "lost/"), peak(filled, MANY, "lost/")
    assert many < few + SLACK, (few, many)
