"""Each fault of a copy is found with its own finding, which names the key."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest

from studioops.backups.buckets import list_copy, restore_objects, verify_copy, verifying
from studioops.errors import BackupDamaged
from studioops.model import Severity, Status
from studioops.objectstore.vault import BucketVault

KEYS = ("a/one", "b/two", "c/three", "d/four")


@pytest.fixture
def copied(archive):
    for key in KEYS:
        archive.put(key, data=key.encode() * 10)
    return archive, archive.copy()


def look(archive, copy, sample=None, seed=1, shelf=None):
    return verify_copy(shelf or archive.shelf, copy, sample=sample, seed=seed)


def faults(seen) -> list[tuple[str, str]]:
    return [(one.check, one.object) for one in seen.findings if one.severity is Severity.ERROR]


def test_a_whole_copy_passes_without_a_word(copied):
    seen = look(*copied)
    assert (seen.status, seen.findings) == (Status.PASSED, ())
    assert seen.subjects[0].name == f"copy of bucket {copied[0].bucket}"


def test_a_missing_file_is_found_by_the_list_alone(copied):
    archive, copy = copied
    archive.shelf.vault.remove([archive.listed(copy)["b/two"].stored])
    for sample in (0, None):
        seen = look(archive, copy, sample)
        assert seen.status is Status.FAILED
        assert faults(seen) == [("bucket_object_missing", f"{archive.bucket}/b/two")]


def test_a_file_cut_short_is_found_by_the_list_alone(copied):
    archive, copy = copied
    name = archive.listed(copy)["b/two"].stored
    data = b"".join(archive.shelf.vault.read(name))
    archive.shelf.vault.write(name, io.BytesIO(data[:-1]))
    assert faults(look(archive, copy, 0)) == [("bucket_object_damaged", f"{archive.bucket}/b/two")]


def test_a_flipped_bit_is_found_and_its_repair_mends_the_next_copy(copied):
    archive, copy = copied
    name = archive.listed(copy)["c/three"].stored
    archive.flip(name)
    seen = look(archive, copy)
    assert faults(seen) == [("bucket_object_damaged", f"{archive.bucket}/c/three")]
    assert f"remove {archive.shelf.vault.where}/{name}" in seen.findings[0].repair
    archive.shelf.vault.remove([name])
    assert look(archive, archive.copy(copy)).status is Status.PASSED


def test_swapped_files_of_one_size_are_both_found(copied):
    archive, _ = copied
    archive.put("e/five", data=b"1" * 50).put("f/six", data=b"2" * 50)
    copy = archive.copy()
    vault, listed = archive.shelf.vault, archive.listed(copy)
    one, two = listed["e/five"], listed["f/six"]
    assert one.stored_size == two.stored_size
    contents = [b"".join(vault.read(each.stored)) for each in (one, two)]
    for each, content in zip((two, one), contents, strict=True):
        vault.write(each.stored, io.BytesIO(content))
    found = faults(look(archive, copy))
    assert sorted(found) == [
        ("bucket_object_damaged", f"{archive.bucket}/{key}") for key in ("e/five", "f/six")
    ]


@pytest.mark.parametrize("place", [5, 60, -1])
def test_an_edited_list_is_found_and_nothing_rests_on_it(copied, place):
    archive, copy = copied
    archive.flip(copy.manifest, place)
    found(archive, copy)


def test_a_list_that_was_cut_swapped_or_put_back_is_found(copied):
    archive, copy = copied
    other = archive.put("a/one", data=b"new").copy(copy)
    vault = archive.shelf.vault
    ours, others = (b"".join(vault.read(one.manifest)) for one in (copy, other))
    for content in (ours[:-1], ours[:40], b"", ours + b"x", others):
        vault.write(copy.manifest, io.BytesIO(content))
        found(archive, copy)
    vault.write(copy.manifest, io.BytesIO(ours))
    # A list of ours, of that very name, and yet another one: an older backup of the same id.
    archive.put("a/one", data=b"yet another")
    again = archive.copy(backup_id=copy.manifest.rpartition("/")[2])
    assert again.manifest == copy.manifest
    found(archive, copy)
    found(archive, replace(again, objects=again.objects + 1))
    vault.remove([copy.manifest])
    assert faults(look(archive, copy)) == [("bucket_manifest_damaged", archive.bucket)]


def found(archive, copy) -> None:
    with pytest.raises(BackupDamaged):
        list(list_copy(archive.shelf, copy))
    assert faults(look(archive, copy)) == [("bucket_manifest_damaged", archive.bucket)]
    archive.delete("a/one")
    with pytest.raises(BackupDamaged):
        restore_objects(archive.shelf, copy, archive.store, archive.bucket)
    assert "a/one" not in archive.content()


def test_a_key_that_the_settings_lack_is_no_fault_and_not_checked(archive):
    first = archive.put("one").copy(shelf=archive.with_keys("old"))
    second = archive.copy(first)
    lacking = archive.with_keys("new")
    for copy, sample in ((first, 0), (second, None)):
        seen = look(archive, copy, sample, shelf=lacking)
        assert (seen.status, faults(seen)) == (Status.NOT_CHECKED, [])
        assert "'old', which the settings don't hold; next: set" in seen.subjects[0].reason


def test_a_store_that_is_away_is_not_checked(copied, gate, behind_gate):
    archive, copy = copied
    gate.close()
    shelf = replace(archive.shelf, vault=BucketVault(behind_gate, archive.shelf.vault.bucket))
    seen = look(archive, copy, shelf=shelf)
    assert (seen.status, seen.findings) == (Status.NOT_CHECKED, ())
    assert "; next: " in seen.subjects[0].reason


def test_a_sample_is_chance_that_a_seed_repeats_and_says_what_it_left(archive, monkeypatch):
    copy = archive.put(*(f"k{n}" for n in range(20))).copy()
    read: list[str] = []
    real = verifying.plain
    monkeypatch.setattr(
        verifying, "plain", lambda shelf, one: read.append(one.key) or real(shelf, one)
    )

    def chosen(seed: int) -> set[str]:
        read.clear()
        seen = look(archive, copy, 5, seed)
        assert seen.status is Status.PASSED
        assert [one.check for one in seen.findings] == ["bucket_objects_unread"]
        assert seen.findings[0].message.startswith("5 of 20 objects were read")
        return set(read)

    assert chosen(1) == chosen(1)
    assert len({frozenset(chosen(seed)) for seed in range(5)}) > 1


def test_many_faults_are_counted_and_a_hundred_shown(copied, monkeypatch):
    archive, copy = copied
    monkeypatch.setattr(verifying, "MOST_FINDINGS", 2)
    archive.shelf.vault.remove(one.stored for one in archive.listed(copy).values())
    seen = look(archive, copy)
    assert [one.message.partition(" ")[0] for one in seen.findings] == ["its", "its", "2"]
