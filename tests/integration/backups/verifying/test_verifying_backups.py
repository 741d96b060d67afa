"""A whole backup passes without a restore; each spoilt one is found as a drill would find it."""

from __future__ import annotations

import io
import os
import signal
import tempfile
import time
from dataclasses import replace

import pytest

from studioops.backups.buckets import copy_bucket
from studioops.backups.model import BackupFile, new_backup_id
from studioops.backups.seen import Seen
from studioops.backups.shelf import DUMP, MANIFEST, Shelf
from studioops.backups.verifying import VerifyHow, contents, verify_all, verify_backup
from studioops.errors import NoSuchBackup, ObjectStoreUnreachable, ToolMissing
from studioops.model import Status, Stopwatch
from studioops.objectstore.encryption import EncryptingReader, Keyring
from studioops.objectstore.vault import BucketVault, DirectoryVault


def checks(seen: Seen) -> set[str]:
    return {one.check for one in seen.findings if one.severity.fails}


def statuses(seen: Seen) -> dict[str, str]:
    return {one.name: str(one.status) for one in seen.subjects}


def flipped(content: bytes) -> bytes:
    place = len(content) // 2
    return content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]


def test_a_whole_backup_passes_and_nothing_but_its_contents_is_written(kept, monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    listed, written = contents.list_contents, []

    def listing(dump, path, tools):
        written.extend(one.name for one in path.iterdir())
        return listed(dump, path, tools)

    monkeypatch.setattr(contents, "list_contents", listing)
    before = {one: one.read_bytes() for one in kept.shelf.vault.root.rglob("*") if one.is_file()}
    told: list[tuple[int, int]] = []
    seen = kept.verify(progress=lambda _, done, total: told.append((done, total)))
    assert statuses(seen) == {
        "manifest": "passed",
        "files": "passed",
        "table of contents": "passed",
        "nothing else in its folder": "passed",
        "copies of buckets": "not_applicable",
    }
    assert (seen.status, seen.findings) == (Status.PASSED, ())
    assert written == ["toc.dat"]
    assert list(tmp_path.glob("studioops-work-*")) == []
    after = {one: one.read_bytes() for one in kept.shelf.vault.root.rglob("*") if one.is_file()}
    assert after == before, "no proof is kept either: a proof is a restore"
    assert told
    assert told[-1][0] == told[-1][1]


SPOILT = {
    "backup_file_truncated": lambda kept, name: kept.spoil(name, lambda content: content[:-40]),
    "backup_file_damaged": lambda kept, name: kept.spoil(name, flipped),
    "backup_file_missing": lambda kept, name: kept.path(name).unlink(),
}


@pytest.mark.parametrize("check", SPOILT)
def test_a_spoilt_file_is_named(kept, check):
    name = f"{DUMP}{kept.file().name}"
    SPOILT[check](kept, name)
    seen = kept.verify()
    assert checks(seen) == {check}
    assert seen.findings[0].object == f"{kept.manifest.folder}{name}"
    assert statuses(seen)["files"] == "failed"


def test_files_in_each_others_place(kept):
    first, second = kept.file(0), kept.file(1)
    paths = [kept.path(f"{DUMP}{one.name}") for one in (first, second)]
    contents_of = [one.read_bytes() for one in paths]
    for path, content in zip(paths, reversed(contents_of), strict=True):
        path.write_bytes(content)
    # Whoever swaps them may also edit the sizes, should they ever have the key.
    kept.edit(replace(first, size=second.size), replace(second, size=first.size))
    assert checks(kept.verify()) == {"backup_file_swapped"}


def test_a_file_that_somebody_with_the_key_wrote_anew(kept):
    """It decrypts, and is as long as it was: the manifest's SHA-256 alone tells."""
    kept.rewrite(kept.file().name, flipped)
    seen = kept.verify()
    assert checks(seen) == {"backup_file_damaged"}
    assert "SHA-256" in seen.findings[0].message


def test_a_key_that_is_wrong(kept):
    other = Shelf(kept.shelf.vault, Keyring("a", {"a": bytes(32)}), "shop")
    seen = kept.verify(on=other)
    assert checks(seen) == {"backup_key_wrong"}
    assert statuses(seen)["files"] == "not_checked"
    assert "STUDIOOPS_BACKUP_KEYS__A" in seen.findings[0].repair


def test_a_key_that_is_missing(kept):
    other = Shelf(kept.shelf.vault, Keyring("b", {"b": bytes(32)}), "shop")
    seen = kept.verify(on=other)
    assert seen.findings == ()
    assert set(statuses(seen).values()) == {"not_checked"}
    assert "set STUDIOOPS_BACKUP_KEYS__A" in seen.subjects[0].reason


@pytest.mark.parametrize(("known", "status"), [({}, "not_checked"), ({"a": bytes(32)}, "failed")])
def test_the_key_of_the_files_alone(kept, known, status):
    keys = Keyring("b", {"b": bytes(32), **known})
    rotated = Shelf(kept.shelf.vault, keys, "shop")
    rotated.keep(kept.manifest)
    seen = kept.verify(on=rotated)
    assert checks(seen) == ({"backup_key_wrong"} if known else set())
    assert (statuses(seen)["manifest"], statuses(seen)["files"]) == ("passed", status)
    (files,) = [one for one in seen.subjects if one.name == "files"]
    assert known or "set STUDIOOPS_BACKUP_KEYS__A" in files.reason


def test_of_a_file_whose_key_is_missing_the_others_are_read_all_the_same(kept):
    """One may have been written with another key, and what is wrong with the rest is still told."""
    name, other = (kept.file(place).name for place in (0, 1))
    place = f"{kept.manifest.folder}{DUMP}{name}"
    lost = Keyring("lost", {"lost": bytes(32)})
    stored = kept.shelf.vault.write(place, EncryptingReader(io.BytesIO(b"x"), lost, place))
    kept.edit(BackupFile(name, 1, stored.size, stored.sha256))
    kept.spoil(f"{DUMP}{other}", flipped)
    seen = kept.verify()
    assert checks(seen) == {"backup_file_damaged"}
    (files,) = [one for one in seen.subjects if one.name == "files"]
    assert "set STUDIOOPS_BACKUP_KEYS__LOST" in files.reason


def test_a_spoilt_manifest(kept):
    kept.spoil(MANIFEST, flipped)
    seen = kept.verify()
    assert checks(seen) == {"backup_manifest_damaged"}
    assert statuses(seen)["files"] == "not_checked"


def test_a_file_that_the_backup_does_not_name(kept):
    kept.path(f"{DUMP}4711.dat.gz").write_bytes(b"x")
    seen = kept.verify()
    assert checks(seen) == {"backup_file_foreign"}
    assert statuses(seen)["files"] == "passed"


def test_contents_that_pg_restore_cannot_list(kept):
    kept.edit(kept.rewrite("toc.dat", lambda content: content[: len(content) // 2]))
    seen = kept.verify()
    assert checks(seen) == {"restore_archive_damaged"}
    assert statuses(seen)["table of contents"] == "failed"


def test_rows_that_the_contents_promise_and_no_file_holds(kept):
    name = kept.file().name
    kept.edit(without=name)
    kept.path(f"{DUMP}{name}").unlink()
    seen = kept.verify()
    assert checks(seen) == {"backup_file_missing"}
    assert "the rows of public p" in seen.findings[0].message


def test_a_backup_without_contents(kept):
    kept.edit(without="toc.dat")
    kept.path(f"{DUMP}toc.dat").unlink()
    assert statuses(kept.verify())["table of contents"] == "failed"


def test_without_a_client_tool_the_contents_are_not_checked(kept, monkeypatch):
    def none(*_, **__):
        raise ToolMissing("no pg_dump for PostgreSQL 18 is installed", "install it")

    monkeypatch.setattr(contents, "tools_for", none)
    seen = kept.verify()
    assert statuses(seen)["table of contents"] == "not_checked"
    assert statuses(seen)["files"] == "passed"
    assert seen.status is Status.NOT_CHECKED
    (reason,) = [one.reason for one in seen.subjects if one.name == "table of contents"]
    assert reason.endswith("; next: install it")


def test_a_backup_that_is_not_there(kept):
    with pytest.raises(NoSuchBackup):
        verify_backup(kept.shelf, "20200101T000000Z-00000000", VerifyHow())


class GoesAway(DirectoryVault):
    """A vault that answers nothing after one file of the dump; it counts who asks."""

    asked = 0

    def read(self, name, version=""):
        type(self).asked += 1
        if f"/{DUMP}" in name and not name.endswith("toc.dat"):
            raise ObjectStoreUnreachable("nobody answers", "mend the store")
        yield from super().read(name, version)


def test_a_store_that_goes_away_is_not_checked_and_not_asked_again(kept):
    GoesAway.asked = 0
    older = kept.manifest.backup_id.replace("2026", "2025", 1)
    shelf = replace(kept.shelf, vault=GoesAway(kept.shelf.vault.root))
    first, second = verify_all(shelf, [kept.manifest.backup_id, older], VerifyHow(workers=1))
    assert first.seen.status is second.seen.status is Status.NOT_CHECKED
    assert statuses(first.seen)["files"] == "not_checked"
    assert statuses(first.seen)["nothing else in its folder"] == "not_checked"
    for one in (first, second):
        (reason, *_) = [each.reason for each in one.seen.subjects if each.reason]
        assert reason == "nobody answers; next: mend the store"
    assert GoesAway.asked <= 3, "its manifest, toc.dat and one file"


def test_what_was_found_before_the_store_went_away_is_told(kept):
    kept.path(f"{DUMP}toc.dat").unlink()
    shelf = replace(kept.shelf, vault=GoesAway(kept.shelf.vault.root))
    seen = kept.verify(on=shelf)
    assert checks(seen) == {"backup_file_missing"}
    assert statuses(seen)["files"] == "failed"
    assert "nobody answers" in next(one.reason for one in seen.subjects if one.name == "files")


def test_one_that_is_pruned_meanwhile_is_no_fault(kept):
    gone = new_backup_id(kept.manifest.snapshot_at)
    ids = [gone, kept.manifest.backup_id]
    assert [one.backup_id for one in verify_all(kept.shelf, ids, VerifyHow())] == ids[1:]


class Endless(DirectoryVault):
    """One file never ends; once it is under way, somebody types Ctrl-C."""

    def read(self, name, version=""):
        yield from super().read(name, version)
        if name.endswith("toc.dat"):
            os.kill(os.getpid(), signal.SIGINT)
        until = time.monotonic() + 20
        while name.endswith("toc.dat") and time.monotonic() < until:
            time.sleep(0.001)
            yield bytes(1 << 20)


def test_whoever_interrupts_it_need_not_wait_for_a_file_that_is_under_way(kept):
    shelf, watch = replace(kept.shelf, vault=Endless(kept.shelf.vault.root)), Stopwatch()
    with pytest.raises(KeyboardInterrupt):
        kept.verify(on=shelf)
    assert watch.seconds < 5


@pytest.fixture
def versioned(store, bucket, kept):
    """The backup in a bucket that keeps versions; a test overwrites what it likes."""
    status = {"Status": "Enabled"}
    store.client.put_bucket_versioning(Bucket=bucket, VersioningConfiguration=status)
    vault, files = BucketVault(store, bucket), []
    for one in kept.manifest.files:
        name = f"{kept.manifest.folder}{DUMP}{one.name}"
        stored = vault.write(name, io.BytesIO(kept.path(f"{DUMP}{one.name}").read_bytes()))
        files.append(replace(one, version=stored.version))
    shelf = replace(kept.shelf, vault=vault)
    shelf.keep(replace(kept.manifest, files=tuple(files)))
    yield shelf
    vault.remove([one.name for one in vault.entries()])
    vault.remove([f"{kept.manifest.folder}{DUMP}{one.name}" for one in files])


def test_the_version_that_the_backup_names_is_read(kept, versioned):
    store, bucket = versioned.vault.store, versioned.vault.bucket
    first, second = (f"{kept.manifest.folder}{DUMP}{kept.file(n).name}" for n in (0, 1))
    versioned.vault.write(first, io.BytesIO(b"somebody's"))
    store.client.delete_object(Bucket=bucket, Key=second)
    assert kept.verify(on=versioned).status is Status.PASSED
    versioned.vault.remove([second])
    assert checks(kept.verify(on=versioned)) == {"backup_file_missing"}


def test_copies_of_buckets_are_looked_at(kept, store, bucket):
    for number in range(3):
        store.put(bucket, f"k{number}", f"content {number}".encode())
    copy = copy_bucket(store, bucket, kept.shelf, kept.manifest.backup_id, previous=None)
    kept.shelf.keep(replace(kept.manifest, buckets=(copy,)))
    whole = kept.verify(sample=1)
    assert statuses(whole)[f"copy of bucket {bucket}"] == "passed"
    assert [one.check for one in whole.findings] == ["bucket_objects_unread"]
    assert kept.verify(sample=None).findings == ()
    (file, *_) = (kept.shelf.vault.root / "shop/buckets" / bucket / "data").iterdir()
    content = file.read_bytes()
    file.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    seen = kept.verify(sample=None)
    assert checks(seen) == {"bucket_object_damaged"}
    assert statuses(seen)["files"] == "passed"
