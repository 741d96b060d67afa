"""However many objects a copy has, its process takes the same memory."""

from __future__ import annotations

import tracemalloc
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from studioops.backups.buckets import (
    CopiedObject,
    copy_bucket,
    list_copy,
    restore_objects,
    unreferenced,
    verify_copy,
)
from studioops.backups.buckets.listing import write_list
from studioops.backups.model import BucketCopy, Manifest, new_backup_id
from studioops.objectstore.store import ListedObject, ObjectStore
from studioops.objectstore.vault import DirectoryVault, Entry

FEW, MANY = 1_000, 6_000
# The keys and names alone of so many would take three times as much.
SLACK = 1 << 20
OLD = datetime(2026, 1, 1, tzinfo=UTC)


class Listing(ObjectStore):
    """A bucket of so many objects that nobody has to write."""

    def pages(self, *_: str) -> Iterator[list[ListedObject]]:
        for start in range(0, self.count, 1000):
            yield [
                ListedObject(f"path/of/{n:08d}", 1, OLD, f'"{n:032x}"')
                for n in range(start, start + 1000)
            ]


class Filled(DirectoryVault):
    """A vault whose list has so many files of content that nobody has to write."""

    def entries(self, prefix: str = "") -> Iterator[Entry]:
        yield from super().entries(prefix)
        if "/data/" in f"{prefix}data/":
            yield from (Entry(stored(n), 99, OLD) for n in range(self.count))


def stored(number: int) -> str:
    return f"studioops/buckets/documents/data/{number:032x}"


def many_objects(count: int) -> Iterator[CopiedObject]:
    for n in range(count):
        words = (f"path/of/{n:08d}", 1, f'"{n:032x}"', OLD.isoformat(), "0" * 64)
        yield CopiedObject(*words, stored(n), 99, "0" * 64, "new")


def peak(work: Callable[[], object]) -> int:
    tracemalloc.start()
    work()
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most


def peaks(archive, tmp_path, count: int) -> dict[str, int]:
    """Bytes at the peak of each piece of work on so many objects."""
    vault = Filled(tmp_path / uuid.uuid4().hex)
    object.__setattr__(vault, "count", count)
    shelf = replace(archive.shelf, vault=vault)
    source = Listing(archive.store.endpoint, archive.store.region, archive.store.client)
    object.__setattr__(source, "count", count)
    first: list[BucketCopy] = []
    most = {
        "write": peak(
            lambda: first.append(write_list(shelf, "documents", "one", many_objects(count)))
        )
    }
    (copy,) = first
    now = datetime.now(UTC) + timedelta(seconds=60)
    backup_id = new_backup_id(now)
    shelf.keep(
        Manifest(backup_id, shelf.target, now, 0, {}, "", (), {}, {}, {}, {}, buckets=(copy,))
    )
    work = {
        "list": lambda: sum(1 for _ in list_copy(shelf, copy)),
        "copy": lambda: copy_bucket(source, "documents", shelf, "two", previous=copy),
        "verify": lambda: verify_copy(shelf, copy, sample=0, seed=1),
        "restore": lambda: restore_objects(shelf, copy, source, "documents"),
        "unreferenced": lambda: sum(1 for _ in unreferenced(shelf, before=now)),
    }
    assert len(work) == 5
    return {**most, **{name: peak(one) for name, one in work.items()}}


def test_the_peak_does_not_grow_with_the_objects(archive, tmp_path):
    # The first round loads what boto3 and SQLite keep.
    peaks(archive, tmp_path, FEW)
    few, many = peaks(archive, tmp_path, FEW), peaks(archive, tmp_path, MANY)
    assert all(many[name] < few[name] + SLACK for name in few), (few, many)
