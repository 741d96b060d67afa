"""Pruning: what goes, what stays, what is said, and what a kill leaves behind."""

from __future__ import annotations

import gzip
import io
import json
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from studioops.backups.buckets.places import top
from studioops.backups.listing import list_backups
from studioops.backups.model import new_backup_id
from studioops.backups.prune import GRACE, prune
from studioops.backups.retention import Policy
from studioops.backups.shelf import MANIFEST, Shelf
from studioops.errors import ObjectStoreUnreachable
from studioops.model import Status
from studioops.objectstore import open_object_store
from studioops.objectstore.encryption import EncryptingReader, Keyring
from studioops.objectstore.vault import BucketVault, DirectoryVault

KEY = bytes(range(32))
NOW = datetime.now(UTC)
SOON = NOW + GRACE - timedelta(hours=1)
LATER = NOW + GRACE + timedelta(hours=1)


def lines(report) -> dict[str, tuple[bool, str]]:
    return {one["backup_id"]: (one["keep"], one["reason"]) for one in report.evidence["backups"]}


def reasons(report, status: Status) -> dict[str, str]:
    return {one.name: one.reason for one in report.subjects if one.status is status}


def test_what_is_given_up_goes_with_all_its_files_and_the_rest_stays(library, newest_only):
    old = library.add(9, faithful=True)
    proven = library.add(5, faithful=True)
    newest = library.add(0.1)
    pinned = library.add(7)
    library.shelf.pin(pinned, "plan-4711")
    kept_files = [*library.names(proven), *library.names(newest), *library.names(pinned)]
    report = prune(library.shelf, newest_only, now=NOW, dry_run=False)
    assert report.status is Status.PASSED
    assert library.names() == sorted(kept_files)
    assert lines(report)[old] == (False, "no period of the last 1 days, 0 weeks, 0 months needs it")
    assert lines(report)[pinned] == (True, "needed by plan-4711")
    assert lines(report)[proven] == (True, "the newest faithful one; the newest whose drill passed")
    assert report.evidence["removed"] == {"files": 4, "locked": 0, "locked_until": None}
    again = prune(library.shelf, newest_only, now=NOW, dry_run=False)
    assert (again.status, again.evidence["removed"]["files"]) == (Status.PASSED, 0)


def test_a_dry_run_says_the_same_and_removes_nothing(library, newest_only):
    for days in (0.1, 3, 4):
        library.add(days, faithful=True)
    before = library.names()
    tried = prune(library.shelf, newest_only, now=LATER, dry_run=True)
    assert library.names() == before
    done = prune(library.shelf, newest_only, now=LATER, dry_run=False)
    assert lines(tried) == lines(done)
    assert tried.evidence["removed"] == done.evidence["removed"]
    assert [one["removed"] for one in tried.evidence["backups"]] == [False] * 3
    assert [one["removed"] for one in done.evidence["backups"]] == [False, True, True]


def test_in_the_first_days_nothing_goes_and_a_note_says_so(here, newest_only):
    ids = [here.add(days) for days in (0, 1, 2, 6.9)]
    report = prune(here.shelf, newest_only, now=NOW, dry_run=False)
    assert report.status is Status.PASSED
    assert here.shelf.ids() == sorted(ids)
    told = reasons(report, Status.PASSED)["retention"]
    assert told == "kept 3 more: none is proven yet; next: studioops backup drill"


@pytest.mark.parametrize("drills", [{}, {"faithful": None}])
def test_a_week_later_that_is_not_well(here, newest_only, drills):
    ids = [here.add(days, **drills) for days in (0, 1, 7.1)]
    report = prune(here.shelf, newest_only, now=NOW, dry_run=False)
    assert report.status is Status.NOT_CHECKED
    assert here.shelf.ids() == sorted(ids)
    told = reasons(report, Status.NOT_CHECKED)["retention"]
    assert told.endswith(": 2 more are kept; next: studioops backup drill")


