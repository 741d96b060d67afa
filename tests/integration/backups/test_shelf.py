"""A backup is what its manifest says, and a manifest is one that we wrote, for it and there."""

from __future__ import annotations

import gzip
import io
import json
import os
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest

from studioops.backups.model import BackupFile, Manifest, Proof
from studioops.backups.shelf import Shelf
from studioops.errors import (
    BackupDamaged,
    NoSuchBackup,
    NoSuchKey,
    ObjectStoreDenied,
    ObjectStoreError,
    ObjectStoreUnreachable,
)
from studioops.model import Status
from studioops.objectstore import ObjectStore
from studioops.objectstore.encryption import EncryptingReader, Keyring
from studioops.objectstore.vault import BucketVault, DirectoryVault, Entry, Stored, Vault

KEYS = Keyring("k1", {"k1": b"1" * 32})
FIRST, SECOND, THIRD = (f"202611{day}T020000Z-aaaaaaaa" for day in (23, 24, 25))
NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
PROOF = Proof(FIRST, NOON, Status.PASSED, Status.FAILED, 1.5, 60, "by hand", "18.6", ("an orphan",))


@pytest.fixture(params=["directory", "bucket"])
def anywhere(request: pytest.FixtureRequest, tmp_path: Path) -> Shelf:
    if request.param == "directory":
        return Shelf(DirectoryVault(tmp_path / "vault"), KEYS, "shop")
    vault = BucketVault(request.getfixturevalue("store"), request.getfixturevalue("bucket"))
    return Shelf(vault, KEYS, "shop")


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(DirectoryVault(tmp_path / "vault"), KEYS, "shop")


def manifest(backup_id: str = FIRST, target: str = "shop") -> Manifest:
    return Manifest(
        backup_id=backup_id,
        target=target,
        snapshot_at=NOON,
        seconds=1.5,
        server={"major": 18},
        tool="pg_dump 18.6",
        files=(BackupFile("toc.dat", 1, 2, "ab"),),
        tables={},
        left_out={},
        definitions={},
        sequences={},
    )


def put(vault: Vault, name: str, content: bytes) -> None:
    vault.write(name, io.BytesIO(content))


def get(vault: Vault, name: str) -> bytes:
    return b"".join(vault.read(name))


def place(backup_id: str = FIRST, target: str = "shop") -> str:
    return f"{target}/{backup_id}/manifest"


def test_kept_and_listed(anywhere: Shelf) -> None:
    for backup_id in (SECOND, FIRST):
        anywhere.keep(manifest(backup_id))
    put(anywhere.vault, f"shop/{THIRD}/dump/toc.dat", b"without a manifest")
    put(anywhere.vault, f"shop/{THIRD}/dump/manifest", b"one of pg_dump's")
    put(anywhere.vault, "shop/buckets/manifest", b"of documents")
    put(anywhere.vault, "shop/manifest", b"somebody's")
    Shelf(anywhere.vault, KEYS, "shop-2").keep(manifest(THIRD, "shop-2"))
    Shelf(anywhere.vault, KEYS, "sho").keep(manifest(THIRD, "sho"))
    assert anywhere.ids() == [FIRST, SECOND]
    assert anywhere.manifest(FIRST) == manifest()
    assert Shelf(anywhere.vault, KEYS, "none").ids() == []


@pytest.mark.parametrize("target", ["..", ".", "a/b", "ü ö", "../shop"])
def test_odd_targets_keep_to_themselves(shelf: Shelf, target: str) -> None:
    shelf.keep(manifest())
    odd = replace(shelf, target=target)
    odd.keep(manifest(SECOND, target))
    assert (odd.ids(), shelf.ids()) == ([SECOND], [FIRST])
    assert odd.manifest(SECOND).target == target
    assert isinstance(shelf.vault, DirectoryVault)
    assert list(shelf.vault.root.parent.iterdir()) == [shelf.vault.root]


@pytest.mark.parametrize("backup_id", [SECOND, "latest", "", "../shop", f"x/../{FIRST}"])
def test_no_such_backup(shelf: Shelf, backup_id: str) -> None:
    shelf.keep(manifest())
    put(shelf.vault, f"shop/{SECOND}/dump/toc.dat", b"half")
    with pytest.raises(NoSuchBackup, match=f"shop has no backup {backup_id}") as caught:
        shelf.manifest(backup_id)
    assert "studioops backup list" in caught.value.next_step


