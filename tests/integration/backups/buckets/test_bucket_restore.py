"""Objects come back where the bucket lacks them; nothing is written over what is there."""

from __future__ import annotations

from dataclasses import replace

import pytest

from studioops.backups.buckets import putting, restore_objects
from studioops.errors import LeftInBetween, ObjectStoreUnreachable
from studioops.model import Report, Status
from studioops.objectstore.vault import BucketVault

KEYS = [f"docs/{n:02d}" for n in range(12)]
MB = 1 << 20


@pytest.fixture
def copied(archive):
    for key in KEYS:
        archive.put(key, data=key.encode())
    return archive, archive.copy()


def restore(archive, copy, **options) -> Report:
    shelf, store = options.pop("shelf", archive.shelf), options.pop("store", archive.store)
    return restore_objects(shelf, copy, store, archive.bucket, **options)


def counts(report: Report, *names: str) -> tuple[int, ...]:
    return tuple(report.evidence[name] for name in names)


def test_what_is_lacking_comes_back_and_a_second_run_has_nothing_to_do(copied):
    archive, copy = copied
    before = archive.content()
    archive.delete(*KEYS[:5])
    told: list[tuple[str, int, int]] = []
    report = restore(archive, copy, progress=lambda *words: told.append(words))
    assert (report.kind, report.target, report.status) == (
        "restore_objects",
        "studioops",
        Status.PASSED,
    )
    assert counts(report, "restored", "same", "objects") == (5, 7, 12)
    assert report.evidence["bytes"] == sum(map(len, KEYS[:5]))
    assert (archive.content(), told[-1]) == (before, (archive.bucket, 5, 12))
    again = restore(archive, copy)
    assert counts(again, "restored", "same") == (0, 12)


def test_a_dry_run_tells_the_same_and_changes_nothing(copied):
    archive, copy = copied
    archive.delete(KEYS[0]).put(KEYS[1], data=b"another")
    there = archive.content()
    report = restore(archive, copy, overwrite=True, dry_run=True)
    assert counts(report, "restored", "overwritten", "same") == (1, 1, 10)
    assert archive.content() == there


def test_what_differs_stays_unless_it_shall_be_overwritten(copied):
    archive, copy = copied
    before = archive.content()
    archive.put(KEYS[3], data=b"another").put("of its own", data=b"new")
    report = restore(archive, copy)
    assert (report.status, counts(report, "differing", "restored")) == (Status.PASSED, (1, 0))
    (finding,) = report.findings
    assert (finding.check, str(finding.severity)) == ("object_differs", "warning")
    assert repr(KEYS[3]) in finding.message
    assert archive.content()[KEYS[3]] == b"another"
    report = restore(archive, copy, overwrite=True)
    assert (counts(report, "overwritten"), report.findings) == ((1,), ())
    assert archive.content() == {**before, "of its own": b"new"}


def test_in_a_bucket_with_versions_what_was_overwritten_is_not_lost(copied):
    archive, copy = copied
    client = archive.store.client
    client.put_bucket_versioning(
        Bucket=archive.bucket, VersioningConfiguration={"Status": "Enabled"}
    )
    archive.put(KEYS[3], data=b"another")
    restore(archive, copy, overwrite=True)
    versions = client.list_object_versions(Bucket=archive.bucket, Prefix=KEYS[3])["Versions"]
    contents = {
        client.get_object(Bucket=archive.bucket, Key=KEYS[3], VersionId=one["VersionId"])[
            "Body"
        ].read()
        for one in versions
    }
    assert {b"another", KEYS[3].encode()} <= contents
    for one in versions:
        client.delete_object(Bucket=archive.bucket, Key=KEYS[3], VersionId=one["VersionId"])


def test_an_object_of_another_mark_and_the_same_content_is_the_same(archive):
    big = bytes(range(256)) * (9 * MB // 256)
    archive.put("big", data=big)
    copy = archive.copy()
    archive.delete("big")
    assert counts(restore(archive, copy), "restored") == (1,)
    # It came back in parts, which makes another mark of it.
    (page,) = archive.store.pages(archive.bucket)
    assert page[0].etag != archive.listed(copy)["big"].etag
    assert counts(restore(archive, copy), "same", "differing") == (1, 0)


def test_what_somebody_writes_meanwhile_is_not_overwritten(copied, monkeypatch):
    archive, copy = copied
    archive.delete(KEYS[0])
    real = putting.plain

    def quicker(shelf, one):
        archive.put(one.key, data=b"somebody was quicker")
        return real(shelf, one)

    monkeypatch.setattr(putting, "plain", quicker)
    assert counts(restore(archive, copy), "restored", "differing") == (0, 1)
    assert archive.content()[KEYS[0]] == b"somebody was quicker"


def test_a_bucket_that_is_gone_is_made_anew(copied):
    archive, copy = copied
    archive.delete(*KEYS).store.client.delete_bucket(Bucket=archive.bucket)
    assert counts(restore(archive, copy, dry_run=True), "restored") == (12,)
    assert archive.bucket not in archive.store.buckets()
    assert counts(restore(archive, copy), "restored") == (12,)
    assert set(archive.content()) == set(KEYS)


@pytest.mark.parametrize("size", [100, 9 * MB])
def test_a_damaged_object_does_not_come_back_and_all_others_do(archive, size):
    copy = archive.put("good", "missing").put("bad", data=b"x" * size).copy()
    listed = archive.listed(copy)
    archive.flip(listed["bad"].stored)
    archive.shelf.vault.remove([listed["missing"].stored])
    report = restore(archive, copy)
    assert counts(report, "same") == (3,)
    archive.delete("good", "bad", "missing")
    report = restore(archive, copy)
    assert (report.status, set(archive.content())) == (Status.FAILED, {"good"})
    assert sorted(one.check for one in report.findings) == [
        "bucket_object_damaged",
        "bucket_object_missing",
    ]


def test_what_lies_under_a_key_that_is_lacking_is_not_checked(archive):
    first = archive.put("one").copy(shelf=archive.with_keys("old"))
    copy = archive.put("two").copy(first)
    archive.delete("one", "two")
    report = restore(archive, copy, shelf=archive.with_keys("new"))
    assert (report.status, set(archive.content())) == (Status.NOT_CHECKED, {"two"})
    assert "next: set STUDIOOPS_BACKUP_KEYS__OLD" in report.subjects[0].reason


def test_a_vault_that_goes_away_leaves_it_in_between_and_the_next_run_ends_it(
    copied, gate, behind_gate
):
    archive, copy = copied
    before = archive.content()
    archive.delete(*KEYS)
    vault = BucketVault(behind_gate, archive.shelf.vault.bucket)
    shelf = replace(archive.shelf, vault=vault)

    def cut(_: str, done: int, __: int) -> None:
        if done == 2:
            gate.close()

    with pytest.raises(LeftInBetween, match="objects are back in") as caught:
        restore(archive, copy, shelf=shelf, workers=1, progress=cut)
    assert "run this again" in caught.value.next_step
    there = archive.content()
    assert 2 <= len(there) < len(KEYS)
    assert {key: before[key] for key in there} == there
    with pytest.raises(ObjectStoreUnreachable):
        restore(archive, copy, shelf=shelf)
    restore(archive, copy)
    assert archive.content() == before