def test_a_drill_that_found_one_unfaithful_is_no_beginning(here, newest_only):
    ids = [here.add(0), here.add(1, faithful=False), here.add(2)]
    report = prune(here.shelf, newest_only, now=NOW, dry_run=False)
    assert (report.status, here.shelf.ids()) == (Status.NOT_CHECKED, sorted(ids))


def test_a_damaged_backup_does_not_hide_how_long_nothing_was_proven(here, newest_only):
    damaged, *_ = here.add(8), here.add(0), here.add(1)
    here.overwrite(f"{here.folder(damaged)}{MANIFEST}")
    report = prune(here.shelf, newest_only, now=NOW, dry_run=False)
    assert "retention" in reasons(report, Status.NOT_CHECKED)


def test_before_anything_is_to_go_a_missing_proof_is_no_trouble(here):
    here.add(0)
    here.add(1)
    assert prune(here.shelf, Policy(7, 0, 0), now=NOW, dry_run=False).status is Status.PASSED


def test_a_shelf_with_nothing_on_it(library, newest_only):
    report = prune(library.shelf, newest_only, now=NOW, dry_run=False)
    assert (report.status, report.evidence["backups"]) == (Status.PASSED, [])


def test_a_damaged_manifest_is_kept_and_said(library, newest_only):
    damaged, _ = library.add(8, faithful=True), library.add(0, faithful=True)
    library.overwrite(f"{library.folder(damaged)}{MANIFEST}")
    files = library.names(damaged)
    report = prune(library.shelf, newest_only, now=NOW, dry_run=False)
    assert report.status is Status.NOT_CHECKED
    assert library.names(damaged) == files
    assert lines(report)[damaged] == (True, "it is damaged")
    assert "; next: " in reasons(report, Status.NOT_CHECKED)[damaged]
    # Which copies of objects its manifest named is not known either.
    assert "; next: " in reasons(report, Status.NOT_CHECKED)["copies"]


def test_a_damaged_backup_goes_when_told_so_unless_it_is_needed(here, newest_only):
    damaged, pinned = here.add(8, faithful=True), here.add(9, faithful=True)
    for one in (damaged, pinned):
        here.overwrite(f"{here.folder(one)}{MANIFEST}")
    here.shelf.pin(pinned, "plan")
    newest = here.add(0)
    # Nothing that can be read is proven: the damaged ones may be all there is.
    prune(here.shelf, newest_only, now=NOW, dry_run=False, damaged=True)
    assert len(here.shelf.ids()) == 3
    here.drill(newest, faithful=True)
    prune(here.shelf, newest_only, now=NOW, dry_run=False, damaged=True)
    assert here.shelf.ids() == sorted([pinned, newest])


def test_a_damaged_proof_is_not_guessed_either(here, newest_only):
    old, _ = here.add(8, faithful=True), here.add(0, faithful=True)
    (proof,) = [name for name in here.names(old) if "/proofs/" in name]
    here.overwrite(proof)
    report = prune(here.shelf, newest_only, now=NOW, dry_run=False)
    assert old in here.shelf.ids()
    assert old in reasons(report, Status.NOT_CHECKED)


def test_a_backup_whose_key_is_missing_is_kept_and_names_the_key(here, newest_only, tmp_path):
    here.add(0, faithful=True)
    other = Keyring("two", {"two": b"2" * 32})
    theirs = replace(here, shelf=Shelf(here.vault, other, "shop")).add(8, faithful=True)
    report = prune(here.shelf, newest_only, now=NOW, dry_run=False, damaged=True)
    assert theirs in here.shelf.ids()
    assert "STUDIOOPS_BACKUP_KEYS__TWO" in reasons(report, Status.NOT_CHECKED)[theirs]


