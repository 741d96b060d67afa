"""Object lock of the real store: what it holds, who is told, and that nothing is left after it."""

from __future__ import annotations

import io
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError

from studioops.backups.prune import prune
from studioops.backups.shelf import MANIFEST, Shelf
from studioops.errors import ObjectStoreDenied
from studioops.model import Status
from studioops.objectstore.vault import BucketVault, DirectoryVault

MB = 1 << 20
LOCK_S = 8


def moment(seconds: float) -> datetime:
    """So far from now, in whole seconds, as stores keep it."""
    return (datetime.now(UTC) + timedelta(seconds=seconds)).replace(microsecond=0)


def all_versions(store, bucket: str) -> list[tuple[str, str]]:
    said = store.client.list_object_versions(Bucket=bucket)
    both = [*said.get("Versions", ()), *said.get("DeleteMarkers", ())]
    return [(one["Key"], one["VersionId"]) for one in both]


def wait_until(when: datetime) -> None:
    time.sleep(max(0.0, (when - datetime.now(UTC)).total_seconds()) + 1)


@pytest.fixture
def locked(store, locking_bucket):
    """A vault that locks for some seconds, and when they are over."""
    end = moment(LOCK_S)
    return BucketVault(store, locking_bucket, end), end


def test_what_is_written_is_locked_in_parts_or_at_once(locked):
    vault, end = locked
    for name, size in (("small", 3), ("large", 9 * MB), ("empty", 0)):
        stored = vault.write(name, io.BytesIO(bytes(size)), size)
        assert stored.version
        assert vault.locked_until_of(name) == end
        head = vault.store.client.head_object(Bucket=vault.bucket, Key=name)
        assert head["ObjectLockMode"] == "GOVERNANCE"
    assert vault.locked_until_of("nothing of that name") is None


def test_a_locked_file_is_refused_and_stays_readable(locked):
    vault, _ = locked
    vault.write("shop/a", io.BytesIO(b"content"))
    with pytest.raises(ObjectStoreDenied):
        vault.remove(["shop/a"])
    assert b"".join(vault.read("shop/a")) == b"content"
    assert [one.name for one in vault.entries()] == ["shop/a"]


def test_after_the_lock_every_version_and_mark_is_removed(locked, store):
    vault, end = locked
    vault.write("a", io.BytesIO(b"first"))
    vault.write("a", io.BytesIO(b"second"))
    store.client.delete_object(Bucket=vault.bucket, Key="a")  # somebody hides it
    vault.write("ab", io.BytesIO(b"a name that begins alike"))
    assert len(all_versions(store, vault.bucket)) == 4
    assert vault.locked_until_of("a") == end
    with pytest.raises(ObjectStoreDenied):
        vault.remove(["a"])
    wait_until(end)
    vault.remove(["a"])
    assert [key for key, _ in all_versions(store, vault.bucket)] == ["ab"]
    vault.remove(["a"])  # what is not there is well


def test_a_refusal_never_lets_an_older_version_come_up(locked):
    vault, _ = locked
    vault.write("a", io.BytesIO(b"locked"))
    vault.unlocked.write("a", io.BytesIO(b"free"))
    with pytest.raises(ObjectStoreDenied):
        vault.remove(["a"])
    assert b"".join(vault.read("a")) == b"free"


def test_the_end_is_the_latest_of_all_versions(store, locking_bucket):
    far, near = moment(30), moment(5)
    for end in (far, near):
        BucketVault(store, locking_bucket, end).write("a", io.BytesIO(b"x"))
    assert BucketVault(store, locking_bucket).locked_until_of("a") == far


def test_a_legal_hold_has_no_end(store, locking_bucket):
    vault = BucketVault(store, locking_bucket)
    vault.write("a", io.BytesIO(b"x"))
    hold = lambda word: store.client.put_object_legal_hold(  # noqa: E731 - said twice
        Bucket=locking_bucket, Key="a", LegalHold={"Status": word}
    )
    hold("ON")
    try:
        assert vault.locked_until_of("a") == datetime.max.replace(tzinfo=UTC)
        with pytest.raises(ObjectStoreDenied):
            vault.remove(["a"])
    finally:
        hold("OFF")
    vault.remove(["a"])
    assert all_versions(store, locking_bucket) == []


def test_a_bucket_without_lock_locks_nothing_and_says_so(store, bucket, versioned_bucket):
    for name, versioned in ((bucket, False), (versioned_bucket, True)):
        vault = BucketVault(store, name, moment(3600))
        assert (vault.lockable, vault.versioned) == (False, versioned)
        vault.write("a", io.BytesIO(b"x"))
        assert vault.locked_until_of("a") is None
        vault.remove(["a"])
        assert all_versions(store, name) == []


def test_a_directory_locks_nothing(tmp_path):
    vault = DirectoryVault(tmp_path)
    vault.write("a", io.BytesIO(b"x"))
    assert vault.locked_until_of("a") is None
    assert vault.unlocked is vault


def test_versions_of_a_bucket_without_lock_go_together(store, versioned_bucket):
    vault = BucketVault(store, versioned_bucket)
    for content in (b"1", b"2", b"3"):
        vault.write("a", io.BytesIO(content))
    store.client.put_bucket_versioning(
        Bucket=versioned_bucket, VersioningConfiguration={"Status": "Suspended"}
    )
    vault = BucketVault(store, versioned_bucket)
    assert vault.versioned, "a suspended bucket still has its versions"
    vault.remove(["a"])
    assert all_versions(store, versioned_bucket) == []


