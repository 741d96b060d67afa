"""``studioops recover objects``: what a bucket lost comes back from the backup's copy."""

from __future__ import annotations

import base64
import uuid

import pytest

KEY = base64.b64encode(bytes(range(32))).decode()


@pytest.fixture
def documents(store):
    name = f"test-{uuid.uuid4().hex}"
    store.ensure_buckets([name])
    for key in ("a.txt", "deep/b c.txt"):
        store.put(name, key, f"content of {key}".encode())
    yield name
    for page in store.pages(name):
        for one in page:
            store.client.delete_object(Bucket=name, Key=one.key)
    store.client.delete_bucket(Bucket=name)


@pytest.fixture
def shop(studioops, database_dsn, object_store_server, bucket, documents):
    def run(*words: str, **environment: str):
        settings = {
            "STUDIOOPS_TARGETS__SHOP__URL": database_dsn,
            "STUDIOOPS_BACKUP_KEY_ID": "k",
            "STUDIOOPS_BACKUP_KEYS__K": KEY,
            "STUDIOOPS_BACKUP_BUCKET": bucket,
            "MINIO_DOCUMENTS_BUCKET": documents,
            "MINIO_ENDPOINT": object_store_server.endpoint,
            "MINIO_ACCESS_KEY": object_store_server.access_key,
            "MINIO_SECRET_KEY": object_store_server.secret_key,
        }
        answer = studioops(*words, "--target", "shop", **settings | environment)
        assert object_store_server.secret_key not in answer.out + answer.err
        return answer

    return run


def test_a_lost_object_comes_back_and_a_newer_one_stays(shop, store, documents):
    taken = shop("backup", "take")
    assert taken.code == 0, taken.err
    assert f"2 objects of {documents}" in taken.out
    store.client.delete_object(Bucket=documents, Key="a.txt")
    store.put(documents, "deep/b c.txt", b"written since")

    asked = shop("recover", "objects")
    assert asked.code == 4
    assert "--yes" in asked.err
    dry = shop("recover", "objects", "--dry-run", "--json")
    assert dry.code == 0, dry.err
    assert not store.has(documents, "a.txt")
    assert dry.json("restore-objects")["dry_run"] is True

    done = shop("recover", "objects", "--yes", "--json")
    assert done.code == 0, done.err
    assert done.json("restore-objects")["status"] == "passed"
    assert store.get(documents, "a.txt") == b"content of a.txt"
    assert store.get(documents, "deep/b c.txt") == b"written since"

    assert shop("recover", "objects", "--yes", "--overwrite").code == 0
    assert store.get(documents, "deep/b c.txt") == b"content of deep/b c.txt"


def test_without_a_copy_it_says_so(shop):
    assert shop("backup", "take", MINIO_DOCUMENTS_BUCKET="not-there").code == 0
    answer = shop("recover", "objects", "--yes")
    assert answer.code == 2
    assert "has copies of no bucket" in answer.err


def test_without_a_backup_it_says_what_to_type(shop):
    answer = shop("recover", "objects", "--yes")
    assert answer.code == 3
    assert "studioops backup take" in answer.err