def test_directory_that_can_not_be_read_is_no_empty_one(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(ObjectStoreError):
        Shelf(DirectoryVault(tmp_path / "file"), KEYS, "shop").ids()


def plain_edit(sealed: bytes) -> bytes:
    """What somebody would put there who has no key."""
    document = {**manifest().as_json(), "tables": {}}
    return gzip.compress(json.dumps(document).encode()) if sealed else b""


DAMAGE: list[Callable[[bytes], bytes]] = [
    lambda sealed: sealed[:0],
    lambda sealed: sealed[:20],
    lambda sealed: sealed[:-1],
    lambda sealed: sealed + b"\0",
    lambda sealed: sealed[:-1] + bytes([sealed[-1] ^ 1]),
    lambda sealed: sealed * 2,
    plain_edit,
]


@pytest.mark.parametrize("change", DAMAGE)
def test_manifest_that_was_changed(shelf: Shelf, change: Callable[[bytes], bytes]) -> None:
    """Listed, since it is there; and refused by whoever wants to use it."""
    shelf.keep(manifest())
    put(shelf.vault, place(), change(get(shelf.vault, place())))
    assert shelf.ids() == [FIRST]
    with pytest.raises(BackupDamaged) as caught:
        shelf.manifest(FIRST)
    assert place() in caught.value.message
    assert "studioops backup list" in caught.value.next_step


def test_manifest_of_another_backup(shelf: Shelf) -> None:
    shelf.keep(manifest(SECOND))
    put(shelf.vault, place(FIRST), get(shelf.vault, place(SECOND)))
    with pytest.raises(BackupDamaged):
        shelf.manifest(FIRST)


def test_manifest_copied_from_another_target(shelf: Shelf) -> None:
    replace(shelf, target="other").keep(manifest(FIRST, "other"))
    put(shelf.vault, place(), get(shelf.vault, place(FIRST, "other")))
    with pytest.raises(BackupDamaged):
        shelf.manifest(FIRST)


def test_manifest_that_speaks_of_another(shelf: Shelf) -> None:
    """Even one that we wrote there."""
    for other in (manifest(SECOND), manifest(FIRST, "other")):
        shelf.write_json(place(), other.as_json())
        with pytest.raises(BackupDamaged, match="speaks of another backup"):
            shelf.manifest(FIRST)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"format": 2}, "of another format than 1"),
        ({"format": None}, "of another format"),
        ({"new_field": 1}, "written by another version"),
        ({"snapshot_at": "yesterday"}, "written by another version"),
        ({"files": [{"name": "x"}]}, "written by another version"),
    ],
)
def test_manifest_of_a_later_version(shelf: Shelf, change: dict[str, object], said: str) -> None:
    shelf.write_json(place(), {**manifest().as_json(), **change})
    with pytest.raises(BackupDamaged, match=said):
        shelf.manifest(FIRST)


@pytest.mark.parametrize("content", [b"[1, 2]", b"7", b"not json", b"\xff"])
@pytest.mark.parametrize("packed", [True, False])
def test_what_is_no_document(shelf: Shelf, content: bytes, packed: bool) -> None:
    inner = io.BytesIO(gzip.compress(content) if packed else content)
    shelf.vault.write(place(), EncryptingReader(inner, KEYS, place()))
    with pytest.raises(BackupDamaged, match="is no document of ours"):
        shelf.manifest(FIRST)


def test_other_keys(shelf: Shelf) -> None:
    shelf.keep(manifest())
    for keyring in (Keyring("k2", {"k2": b"2" * 32}), Keyring("k1", {"k1": b"2" * 32})):
        with pytest.raises(NoSuchKey):
            replace(shelf, keyring=keyring).manifest(FIRST)
    rotated = Keyring("k2", {"k1": b"1" * 32, "k2": b"2" * 32})
    assert replace(shelf, keyring=rotated).manifest(FIRST) == manifest()


def test_nothing_plain_lies_there(shelf: Shelf) -> None:
    shelf.keep(replace(manifest(), definitions={"views": {"marked-name": "SELECT 'marked'"}}))
    shelf.add_proof(replace(PROOF, findings=("marked-finding",)))
    for entry in shelf.vault.entries():
        assert b"marked" not in get(shelf.vault, entry.name)
        assert "marked" not in entry.name
    assert "111" not in repr(shelf)


# Proofs and pins.


