"""What no backup names any more is told, and nothing else is; nobody guesses."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from studioops.backups.buckets import unreferenced, verify_copy
from studioops.backups.buckets.places import mark_name
from studioops.backups.model import folder_of
from studioops.errors import BackupDamaged, NoSuchKey
from studioops.model import Status


def leftover(archive, shelf=None, seconds: float = 60) -> list[str]:
    before = datetime.now(UTC) + timedelta(seconds=seconds)
    return list(unreferenced(shelf or archive.shelf, before=before))


def remove(archive, backup_id: str) -> None:
    folder = folder_of(archive.shelf.target, backup_id)
    names = [one.name for one in archive.shelf.vault.entries(folder)]
    archive.shelf.vault.remove(names)


@pytest.fixture
def two(archive):
    first = archive.put("both", "first").back_up()
    second = archive.delete("first").put("second").back_up(first[1])
    return archive, first, second


def test_what_backups_name_stays(two):
    archive, _, (second_id, second) = two
    # A copy that is long over rests on nothing.
    assert leftover(archive) == [mark_name(archive.shelf, archive.bucket, second_id)]
    assert second.objects == 2


def test_when_a_backup_goes_what_it_alone_named_goes_and_nothing_else(two):
    archive, (first_id, first), (_, second) = two
    alone = archive.listed(first)["first"].stored
    remove(archive, first_id)
    gone = leftover(archive)
    assert {alone, first.manifest} <= set(gone)
    assert len(gone) == 3
    archive.shelf.vault.remove(gone)
    assert verify_copy(archive.shelf, second, sample=None, seed=1).status is Status.PASSED
    assert leftover(archive) == []


def test_young_files_stay(two):
    archive, (first_id, _), _ = two
    remove(archive, first_id)
    archive.shelf.vault.remove(archive.files("/copying/"))
    assert leftover(archive) != []
    assert leftover(archive, seconds=-60) == []


def test_what_a_copy_in_progress_builds_upon_stays(two):
    archive, (first_id, _), (second_id, second) = two
    archive.copy(second, backup_id="in-progress")
    remove(archive, first_id)
    remove(archive, second_id)
    # Only the mark of that copy is younger than the line.
    (mark,) = [one for one in archive.files("in-progress") if "/copying/" in one]
    newest = max(one.modified for one in archive.shelf.vault.entries(mark))
    gone = set(unreferenced(archive.shelf, before=newest))
    assert second.manifest not in gone
    assert not gone & {one.stored for one in archive.listed(second).values()}


@pytest.mark.parametrize("what", ["manifest", "list"])
def test_where_something_cannot_be_read_nothing_is_named(two, what):
    archive, _, (second_id, second) = two
    name = f"{folder_of('studioops', second_id)}manifest" if what == "manifest" else second.manifest
    archive.flip(name)
    with pytest.raises(BackupDamaged):
        leftover(archive)


def test_under_a_key_that_is_lacking_nothing_is_named(archive):
    archive.shelf = archive.with_keys("old")
    archive.put("one").back_up()
    with pytest.raises(NoSuchKey):
        leftover(archive, archive.with_keys("new"))
