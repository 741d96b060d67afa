"""What a backup names stays locked as long as the backup does, and that costs few requests."""

from __future__ import annotations

import gzip
import io
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from studioops.backups.buckets.listing import write_list
from studioops.backups.buckets.locks import LONGER, Locks
from studioops.backups.shelf import Shelf
from studioops.errors import BackupNotTaken, ObjectStoreDenied
from studioops.objectstore.encryption import decrypted
from studioops.objectstore.vault import BucketVault, DirectoryVault
from tests.integration.backups.buckets.conftest import KEYS, Archive

DAY = timedelta(days=1)
RENEWAL = "PutObjectRetention"


def ahead(days: float) -> datetime:
    return datetime.now(UTC).replace(microsecond=0) + days * DAY


@pytest.fixture
def locked(store, bucket, locking_bucket):
    """An archive whose vault locks for so many days."""

    def of(days: float) -> Archive:
        vault = BucketVault(store, locking_bucket, ahead(days))
        return Archive(store, bucket, Shelf(vault, KEYS, "studioops"))

    return of


def ends(archive: Archive, copy) -> dict[str, datetime]:
    """As the store has them."""
    return {
        key: archive.shelf.vault.locked_until_of(one.stored)
        for key, one in archive.listed(copy).items()
    }


def test_what_a_later_backup_names_again_is_locked_as_long_as_that_one(locked):
    first = locked(1).put("a", "b").copy()
    archive = locked(20)
    second = archive.put("c").copy(first)
    for key, end in ends(archive, second).items():
        assert end >= archive.shelf.vault.locked_until, key
    # The list tells what the store has, so that nobody need ask.
    told = {key: one.locked_until for key, one in archive.listed(second).items()}
    assert told == {key: end.isoformat() for key, end in ends(archive, second).items()}
    with pytest.raises(ObjectStoreDenied):
        archive.shelf.vault.remove([archive.listed(second)["a"].stored])


def test_the_next_nights_renew_nothing(locked, store, requests_of):
    first = locked(7).put(*map(str, range(8))).copy()
    asked = requests_of(store)
    archive = locked(7.9)
    second = archive.copy(first)
    assert RENEWAL not in asked
    assert archive.listed(second) == archive.listed(first)
    # Nor is the bucket asked about its locks for each object.
    assert asked.count("GetObjectLockConfiguration") <= 3
    assert asked.count("HeadObject") <= 2


def test_of_many_contents_each_night_renews_a_few():
    """A hundred nights, locks of seven days; all was copied in the first."""
    start, objects = ahead(0), 2000
    ends = [Locks(start + 7 * DAY, 7 * DAY).new_end() for _ in range(objects)]
    renewed = []
    for night in range(1, 101):
        locks = Locks(start + (night + 7) * DAY, 7 * DAY)
        early = [place for place, end in enumerate(ends) if end < locks.needed]
        for place in early:
            ends[place] = locks.new_end()
        renewed.append(len(early))
    assert sum(renewed) / 100 < objects / 15
    assert max(renewed) < objects / 10


def test_a_lock_never_ends_earlier_than_it_did(locked):
    first = locked(30).put("a").copy()
    before = ends(locked(1), first)
    assert ends(locked(1), locked(1).copy(first)) == before


def test_a_lock_that_somebody_made_longer_stays(locked, store):
    archive = locked(1)
    first = archive.put("a").copy()
    (one,) = archive.listed(first).values()
    archive.shelf.vault.lock_longer(one.stored, ahead(900))
    end = archive.shelf.vault.locked_until_of(one.stored)
    archive.shelf.vault.lock_longer(one.stored, ahead(50))
    second = locked(20).copy(first)
    assert ends(archive, second) == {"a": end}
    assert archive.listed(second)["a"].locked_until < end.isoformat()


def test_of_a_list_that_tells_no_end_all_are_locked_anew_once(locked, store, requests_of):
    archive = locked(7).put("a", "b")
    objects = [replace(one, locked_until="") for one in archive.listed(archive.copy()).values()]
    old = write_list(archive.shelf, archive.bucket, "older", objects)
    assert b"locked_until" not in plain_list(archive, old)
    asked = requests_of(store)
    new = archive.copy(old)
    assert asked.count(RENEWAL) == 2
    archive.copy(new)
    assert asked.count(RENEWAL) == 2


def plain_list(archive: Archive, copy) -> bytes:
    sealed = archive.shelf.vault.read(copy.manifest)
    return gzip.decompress(b"".join(decrypted(sealed, KEYS, copy.manifest)))


def test_a_content_that_went_meanwhile_ends_the_copy(locked, monkeypatch):
    archive = locked(0.0001)
    first = archive.put("a").copy()
    monkeypatch.setattr("studioops.backups.buckets.scratch.Scratch.set_stored", with_all_there)
    (one,) = archive.listed(first).values()
    versions = archive.store.client.list_object_versions(
        Bucket=archive.shelf.vault.bucket, Prefix=one.stored
    )["Versions"]
    archive.store.client.delete_object(
        Bucket=archive.shelf.vault.bucket,
        Key=one.stored,
        VersionId=versions[0]["VersionId"],
        BypassGovernanceRetention=True,
    )
    with pytest.raises(BackupNotTaken, match="was removed while"):
        locked(99).copy(first)


def with_all_there(scratch, _entries) -> None:
    """The vault's list as of a moment before."""
    scratch._file.execute("INSERT OR IGNORE INTO stored SELECT stored, stored_size FROM previous")


@pytest.mark.parametrize("kind", ["bucket without lock", "no lock wanted", "directory"])
def test_where_nothing_locks_nothing_is_asked_or_told(
    *, store, bucket, vault_bucket, locking_bucket, tmp_path, requests_of, kind
):
    vault = {
        "bucket without lock": BucketVault(store, vault_bucket, ahead(7)),
        "no lock wanted": BucketVault(store, locking_bucket),
        "directory": DirectoryVault(tmp_path / "vault"),
    }[kind]
    archive = Archive(store, bucket, Shelf(vault, KEYS, "studioops")).put("a")
    asked = requests_of(store)
    copy = archive.copy(archive.copy())
    assert RENEWAL not in asked
    assert json.loads(plain_list(archive, copy).splitlines()[1]).keys().isdisjoint({"locked_until"})


def test_ends_are_spread_and_never_too_early():
    locks = Locks(ahead(7), 7 * DAY)
    found = [locks.new_end() for _ in range(500)]
    low, high = (locks.needed + 7 * DAY * factor for factor in LONGER)
    assert low <= min(found) < max(found) <= high
    assert len({end.date() for end in found}) > 10


def test_a_pin_is_not_locked_by_a_vault_that_was_asked_before(store, locking_bucket):
    vault = BucketVault(store, locking_bucket, ahead(7))
    assert vault.lockable
    vault.unlocked.write("a", io.BytesIO(b"x"))
    vault.remove(["a"])
    assert not vault.has("a")
