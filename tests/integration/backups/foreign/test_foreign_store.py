"""Dumps that lie in the object store."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from studioops.backups.foreign import on_disk
from studioops.errors import ObjectStoreUnreachable, UsageError
from studioops.objectstore import open_object_store


@pytest.fixture
def opener(object_store_server):
    server = object_store_server
    return lambda: open_object_store(server.endpoint, server.access_key, server.secret_key)


def leftovers() -> list[Path]:
    return list(Path(tempfile.gettempdir()).glob("studioops-work-*/files/dump"))


@pytest.mark.parametrize("name", ["s3://{bucket}/a/b.dump", "{bucket}/a/b.dump"])
def test_an_object(*, name, store, bucket, opener, dumped, verified):
    path = dumped("-Fc")
    store.put(bucket, "a/b.dump", path.read_bytes())
    with on_disk(name.format(bucket=bucket), opener) as fetched:
        assert fetched.read_bytes() == path.read_bytes()
        assert fetched.parent.stat().st_mode & 0o77 == 0
        assert verified(fetched).status == "passed"
    assert not fetched.exists()


@pytest.mark.parametrize("ending", ["/", ""])
def test_a_directory_dump_under_a_prefix(*, ending, store, bucket, opener, dumped, verified):
    for one in dumped("-Fd").iterdir():
        store.put(bucket, f"night/dump/{one.name}", one.read_bytes())
    store.put(bucket, "night/dump2/other", b"x")
    with on_disk(f"s3://{bucket}/night/dump{ending}", opener) as fetched:
        assert verified(fetched).status == "passed"
    assert not fetched.exists()


def test_a_part_that_is_missing_in_the_store(store, bucket, opener, dumped, verified):
    parts = sorted(dumped("-Fd").iterdir(), key=lambda one: one.stat().st_size)
    for one in parts[:-1]:
        store.put(bucket, f"d/{one.name}", one.read_bytes())
    with on_disk(f"s3://{bucket}/d/", opener) as fetched:
        assert "dump_part_missing" in verified(fetched).checks


def test_a_file_comes_before_an_object_of_its_name(store, bucket, opener, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path(bucket).mkdir()
    Path(bucket, "x").write_bytes(b"of the disk")
    store.put(bucket, "x", b"of the store")
    with on_disk(f"{bucket}/x", opener) as found:
        assert found.read_bytes() == b"of the disk"
    with on_disk(f"s3://{bucket}/x", opener) as found:
        assert found.read_bytes() == b"of the store"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("s3://{bucket}/nothing", "there is nothing called nothing"),
        ("s3://nowhere-{bucket}/x", "there is no bucket nowhere-"),
        ("{bucket}/nothing/", "there is nothing called nothing/"),
    ],
)
def test_nothing_of_that_name(name, said, bucket, opener):
    with pytest.raises(UsageError, match=said), on_disk(name.format(bucket=bucket), opener):
        pass


def test_a_store_that_is_away(bucket):
    def away():
        return open_object_store("127.0.0.1:1", "a", "b")

    with pytest.raises(ObjectStoreUnreachable), on_disk(f"s3://{bucket}/x", away):
        pass


def test_what_was_fetched_is_gone_after_an_error(store, bucket, opener):
    store.put(bucket, "x", b"x")
    before = leftovers()
    with pytest.raises(RuntimeError), on_disk(f"s3://{bucket}/x", opener):
        raise RuntimeError
    assert leftovers() == before