def test_proofs(anywhere: Shelf) -> None:
    later = replace(PROOF, proven_at=NOON + timedelta(days=1), sound=Status.PASSED)
    moment = replace(PROOF, proven_at=NOON + timedelta(microseconds=1))
    for proof in (later, PROOF, moment):
        anywhere.add_proof(proof)
    assert anywhere.proofs(FIRST) == [PROOF, moment, later]
    assert anywhere.proofs(SECOND) == []
    assert [one.passed for one in anywhere.proofs(FIRST)] == [False, False, True]


@pytest.mark.parametrize("change", DAMAGE)
def test_proof_that_was_changed(shelf: Shelf, change: Callable[[bytes], bytes]) -> None:
    stored = shelf.add_proof(PROOF)
    put(shelf.vault, stored.name, change(get(shelf.vault, stored.name)))
    with pytest.raises(BackupDamaged):
        shelf.proofs(FIRST)


def test_proof_of_another_backup(shelf: Shelf) -> None:
    """A good backup's proof makes no other one good."""
    stored = shelf.add_proof(PROOF)
    sealed = get(shelf.vault, stored.name)
    put(shelf.vault, stored.name.replace(FIRST, SECOND), sealed)
    with pytest.raises(BackupDamaged):
        shelf.proofs(SECOND)
    put(shelf.vault, f"{stored.name}-again", sealed)
    with pytest.raises(BackupDamaged):
        shelf.proofs(FIRST)


def test_proof_of_a_later_version(shelf: Shelf) -> None:
    shelf.write_json(f"shop/{FIRST}/proofs/x", {**PROOF.as_json(), "faithful": "perhaps"})
    with pytest.raises(BackupDamaged, match="another version"):
        shelf.proofs(FIRST)


def test_pins(anywhere: Shelf) -> None:
    who = ["plan-1", "plan/2", "..", "by hand: ünï"]
    for one in who:
        anywhere.pin(FIRST, one)
        anywhere.pin(FIRST, one)
    assert sorted(anywhere.pins(FIRST)) == sorted(who)
    assert anywhere.pins(SECOND) == []
    for one in who:
        anywhere.unpin(FIRST, one)
        anywhere.unpin(FIRST, one)
    assert anywhere.pins(FIRST) == []
    assert list(anywhere.vault.entries()) == []


def test_a_pin_with_an_end_ends_by_itself(anywhere: Shelf) -> None:
    anywhere.pin(FIRST, "drill ünï/1", hours=2)
    now = datetime.now(UTC)
    (said,) = anywhere.pins(FIRST, now)
    assert said == f"drill ünï/1 until {now + timedelta(hours=2):%Y-%m-%d %H:%M} UTC"
    assert anywhere.pins(FIRST, now + timedelta(hours=3)) == []
    anywhere.unpin(FIRST, "drill ünï")
    assert len(anywhere.pins(FIRST, now)) == 1
    anywhere.unpin(FIRST, "drill ünï/1")
    assert list(anywhere.vault.entries()) == []


def test_a_pin_whose_end_is_no_moment_never_ends(shelf: Shelf) -> None:
    put(shelf.vault, f"shop/{FIRST}/pins/plan@some-day", b"x")
    assert shelf.pins(FIRST, NOON + timedelta(days=9999)) == ["plan"]


def test_held_while_it_is_read_by_each_of_its_readers(anywhere: Shelf) -> None:
    with anywhere.held(FIRST, by="drill 1") as refusal:
        assert refusal == ""
        with suppress(KeyError), anywhere.held(FIRST, by="drill 2"):
            assert len(anywhere.pins(FIRST)) == 2
            raise KeyError
        assert [one.partition(" until ")[0] for one in anywhere.pins(FIRST)] == ["drill 1"]
    assert list(anywhere.vault.entries()) == []


def test_a_vault_that_may_only_be_read_can_be_read_without_a_pin(anywhere: Shelf) -> None:
    class ReadOnly(Shelf):
        def write_json(self, name: str, document: dict[str, Any]) -> Stored:
            assert document
            raise ObjectStoreDenied(f"{name}: refuses", "ask for the right")

    with ReadOnly(anywhere.vault, KEYS, "shop").held(FIRST, by="drill") as refusal:
        assert refusal.startswith("not kept from being removed meanwhile: ")
        assert refusal.endswith(": refuses")
    assert list(anywhere.vault.entries()) == []