class Answers:
    """A client whose bucket's configuration can't be read."""

    def __init__(self, code: str, status: int) -> None:
        self._answer = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}

    def get_object_lock_configuration(self, **_):
        raise ClientError(self._answer, "GetObjectLockConfiguration")

    get_bucket_versioning = get_object_lock_configuration

    def upload_fileobj(self, *_, **__):
        raise AssertionError("it was stored without a lock")


@pytest.mark.parametrize(
    ("code", "status"), [("ObjectLockConfigurationNotFoundError", 404), ("NotImplemented", 501)]
)
def test_a_store_that_has_no_locks_at_all(store, code, status):
    vault = BucketVault(replace(store, client=Answers(code, status)), "b")
    assert (vault.lockable, vault.versioned) == (False, False)


def test_who_may_not_ask_for_locks_is_told_so_and_nothing_is_stored_unlocked(store):
    client = Answers("AccessDenied", 403)
    client.get_bucket_versioning = lambda **_: {"Status": "Enabled"}
    vault = BucketVault(replace(store, client=client), "b", moment(60))
    with pytest.raises(ObjectStoreDenied) as told:
        vault.write("a", io.BytesIO(b"x"))
    assert "s3:GetBucketObjectLockConfiguration" in told.value.next_step


def test_prune_keeps_what_is_locked_and_removes_it_after(
    library_in, store, locking_bucket, newest_only
):
    end = moment(LOCK_S)
    library = library_in(BucketVault(store, locking_bucket, end))
    newest, old = library.add(0, faithful=True), library.add(5, faithful=True)
    files = library.names(old)
    now = datetime.now(UTC)
    report = prune(library.shelf, newest_only, now=now, dry_run=False)
    assert report.status is Status.PASSED, "a lock is no fault"
    (line,) = [one for one in report.evidence["backups"] if one["backup_id"] == old]
    assert line["keep"]
    assert line["reason"] == f"locked by the object store until {end:%Y-%m-%d %H:%M} UTC"
    # A clock that is ahead: the store has the last word.
    report = prune(library.shelf, newest_only, now=end + timedelta(hours=1), dry_run=False)
    assert report.status is Status.PASSED
    assert library.names(old) == files
    wait_until(end)
    report = prune(library.shelf, newest_only, now=datetime.now(UTC), dry_run=False)
    assert (report.status, report.evidence["removed"]["files"]) == (Status.PASSED, 4)
    assert all(newest in key for key, _ in all_versions(store, locking_bucket))


def test_a_younger_proof_holds_its_backup_whole(library_in, store, locking_bucket, newest_only):
    library = library_in(BucketVault(store, locking_bucket))
    library.add(0, faithful=True)
    old = library.add(5)
    held = replace(
        library, shelf=replace(library.shelf, vault=BucketVault(store, locking_bucket, moment(60)))
    )
    held.drill(old, faithful=True)
    before = library.names(old)
    report = prune(library.shelf, newest_only, now=datetime.now(UTC), dry_run=False)
    assert (report.status, library.names(old)) == (Status.PASSED, before)


def test_a_file_that_outlives_its_manifest_is_no_fault_and_listed_nowhere(
    library_in, store, locking_bucket, newest_only
):
    end = moment(LOCK_S)
    library = library_in(BucketVault(store, locking_bucket))
    library.add(0, faithful=True)
    old = library.add(5, faithful=True)
    name = f"{library.folder(old)}dump/late.dat"
    BucketVault(store, locking_bucket, end).write(name, io.BytesIO(b"x"))
    report = prune(library.shelf, newest_only, now=datetime.now(UTC), dry_run=False)
    assert report.status is Status.PASSED
    assert report.evidence["removed"] == {"files": 4, "locked": 1, "locked_until": end.isoformat()}
    assert library.names(old) == [name]
    assert old not in library.shelf.ids()
    wait_until(end)
    later = datetime.now(UTC) + timedelta(hours=25)
    prune(library.shelf, newest_only, now=later, dry_run=False)
    assert library.names(old) == []


def test_a_pin_is_never_locked(library_in, store, locking_bucket):
    library = library_in(BucketVault(store, locking_bucket, moment(60)))
    backup = library.add(0)
    library.shelf.pin(backup, "plan")
    assert library.shelf.pins(backup) == ["plan"]
    library.shelf.unpin(backup, "plan")
    assert library.shelf.pins(backup) == []
    assert not [key for key, _ in all_versions(store, locking_bucket) if "/pins/" in key]


def test_a_right_that_is_missing_is_not_taken_for_a_lock(
    library_in, store, bucket, newest_only, monkeypatch
):
    library = library_in(BucketVault(store, bucket))
    library.add(0, faithful=True)
    old = library.add(5, faithful=True)

    def refuse(*_, **__):
        answer = {"Error": {"Code": "AccessDenied"}, "ResponseMetadata": {"HTTPStatusCode": 403}}
        raise ClientError(answer, "DeleteObject")

    monkeypatch.setattr(store.client, "delete_object", refuse)
    report = prune(library.shelf, newest_only, now=datetime.now(UTC), dry_run=False)
    assert report.status is Status.NOT_CHECKED
    assert old in [one.name for one in report.subjects if one.status is Status.NOT_CHECKED]
    assert f"{library.folder(old)}{MANIFEST}" in library.names(old)


@pytest.fixture
def library_in(keyring, here):
    return lambda vault: replace(here, shelf=Shelf(vault, keyring, "shop"))
