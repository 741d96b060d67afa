"""Buckets and objects on a real store."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest

from studioops.local.object_store import ObjectStoreServer
from studioops.objectstore import ObjectStore, open_object_store


@pytest.mark.parametrize(
    ("key", "data"),
    [
        ("empty", b""),
        ("a/b/c.bin", bytes(range(256)) * 4096),
        ("ünï/with space+plus%20.txt", "ü".encode()),
    ],
)
def test_there_and_back(store: ObjectStore, bucket: str, key: str, data: bytes) -> None:
    store.put(bucket, key, data)
    assert store.get(bucket, key) == data


def test_put_takes_the_place_of_what_was_there(store: ObjectStore, bucket: str) -> None:
    store.put(bucket, "a", b"one")
    store.put(bucket, "a", b"two")
    assert store.get(bucket, "a") == b"two"


def test_missing_buckets_in_the_order_given(store: ObjectStore, bucket: str) -> None:
    assert store.missing_buckets(["zz-none", bucket, "aa-none", "zz-none"]) == [
        "zz-none",
        "aa-none",
    ]
    assert store.missing_buckets([]) == []


def test_ensuring_again_makes_nothing_and_keeps_what_is_there(
    store: ObjectStore, bucket: str
) -> None:
    store.put(bucket, "a", b"kept")
    other = f"test-{uuid.uuid4().hex}"
    assert store.ensure_buckets([bucket, other]) == [other]
    assert store.ensure_buckets([bucket, other]) == []
    assert store.get(bucket, "a") == b"kept"


def test_ensuring_by_several_at_once(store: ObjectStore) -> None:
    names = [f"test-{uuid.uuid4().hex}" for _ in range(4)]
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(store.ensure_buckets, [names] * 8))
    assert store.missing_buckets(names) == []
    assert {name for one in made for name in one} == set(names)


def test_bucket_that_somebody_made_in_between(store: ObjectStore, bucket: str) -> None:
    assert store._create(bucket) is False


def test_another_region(object_store_server: ObjectStoreServer) -> None:
    server = object_store_server
    name = f"test-{uuid.uuid4().hex}"
    keys = (server.access_key, server.secret_key)
    with open_object_store(server.endpoint, *keys, region="eu-central-1") as store:
        assert store.ensure_buckets([name]) == [name]
        store.put(name, "a", b"b")
        assert store.get(name, "a") == b"b"