def test_a_store_that_is_away_at_the_end_is_no_trouble_of_the_reader(shelf: Shelf) -> None:
    class Away(DirectoryVault):
        def remove(self, names: Iterable[str]) -> None:
            raise ObjectStoreUnreachable(f"{names}: no connection", "mend it")

    assert isinstance(shelf.vault, DirectoryVault)
    away = replace(shelf, vault=Away(shelf.vault.root))
    with away.held(FIRST, by="drill"):
        assert len(shelf.pins(FIRST)) == 1
    assert len(shelf.pins(FIRST)) == 1


# Debris.


def written_before(shelf: Shelf, name: str, days: float) -> None:
    assert isinstance(shelf.vault, DirectoryVault)
    put(shelf.vault, name, b"x")
    then = time.time() - days * 86400
    os.utime(shelf.vault.root / name, (then, then))


def test_debris(shelf: Shelf) -> None:
    """Of backups that never became whole, and whose last file is old: one may be at work now."""
    for name, days in {
        f"shop/{FIRST}/dump/1.dat": 9,
        f"shop/{FIRST}/dump/2.dat": 8,
        f"shop/{SECOND}/dump/1.dat": 9,
        f"shop/{SECOND}/dump/2.dat": 0,
        f"shop/{THIRD}/dump/1.dat": 9,
        "shop/buckets/documents/abc": 9,
        "shop/somebody's": 9,
        f"other/{FIRST}/dump/1.dat": 9,
    }.items():
        written_before(shelf, name, days)
    shelf.keep(manifest(THIRD))
    before = datetime.now(UTC) - timedelta(days=7)
    found = [entry.name for entry in shelf.debris(before)]
    assert found == [f"shop/{FIRST}/dump/1.dat", f"shop/{FIRST}/dump/2.dat"]
    assert shelf.debris(datetime.now(UTC) - timedelta(days=8, hours=12)) == []


def test_what_somebody_still_reads_is_no_debris(shelf: Shelf) -> None:
    """Its manifest was removed just after the reader had found it."""
    written_before(shelf, f"shop/{FIRST}/dump/1.dat", 9)
    later = datetime.now(UTC) + timedelta(hours=30)
    with shelf.held(FIRST, by="drill", hours=48):
        assert shelf.debris(later, later) == []
    assert len(shelf.debris(later, later)) == 1


# Lists of a shelf cost what backups there are, not what files.


class Counted(DirectoryVault):
    """A vault that keeps the names that somebody read off it."""

    seen: ClassVar[list[str]] = []

    def entries(self, prefix: str = "") -> Iterator[Entry]:
        for entry in super().entries(prefix):
            self.seen.append(entry.name)
            yield entry


def test_listing_reads_no_names_of_files_and_none_of_copies(tmp_path: Path) -> None:
    counted = Shelf(Counted(tmp_path / "vault"), KEYS, "shop")
    for backup_id in (FIRST, SECOND):
        counted.keep(manifest(backup_id))
        for number in range(20):
            put(counted.vault, f"shop/{backup_id}/dump/{number}.dat", b"rows")
            put(counted.vault, f"shop/buckets/documents/data/{backup_id}{number}", b"rows")
    put(counted.vault, f"shop/{THIRD}/dump/1.dat", b"rows")
    Counted.seen.clear()
    assert counted.ids() == [FIRST, SECOND]
    assert next(counted.newest_first()) == SECOND
    assert Counted.seen == []
    counted.debris(datetime.now(UTC))
    assert Counted.seen == [f"shop/{THIRD}/dump/1.dat"]


def test_listing_a_bucket_asks_once_and_once_a_backup(
    store: ObjectStore, bucket: str, requests_of: Callable[[ObjectStore], list[str]]
) -> None:
    shelf = Shelf(BucketVault(store, bucket), KEYS, "shop")
    for backup_id in (FIRST, SECOND, THIRD):
        shelf.keep(manifest(backup_id))
        for number in range(3):
            put(shelf.vault, f"shop/{backup_id}/dump/{number}.dat", b"rows")
            put(shelf.vault, f"shop/buckets/documents/data/{backup_id}{number}", b"rows")
    asked = requests_of(store)
    assert shelf.ids() == [FIRST, SECOND, THIRD]
    assert asked == ["ListObjectsV2", *["HeadObject"] * 3]
    asked.clear()
    assert next(shelf.newest_first()) == THIRD
    assert asked == ["ListObjectsV2", "HeadObject"]