def test_an_unreadable_backup_never_stands_for_its_day(here):
    good = here.add(5.2)
    damaged = here.add(5.1, faithful=True)
    here.overwrite(f"{here.folder(damaged)}{MANIFEST}")
    here.add(0, faithful=True)
    prune(here.shelf, Policy(3, 0, 0), now=NOW, dry_run=False)
    assert good in here.shelf.ids()


def test_debris_of_a_dead_take_goes_and_a_take_in_progress_stays(library, newest_only):
    library.add(0, faithful=True)
    dead = new_backup_id(NOW - timedelta(days=2))
    library.ship(dead)
    report = prune(library.shelf, newest_only, now=SOON, dry_run=False)
    assert (len(library.names(dead)), report.evidence["debris"]["files"]) == (2, 0)
    report = prune(library.shelf, newest_only, now=LATER, dry_run=False)
    assert (library.names(dead), report.evidence["debris"]["files"]) == ([], 2)


def test_a_take_that_still_ships_keeps_its_first_files(here, newest_only, age_files):
    here.add(0, faithful=True)
    slow = new_backup_id(NOW - timedelta(days=2))
    first = here.ship(slow)[0].name
    age_files(here, 40, f"{here.folder(slow)}dump/{first}")
    prune(here.shelf, newest_only, now=NOW, dry_run=False)
    assert len(here.names(slow)) == 2
    age_files(here, 40, here.folder(slow))
    prune(here.shelf, newest_only, now=NOW, dry_run=False)
    assert here.names(slow) == []


def test_uploads_that_nobody_ended_are_given_up(store, bucket, keyring, newest_only):
    client, shelf = store.client, Shelf(BucketVault(store, bucket), keyring, "shop")
    client.create_multipart_upload(Bucket=bucket, Key="shop/20261101T020000Z-aaaaaaaa/dump/1.dat")
    client.create_multipart_upload(Bucket=bucket, Key="other/20261101T020000Z-aaaaaaaa/dump/1.dat")
    assert prune(shelf, newest_only, now=SOON, dry_run=False).evidence["uploads"] == 0
    assert prune(shelf, newest_only, now=LATER, dry_run=True).evidence["uploads"] == 0
    assert prune(shelf, newest_only, now=LATER, dry_run=False).evidence["uploads"] == 1
    left = client.list_multipart_uploads(Bucket=bucket)["Uploads"]
    assert [one["Key"].partition("/")[0] for one in left] == ["other"]


def test_copies_of_objects_that_no_backup_names_go(here, newest_only, age_files):
    here.add(0, faithful=True)
    here.overwrite(f"{top(here.shelf)}documents/data/of-nobody")
    prune(here.shelf, newest_only, now=SOON, dry_run=False)
    assert len(here.names()) == 5
    age_files(here, 30)
    report = prune(here.shelf, newest_only, now=NOW, dry_run=False)
    assert (report.evidence["copies"]["files"], len(here.names())) == (1, 4)


def test_other_targets_are_left_alone(here, newest_only):
    here.add(0, faithful=True)
    here.add(5, faithful=True)
    other = replace(here, shelf=replace(here.shelf, target="shop2"))
    other.add(8, faithful=True)
    other.ship(new_backup_id(NOW - timedelta(days=9)))
    before = other.names()
    prune(here.shelf, newest_only, now=LATER, dry_run=False)
    assert other.names() == before


class Killed(DirectoryVault):
    """A vault whose user dies after that many removals."""

    def remove(self, names):
        for name in names:
            super().remove([name])
            left = self.root / ".." / "left"
            count = int(left.read_text()) - 1
            left.write_text(str(count))
            if count == 0:
                raise KeyboardInterrupt


