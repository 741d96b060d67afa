"""A bucket is copied whole, each content once, and its list comes back as it was."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest

from studioops.backups.buckets import restore_objects, verify_copy
from studioops.errors import NoSuchObject
from studioops.model import Status
from tests.integration.backups.buckets.conftest import digest

# A store that keeps directories lists "a/b" before "a-b".
ODD = (
    "a/b",
    "a-b",
    "a.b",
    "a",
    "A",
    "é/ü",
    "日本/😀",
    'q"q',
    "it's",
    ".hidden",
    "sp ace+%20&<>",
    "n\nl",
    "tab\t",
    "/".join(["k" * 203] * 5),
)


def test_every_odd_key_is_copied_and_comes_back(archive):
    for key in ODD:
        archive.put(key, data=key.encode())
    before = archive.content()
    assert len(before) == len(ODD)
    copy = archive.copy()
    listed = archive.listed(copy)
    assert list(listed) == sorted(ODD)
    assert {key: one.sha256 for key, one in listed.items()} == {
        key: digest(data) for key, data in before.items()
    }
    assert (copy.objects, copy.size, copy.gone) == (len(ODD), sum(map(len, before.values())), 0)
    assert verify_copy(archive.shelf, copy, sample=None, seed=1).status is Status.PASSED
    archive.delete(*ODD)
    report = restore_objects(archive.shelf, copy, archive.store, archive.bucket)
    assert (report.status, report.evidence["restored"]) == (Status.PASSED, len(ODD))
    assert archive.content() == before


def test_an_empty_bucket_has_a_copy_too_and_no_bucket_has_none(archive):
    copy = archive.copy()
    assert (copy.objects, copy.size, archive.listed(copy)) == (0, 0, {})
    assert verify_copy(archive.shelf, copy, sample=None, seed=1).status is Status.PASSED
    with pytest.raises(NoSuchObject, match="no such bucket"):
        replace(archive, bucket="not-there").copy()


def test_objects_of_no_byte_and_of_many_parts_are_copied(archive):
    big = bytes(range(256)) * (9 << 12)
    archive.put("empty", data=b"")
    archive.store.client.upload_fileobj(io.BytesIO(big * 2), archive.bucket, "big")
    copy = archive.copy()
    listed = archive.listed(copy)
    assert (listed["empty"].size, listed["empty"].sha256) == (0, digest(b""))
    assert (listed["big"].size, listed["big"].sha256) == (len(big) * 2, digest(big * 2))
    archive.delete("big", "empty")
    restore_objects(archive.shelf, copy, archive.store, archive.bucket)
    assert archive.content() == {"big": big * 2, "empty": b""}


def test_what_stands_beside_the_content_comes_back_too(archive):
    beside = {
        "ContentType": "text/plain; charset=utf-8",
        "ContentDisposition": 'attachment; filename="x"',
        "CacheControl": "no-store",
        "Metadata": {"owner": "somebody"},
    }
    archive.store.client.put_object(Bucket=archive.bucket, Key="k", Body=b"x", **beside)
    copy = archive.copy()
    archive.delete("k")
    restore_objects(archive.shelf, copy, archive.store, archive.bucket)
    found = archive.store.client.get_object(Bucket=archive.bucket, Key="k")
    assert {name: found[name] for name in beside} == beside


def test_a_second_copy_writes_no_content_again(archive):
    archive.put(*ODD)
    first = archive.copy()
    files = archive.files("/data/")
    told: list[tuple[str, int, int]] = []
    second = archive.copy(first, progress=lambda *words: told.append(words))
    assert (archive.files("/data/"), told) == (files, [])
    assert archive.listed(second) == archive.listed(first)
    assert second.manifest != first.manifest
    assert len(archive.files("/manifests/")) == 2


def test_only_what_is_new_or_changed_is_copied(archive):
    first = archive.put("same", "changed", "deleted").copy()
    archive.put("changed", data=b"A document").put("added").delete("deleted")
    told: list[tuple[str, int, int]] = []
    second = archive.copy(first, progress=lambda *words: told.append(words))
    old, new = archive.listed(first), archive.listed(second)
    assert set(new) == {"same", "changed", "added"}
    assert new["same"] == old["same"]
    assert new["changed"].sha256 == digest(b"A document")
    assert told == [(archive.bucket, 2, 3), (archive.bucket, 3, 3)]
    # The first copy is still what it was.
    assert verify_copy(archive.shelf, first, sample=None, seed=1).status is Status.PASSED


@pytest.mark.parametrize("how", ["flipped", "removed", "another sum"])
def test_upon_a_copy_that_cannot_be_read_nothing_is_built(archive, how):
    first = archive.put("one", "two").copy()
    if how == "flipped":
        archive.flip(first.manifest)
    elif how == "removed":
        archive.shelf.vault.remove([first.manifest])
    else:
        first = replace(first, sha256="0" * 64)
    second = archive.copy(first)
    assert len(archive.files("/data/")) == 4
    assert verify_copy(archive.shelf, second, sample=None, seed=1).status is Status.PASSED


def test_a_file_that_the_vault_lost_is_written_anew(archive):
    first = archive.put("one", "two").copy()
    lost = archive.listed(first)["one"].stored
    archive.shelf.vault.remove([lost])
    second = archive.copy(first)
    assert verify_copy(archive.shelf, first, sample=None, seed=1).status is Status.FAILED
    assert verify_copy(archive.shelf, second, sample=None, seed=1).status is Status.PASSED
    assert archive.listed(second)["two"] == archive.listed(first)["two"]


def test_what_lies_under_a_key_that_is_given_up_is_copied_under_the_new_one(archive):
    first = archive.put("one").copy(shelf=archive.with_keys("old"))
    both = archive.copy(first, shelf=archive.with_keys("new", "old"))
    assert archive.listed(both)["one"] == archive.listed(first)["one"]
    alone = archive.copy(both, shelf=archive.with_keys("new"))
    seen = verify_copy(archive.with_keys("new"), alone, sample=None, seed=1)
    assert (seen.status, archive.listed(alone)["one"].key_id) == (Status.PASSED, "new")


def test_no_plain_value_stands_in_the_vault(archive):
    archive.put("secret-key/of somebody", data=b"PLAIN-VALUE-4711" * 50)
    archive.back_up(archive.back_up()[1])
    for name in archive.files():
        assert "secret-key" not in name
        content = b"".join(archive.shelf.vault.read(name))
        assert b"PLAIN-VALUE" not in content
        assert b"secret-key" not in content
