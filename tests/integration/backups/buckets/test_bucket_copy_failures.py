"""What goes wrong while a bucket is copied: then there is no list, and the next copy is whole."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from studioops.backups.buckets import copying, unreferenced, verify_copy
from studioops.backups.buckets import source as source_module
from studioops.errors import BackupNotTaken, NoSuchObject, ObjectStoreUnreachable
from studioops.model import Status
from studioops.objectstore import ObjectStore
from studioops.objectstore.vault import DirectoryVault
from tests.integration.backups.buckets.conftest import digest

MB = 1 << 20
MANY = [f"many/{n:03d}" for n in range(60)]
KILLED = """
import json, sys, time
from studioops.backups.buckets import copy_bucket
from studioops.backups.shelf import Shelf
from studioops.objectstore import open_object_store
from studioops.objectstore.encryption import Keyring
from studioops.objectstore.vault import BucketVault
how = json.load(sys.stdin)
store = open_object_store(*how["store"])
shelf = Shelf(BucketVault(store, how["vault"]), Keyring("new", {"new": b"n" * 32}), "studioops")
copy_bucket(store, how["bucket"], shelf, "killed", previous=None, progress=lambda *_: time.sleep(0.05))
"""


def is_whole(archive, copy) -> bool:
    return verify_copy(archive.shelf, copy, sample=None, seed=1).status is Status.PASSED


def test_a_source_that_goes_away_leaves_no_list(archive, behind_gate, gate):
    archive.put(*MANY)

    def cut(_: str, done: int, __: int) -> None:
        if done == 10:
            gate.close()

    with pytest.raises(ObjectStoreUnreachable):
        archive.copy(source=behind_gate, progress=cut)
    assert archive.files("/manifests/") == []
    # What was finished is nobody's, and what is nobody's can be told.
    left = archive.files()
    assert len(left) >= 10
    soon = datetime.now(UTC) + timedelta(seconds=5)
    assert list(unreferenced(archive.shelf, before=soon)) == left
    assert is_whole(archive, archive.copy())


def test_a_connection_that_breaks_is_read_on(archive, behind_gate, gate, monkeypatch):
    begun = []
    real = copying.SourceObject
    monkeypatch.setattr(copying, "SourceObject", lambda *how: begun.append(how) or real(*how))
    big = random.Random(1).randbytes(20 * MB)
    archive.put("big", data=big)
    gate.left = 7 * MB
    copy = archive.copy(source=behind_gate)
    assert (gate.left, len(begun)) == (-1, 1)
    assert archive.listed(copy)["big"].sha256 == digest(big)
    assert is_whole(archive, copy)


def test_a_full_vault_leaves_no_list(archive, tmp_path):
    archive.put(*MANY, data=b"x" * 1000)
    full = replace(archive.shelf, vault=DirectoryVault(tmp_path / "vault", limit=20_000))
    with pytest.raises(BackupNotTaken, match="are used up"):
        archive.copy(shelf=full)
    assert not any("/manifests/" in one.name for one in full.vault.entries())
    roomy = replace(full, vault=DirectoryVault(tmp_path / "vault"))
    copy = archive.copy(shelf=roomy)
    assert verify_copy(roomy, copy, sample=None, seed=1).status is Status.PASSED


def test_a_process_that_is_killed_leaves_no_list(archive, object_store_server):
    server = object_store_server
    archive.put(*MANY)
    how = {
        "store": [server.endpoint, server.access_key, server.secret_key],
        "bucket": archive.bucket,
        "vault": archive.shelf.vault.bucket,
    }
    with subprocess.Popen(
        [sys.executable, "-c", KILLED], stdin=subprocess.PIPE, text=True
    ) as process:
        json.dump(how, process.stdin)
        process.stdin.close()
        until = time.monotonic() + 30
        while len(archive.files("/data/")) < 5:
            assert time.monotonic() < until
            time.sleep(0.05)
        process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL
    assert archive.files("/manifests/") == []
    copy = archive.copy()
    assert (copy.objects, is_whole(archive, copy)) == (len(MANY), True)


def while_first_read(monkeypatch, do) -> None:
    """Let something happen after the first piece of an object was read."""
    real, happened = source_module.SourceObject._read, []

    def read(self, size):
        piece = real(self, size)
        if not happened:
            happened.append(True)
            do()
        return piece

    monkeypatch.setattr(source_module.SourceObject, "_read", read)


@pytest.mark.parametrize("size", [100, 3 * MB])
def test_an_object_that_changes_while_it_is_read_is_one_version_of_it(archive, monkeypatch, size):
    archive.put("k", data=b"1" * size)
    while_first_read(monkeypatch, lambda: archive.put("k", data=b"2" * size))
    copy = archive.copy()
    wanted = b"2" if size > MB else b"1"
    assert archive.listed(copy)["k"].sha256 == digest(wanted * size)
    assert is_whole(archive, copy)
    # The next copy has the last version, whichever this one has.
    assert archive.listed(archive.copy(copy))["k"].sha256 == digest(b"2" * size)


def test_an_object_that_never_holds_still_says_so(archive, monkeypatch):
    archive.put("hot", data=b"x" * 2 * MB)
    real, count = source_module.SourceObject._read, iter(range(1000))

    def read(self, size):
        archive.put("hot", data=bytes([next(count) % 256]) * 2 * MB)
        return real(self, size)

    monkeypatch.setattr(source_module.SourceObject, "_read", read)
    with pytest.raises(BackupNotTaken, match="/hot was written anew each time"):
        archive.copy()
    assert archive.files("/manifests/") == []


class Late(ObjectStore):
    """Something happens between its list and the first reading."""

    def pages(self, bucket, prefix=""):
        yield from super().pages(bucket, prefix)
        if not prefix:
            self.happens()


def test_an_object_that_is_deleted_before_it_is_read_is_left_out_and_counted(archive):
    archive.put("a", "b", "c")
    late = Late(archive.store.endpoint, archive.store.region, archive.store.client)
    object.__setattr__(late, "happens", lambda: archive.delete("b"))
    copy = archive.copy(source=late)
    assert (copy.objects, copy.gone, set(archive.listed(copy))) == (2, 1, {"a", "c"})
    assert is_whole(archive, copy)


def test_a_bucket_that_vanishes_is_no_bucket_of_deleted_objects(archive):
    archive.put("a", "b")
    late = Late(archive.store.endpoint, archive.store.region, archive.store.client)

    def vanish() -> None:
        archive.delete("a", "b").store.client.delete_bucket(Bucket=archive.bucket)

    object.__setattr__(late, "happens", vanish)
    with pytest.raises(NoSuchObject, match="no such bucket"):
        archive.copy(source=late)
    assert archive.files() == []
    archive.store.ensure_buckets([archive.bucket])


def test_two_copies_at_once_are_both_whole(archive):
    archive.put(*MANY[:20])
    first = archive.copy()
    archive.put(*MANY)
    with ThreadPoolExecutor(2) as threads:
        both = list(threads.map(lambda _: archive.copy(first), range(2)))
    assert all(is_whole(archive, one) and one.objects == len(MANY) for one in both)


def test_files_that_are_removed_while_others_build_upon_them_spoil_the_copy_aloud(archive):
    first = archive.put("kept").copy()
    archive.put("new")
    remove = archive.listed(first)["kept"].stored
    with pytest.raises(BackupNotTaken, match="was removed while"):
        archive.copy(first, progress=lambda *_: archive.shelf.vault.remove([remove]))
    assert archive.files("/manifests/") == [first.manifest]
    assert is_whole(archive, archive.copy(first))