@pytest.mark.parametrize("steps", [1, 2, 3, 4, 5, 7])
def test_killed_at_any_step_nothing_half_is_listed_and_the_next_goes_on(
    here, newest_only, steps, tmp_path, age_files
):
    newest = here.add(0, faithful=True)
    for days in (5, 6):
        here.add(days, faithful=True)
    age_files(here, 48)
    (tmp_path / "left").write_text(str(steps))
    dying = replace(here.shelf, vault=Killed(here.vault.root))
    with pytest.raises(KeyboardInterrupt):
        prune(dying, newest_only, now=NOW, dry_run=False)
    for one in here.shelf.ids():
        assert len(here.names(one)) == 4, "a listed backup is whole"
    assert prune(here.shelf, newest_only, now=NOW, dry_run=False).status is Status.PASSED
    assert {name.split("/")[1] for name in here.names()} == {newest}
    assert len(here.names()) == 4


KILLED = """
import os, sys
from datetime import UTC, datetime
from studioops.backups.prune import prune
from studioops.backups.retention import Policy
from studioops.backups.shelf import Shelf
from studioops.objectstore import open_object_store
from studioops.objectstore.encryption import Keyring
from studioops.objectstore.vault import BucketVault

class Dies(BucketVault):
    def remove(self, names):
        super().remove(names)
        os.kill(os.getpid(), 9)

store = open_object_store(sys.argv[1], os.environ["A"], os.environ["S"])
shelf = Shelf(Dies(store, sys.argv[2]), Keyring("one", {"one": bytes(range(32))}), "shop")
prune(shelf, Policy(1, 0, 0), now=datetime.now(UTC), dry_run=False)
"""


@pytest.mark.parametrize("library", ["bucket", "versioned bucket"], indirect=True)
def test_kill_9_between_manifest_and_files(library, newest_only, object_store_server):
    library.add(0, faithful=True)
    old = library.add(5, faithful=True)
    server = object_store_server
    done = subprocess.run(
        [sys.executable, "-c", KILLED, server.endpoint, library.vault.bucket],
        env={"A": server.access_key, "S": server.secret_key},
        check=False,
        timeout=60,
    )
    assert done.returncode == -9
    assert old not in [one.backup_id for one in list_backups(library.shelf, NOW)]
    assert len(library.names(old)) == 3
    # The files are young: perhaps somebody takes a backup. A day later they are debris.
    prune(library.shelf, newest_only, now=LATER, dry_run=False)
    assert library.names(old) == []


def test_two_prunes_at_once_are_harmless(library, newest_only):
    newest = library.add(0, faithful=True)
    for days in (5, 6, 7):
        library.add(days, faithful=True)

    def second(name: str, done: int, total: int) -> None:
        if done == 2:
            prune(library.shelf, newest_only, now=LATER, dry_run=False)

    report = prune(library.shelf, newest_only, now=NOW, dry_run=False, progress=second)
    assert report.status is Status.PASSED
    assert library.shelf.ids() == [newest]
    assert len(library.names()) == 4


def test_one_that_is_pinned_while_others_are_removed_stays(here, newest_only):
    here.add(0, faithful=True)
    first, second = here.add(5, faithful=True), here.add(6, faithful=True)
    report = prune(
        here.shelf,
        newest_only,
        now=NOW,
        dry_run=False,
        progress=lambda name, *_: here.shelf.pin(second, "late") if name == first else None,
    )
    assert second in here.shelf.ids()
    assert lines(report)[second] == (True, "needed by late")


def test_one_that_somebody_reads_stays_until_the_reading_is_over(library, newest_only):
    library.add(0, faithful=True)
    old = library.add(5, faithful=True)
    with library.shelf.held(old, by="drill 1c9b"):
        report = prune(library.shelf, newest_only, now=NOW, dry_run=False)
        assert (report.status, old in library.shelf.ids()) == (Status.PASSED, True)
        keep, reason = lines(report)[old]
        assert (keep, reason[:28]) == (True, "needed by drill 1c9b until 2")
    prune(library.shelf, newest_only, now=NOW, dry_run=False)
    assert library.names(old) == []


def test_a_killed_readers_pin_ends_by_itself(library, newest_only):
    library.add(0, faithful=True)
    old = library.add(5, faithful=True)
    library.shelf.pin(old, "drill", hours=24)
    prune(library.shelf, newest_only, now=SOON, dry_run=False)
    assert old in library.shelf.ids()
    prune(library.shelf, newest_only, now=LATER, dry_run=False)
    assert library.names(old) == []


class Overtaken(DirectoryVault):
    """A vault where a reader pins a backup just before its manifest goes."""

    def remove(self, names):
        for name in names:
            if name.endswith(MANIFEST):
                shelf = Shelf(DirectoryVault(self.root), Keyring("one", {"one": KEY}), "shop")
                shelf.pin(name.split("/")[1], "drill", hours=48)
            super().remove([name])


def test_a_reader_that_found_the_manifest_just_before_it_went_reads_to_its_end(here, newest_only):
    here.add(0, faithful=True)
    old = here.add(5, faithful=True)
    shelf = replace(here.shelf, vault=Overtaken(here.vault.root))
    report = prune(shelf, newest_only, now=NOW, dry_run=False)
    assert old not in here.shelf.ids()
    assert "; its files wait for drill until 2" in lines(report)[old][1]
    assert len([name for name in here.names(old) if "/dump/" in name]) == here.files
    prune(here.shelf, newest_only, now=LATER, dry_run=False)
    assert len(here.names(old)) == 4
    prune(here.shelf, newest_only, now=LATER + timedelta(hours=48), dry_run=False)
    assert here.names(old) == []


def test_a_store_that_is_away_is_an_error_and_no_answer(keyring, newest_only):
    with open_object_store("127.0.0.1:1", "a", "b", timeout=1) as away:
        shelf = Shelf(BucketVault(away, "backups"), keyring, "shop")
        with pytest.raises(ObjectStoreUnreachable):
            prune(shelf, newest_only, now=NOW, dry_run=False)


class GoesAway(DirectoryVault):
    """A vault that answers no removal after the first."""

    def remove(self, names):
        for name in names:
            if name.endswith(MANIFEST) and not (self.root / ".." / "away").exists():
                (self.root / ".." / "away").touch()
                super().remove([name])
            else:
                raise ObjectStoreUnreachable("no connection", "mend it")


def test_a_store_that_goes_away_halfway_is_said_for_each_that_is_left(here, newest_only):
    newest = here.add(0, faithful=True)
    first, second = here.add(5, faithful=True), here.add(6, faithful=True)
    shelf = replace(here.shelf, vault=GoesAway(here.vault.root))
    report = prune(shelf, newest_only, now=NOW, dry_run=False)
    assert report.status is Status.NOT_CHECKED
    assert {first, second} <= reasons(report, Status.NOT_CHECKED).keys()
    removed = {one["backup_id"]: one["removed"] for one in report.evidence["backups"]}
    assert removed == {newest: False, first: True, second: False}
    assert prune(here.shelf, newest_only, now=LATER, dry_run=False).status is Status.PASSED
    assert here.shelf.ids() == [newest]


def test_a_backup_of_another_format_is_kept(here, newest_only):
    newer, _ = here.add(8, faithful=True), here.add(0, faithful=True)
    name = f"{here.folder(newer)}{MANIFEST}"
    content = gzip.compress(json.dumps({"format": 99}).encode())
    here.overwrite(name, EncryptingReader(io.BytesIO(content), here.shelf.keyring, name).read())
    prune(here.shelf, newest_only, now=NOW, dry_run=False)
    assert newer in here.shelf.ids()


def test_nothing_of_the_directory_is_left_but_what_is_kept(here, newest_only):
    newest, _ = here.add(0, faithful=True), here.add(8, faithful=True)
    prune(here.shelf, newest_only, now=NOW, dry_run=False)
    assert [path.name for path in Path(here.vault.root, "shop").iterdir()] == [newest]
