"""Backups that waited on a disk come to the vault once each, whatever happens on the way."""

from __future__ import annotations

import io
import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from studioops.backups.model import BackupFile, Manifest, Proof, folder_of
from studioops.backups.shelf import Shelf
from studioops.backups.spool import _alone, deliver, waiting
from studioops.errors import ObjectStoreError
from studioops.model import Status
from studioops.objectstore import ObjectStore, open_object_store
from studioops.objectstore.encryption import EncryptingReader, Keyring, decrypted
from studioops.objectstore.vault import BucketVault, DirectoryVault, Readable, Stored, Vault

KEYS = Keyring("k1", {"k1": b"1" * 32})
FIRST, SECOND = "20261124T020000Z-aaaaaaaa", "20261125T020000Z-bbbbbbbb"
FILES = {"toc.dat": b"contents", "1.dat": os.urandom(3 << 20), "2.dat": b""}
NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


@pytest.fixture
def spool(tmp_path: Path) -> DirectoryVault:
    return DirectoryVault(tmp_path / "spool")


@pytest.fixture
def vault(tmp_path: Path) -> DirectoryVault:
    return DirectoryVault(tmp_path / "vault")


def spooled(vault: Vault, backup_id: str = FIRST, target: str = "shop") -> Manifest:
    """A whole backup there."""
    manifest = Manifest(
        backup_id=backup_id,
        target=target,
        snapshot_at=NOON,
        seconds=1.5,
        server={"major": 18},
        tool="pg_dump 18.6",
        files=tuple(
            written(vault, f"{folder_of(target, backup_id)}dump/", *one) for one in FILES.items()
        ),
        tables={},
        left_out={},
        definitions={},
        sequences={},
        spooled_on="host-1",
    )
    Shelf(vault, KEYS, target).keep(manifest)
    return manifest


def written(vault: Vault, folder: str, name: str, content: bytes) -> BackupFile:
    full = f"{folder}{name}"
    stored = vault.write(full, EncryptingReader(io.BytesIO(content), KEYS, full))
    return BackupFile(name, len(content), stored.size, stored.sha256)


def is_whole(vault: Vault, backup_id: str = FIRST, target: str = "shop") -> bool:
    """Listed; and then every byte of it had better be there."""
    shelf = Shelf(vault, KEYS, target)
    if backup_id not in shelf.ids():
        return False
    manifest = shelf.manifest(backup_id)
    assert [one.name for one in manifest.files] == list(FILES)
    for one in manifest.files:
        name = f"{manifest.folder}dump/{one.name}"
        plain = b"".join(decrypted(vault.read(name, one.version), KEYS, name))
        assert plain == FILES[one.name]
    return True


def names(vault: Vault) -> list[str]:
    return sorted(one.name for one in vault.entries())


def statuses(report) -> dict[str, Status]:
    return {one.name: one.status for one in report.subjects}


def test_nothing_waits(spool: DirectoryVault, vault: DirectoryVault) -> None:
    assert waiting(spool) == []
    report = deliver(spool, vault, KEYS)
    assert (report.kind, report.status) == ("delivery", Status.PASSED)
    assert statuses(report) == {f"spool {spool.root}": Status.PASSED}
    assert not spool.root.exists()


def test_what_waits(spool: DirectoryVault) -> None:
    for target, backup_id in (("shop", SECOND), ("a/b ü", FIRST), ("shop", FIRST)):
        spooled(spool, backup_id, target)
    written(spool, "shop/20261126T020000Z-cccccccc/dump/", "1.dat", b"not whole")
    found = waiting(spool)
    assert [one[:2] for one in found] == [("a/b ü", FIRST), ("shop", FIRST), ("shop", SECOND)]
    on_disk = sum(one.size for one in spool.entries(f"shop/{FIRST}/"))
    assert found[1][2] == on_disk > 3 << 20


def test_delivered_to_a_bucket(spool: DirectoryVault, store: ObjectStore, bucket: str) -> None:
    vault = BucketVault(store, bucket)
    manifest = spooled(spool)
    shelf = Shelf(spool, KEYS, "shop")
    shelf.pin(FIRST, "plan-1")
    proof = Proof(FIRST, NOON, Status.PASSED, Status.PASSED, 1, 2, "by hand", "18.6")
    shelf.add_proof(proof)
    other = spooled(spool, SECOND, "a/b ü")
    told = []
    report = deliver(spool, vault, KEYS, progress=lambda *seen: told.append(seen))
    assert report.status is Status.PASSED
    assert statuses(report) == {f"shop {FIRST}": Status.PASSED, f"a/b ü {SECOND}": Status.PASSED}
    assert told == [(f"shop {FIRST}", 0, 2), (f"a/b ü {SECOND}", 1, 2)]
    assert [one["backup_id"] for one in report.evidence["delivered"]] == [FIRST, SECOND]
    assert is_whole(vault)
    assert is_whole(vault, SECOND, "a/b ü")
    there = Shelf(vault, KEYS, "shop")
    assert there.manifest(FIRST) == manifest
    assert Shelf(vault, KEYS, "a/b ü").manifest(SECOND) == other
    assert there.pins(FIRST) == ["plan-1"]
    assert there.proofs(FIRST) == [proof]
    assert list(spool.root.iterdir()) == []
    again = deliver(spool, vault, KEYS)
    assert again.status is Status.PASSED
    assert again.evidence["delivered"] == []


def test_versions_are_those_of_the_vault(
    spool: DirectoryVault, store: ObjectStore, bucket: str
) -> None:
    store.client.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    vault = BucketVault(store, bucket)
    spooled(spool)
    assert deliver(spool, vault, KEYS).status is Status.PASSED
    assert all(one.version for one in Shelf(vault, KEYS, "shop").manifest(FIRST).files)
    vault.write(f"shop/{FIRST}/dump/toc.dat", io.BytesIO(b"overwritten"))
    assert is_whole(vault)
    vault.remove(names(vault))


def test_copies_of_buckets_come_along(spool: DirectoryVault, vault: DirectoryVault) -> None:
    spooled(spool)
    written(spool, "shop/buckets/documents/", "abc", b"a document")
    assert deliver(spool, vault, KEYS).status is Status.PASSED
    assert "shop/buckets/documents/abc" in names(vault)
    # Another take may be about to need it here: it goes when it is old.
    assert names(spool) == ["shop/buckets/documents/abc"]
    age(spool, timedelta(days=2))
    deliver(spool, vault, KEYS)
    assert names(spool) == []


@dataclass(frozen=True)
class Watched(DirectoryVault):
    """A vault that tells what is written to it."""

    def write(self, name: str, source: Readable, size: int = 0) -> Stored:
        WRITTEN.append(name)
        return super().write(name, source, size)


WRITTEN: list[str] = []


def test_whole_there_already(spool: DirectoryVault, tmp_path: Path) -> None:
    vault = Watched(tmp_path / "vault")
    manifest = spooled(spool)
    for entry in spool.entries():
        vault.write(entry.name, io.BytesIO(b"".join(spool.read(entry.name))))
    WRITTEN.clear()
    report = deliver(spool, vault, KEYS)
    assert report.status is Status.PASSED
    assert (report.evidence["delivered"], WRITTEN) == ([], [])
    assert [one["backup_id"] for one in report.evidence["already_there"]] == [FIRST]
    assert Shelf(vault, KEYS, "shop").manifest(FIRST) == manifest
    assert names(spool) == []


@pytest.mark.parametrize("lost", ["dump/1.dat", "manifest"])
@pytest.mark.parametrize("how", ["removed", "cut"])
def test_not_whole_there(spool: DirectoryVault, vault: DirectoryVault, lost: str, how: str) -> None:
    """The copy here is the last one: it is brought again and not just removed."""
    spooled(spool)
    for entry in spool.entries():
        vault.write(entry.name, io.BytesIO(b"".join(spool.read(entry.name))))
    name = f"shop/{FIRST}/{lost}"
    if how == "removed":
        vault.remove([name])
    else:
        vault.write(name, io.BytesIO(b"STUDIOP1"))
    assert deliver(spool, vault, KEYS).status is Status.PASSED
    assert is_whole(vault)
    assert names(spool) == []


# Damage on this disk.


def edit(spool: DirectoryVault, name: str, change: Callable[[bytearray], object]) -> None:
    content = bytearray(b"".join(spool.read(name)))
    change(content)
    spool.write(name, io.BytesIO(bytes(content)))


def flip(content: bytearray) -> None:
    content[len(content) // 2] ^= 1


def cut(content: bytearray) -> None:
    del content[-1:]


@pytest.mark.parametrize("name", ["dump/1.dat", "dump/2.dat", "manifest"])
@pytest.mark.parametrize("change", [flip, cut, bytearray.clear])
def test_damage(
    spool: DirectoryVault,
    vault: DirectoryVault,
    name: str,
    change: Callable[[bytearray], object],
) -> None:
    spooled(spool)
    spooled(spool, SECOND)
    edit(spool, f"shop/{FIRST}/{name}", change)
    before = names(spool)
    report = deliver(spool, vault, KEYS)
    assert report.status is Status.FAILED
    assert statuses(report) == {f"shop {FIRST}": Status.FAILED, f"shop {SECOND}": Status.PASSED}
    (finding,) = report.findings
    assert (finding.check, finding.object) == ("spool_damaged", f"shop {FIRST}")
    assert name.rpartition("/")[2] in finding.message
    assert f"rm -r {spool.root}/shop/{FIRST}/" in finding.repair
    assert "studioops backup take --target shop" in finding.repair
    assert not is_whole(vault)
    assert is_whole(vault, SECOND)
    assert [one for one in names(vault) if FIRST in one] == []
    assert names(spool) == [one for one in before if FIRST in one]


def test_file_that_is_missing(spool: DirectoryVault, vault: DirectoryVault) -> None:
    spooled(spool)
    spool.remove([f"shop/{FIRST}/dump/1.dat"])
    (finding,) = deliver(spool, vault, KEYS).findings
    assert "1.dat" in finding.message
    assert names(vault) == []
    assert len(names(spool)) == 3


def test_manifest_of_another_backup(spool: DirectoryVault, vault: DirectoryVault) -> None:
    spooled(spool)
    spooled(spool, SECOND)
    other = b"".join(spool.read(f"shop/{SECOND}/manifest"))
    spool.write(f"shop/{FIRST}/manifest", io.BytesIO(other))
    report = deliver(spool, vault, KEYS)
    assert [one.object for one in report.findings] == [f"shop {FIRST}"]
    assert is_whole(vault, SECOND)


def test_proof_that_was_edited(spool: DirectoryVault, vault: DirectoryVault) -> None:
    spooled(spool)
    Shelf(spool, KEYS, "shop").pin(FIRST, "plan-1")
    edit(spool, f"shop/{FIRST}/pins/plan-1", flip)
    (finding,) = deliver(spool, vault, KEYS).findings
    assert "plan-1" in finding.message
    assert not is_whole(vault)


def test_key_that_the_settings_do_not_hold(spool: DirectoryVault, vault: DirectoryVault) -> None:
    spooled(spool)
    report = deliver(spool, vault, Keyring("k9", {"k9": b"9" * 32}))
    assert statuses(report) == {f"shop {FIRST}": Status.NOT_CHECKED}
    assert "; next: set STUDIOOPS_BACKUP_KEYS__K1" in report.subjects[0].reason
    assert deliver(spool, vault, KEYS).status is Status.PASSED
    assert is_whole(vault)


# Trouble on the way.


def test_store_that_is_away(spool: DirectoryVault) -> None:
    spooled(spool)
    spooled(spool, SECOND)
    before = names(spool)
    with open_object_store("127.0.0.1:1", "key", "hush", timeout=0.5) as away:
        report = deliver(spool, BucketVault(away, "backups"), KEYS)
    assert report.status is Status.NOT_CHECKED
    assert {one.status for one in report.subjects} == {Status.NOT_CHECKED}
    assert all("connection refused; next: " in one.reason for one in report.subjects)
    assert names(spool) == before


def test_vault_that_is_full(spool: DirectoryVault, tmp_path: Path) -> None:
    spooled(spool)
    vault = DirectoryVault(tmp_path / "vault", 1 << 20)
    report = deliver(spool, vault, KEYS)
    assert statuses(report) == {f"shop {FIRST}": Status.NOT_CHECKED}
    assert is_whole(spool)
    assert not is_whole(vault)


def test_spool_that_can_not_be_read(tmp_path: Path, vault: DirectoryVault) -> None:
    place = tmp_path / "file"
    place.write_bytes(b"")
    with pytest.raises(ObjectStoreError, match="Not a directory") as caught:
        deliver(DirectoryVault(place), vault, KEYS)
    assert "STUDIOOPS_SPOOL_DIR" in caught.value.next_step


def age(spool: DirectoryVault, by: timedelta) -> None:
    then = time.time() - by.total_seconds()
    for path in spool.root.rglob("*"):
        if path.is_file():
            os.utime(path, (then, then))


def test_debris(spool: DirectoryVault, vault: DirectoryVault) -> None:
    written(spool, f"shop/{FIRST}/dump/", "1.dat", b"of a take that died")
    age(spool, timedelta(hours=25))
    written(spool, f"shop/{SECOND}/dump/", "1.dat", b"of a take at work")
    report = deliver(spool, vault, KEYS)
    assert report.status is Status.PASSED
    assert report.evidence["debris"] == [f"shop/{FIRST}/dump/1.dat"]
    assert names(spool) == [f"shop/{SECOND}/dump/1.dat"]
    assert names(vault) == []


def test_debris_of_a_backup_that_was_delivered(
    spool: DirectoryVault, vault: DirectoryVault
) -> None:
    """A kill in the middle of the removal here: nobody waits a day for the room."""
    spooled(vault)
    written(spool, f"shop/{FIRST}/dump/", "1.dat", b"left")
    assert deliver(spool, vault, KEYS).status is Status.PASSED
    assert names(spool) == []
    assert is_whole(vault)


def test_another_delivery_is_at_work(spool: DirectoryVault, vault: DirectoryVault) -> None:
    spooled(spool)
    with _alone(spool) as alone:
        assert alone
        report = deliver(spool, vault, KEYS)
    assert report.status is Status.NOT_CHECKED
    assert "; next: " in report.subjects[0].reason
    assert names(vault) == []
    assert deliver(spool, vault, KEYS).status is Status.PASSED


FORK = multiprocessing.get_context("fork")


def test_two_at_once(spool: DirectoryVault, tmp_path: Path) -> None:
    for number in range(8):
        spooled(spool, f"202611{10 + number}T020000Z-aaaaaaaa")
    log = tmp_path / "log"

    def run() -> None:
        vault = Watched(tmp_path / "vault")
        while waiting(spool):
            deliver(spool, vault, KEYS)
        with log.open("a") as file:
            file.writelines(f"{name}\n" for name in WRITTEN)

    WRITTEN.clear()
    both = [FORK.Process(target=run) for _ in range(3)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert [one.exitcode for one in both] == [0, 0, 0]
    manifests = [name for name in log.read_text().splitlines() if name.endswith("manifest")]
    assert sorted(manifests) == sorted(set(manifests))
    assert len(manifests) == 8


@dataclass(frozen=True)
class Mortal(DirectoryVault):
    """A vault whose process is killed before a step of its work."""

    def write(self, name: str, source: Readable, size: int = 0) -> Stored:
        step()
        stored = super().write(name, Dying(source), size)
        step()
        return stored

    def remove(self, names: Iterable[str]) -> None:
        for name in names:
            step()
            super().remove([name])


class Dying:
    """Content in whose middle the process is killed."""

    def __init__(self, source: Readable) -> None:
        self._source = source

    def read(self, size: int = -1) -> bytes:
        step()
        return self._source.read(size)


LEFT = [0]


def step() -> None:
    LEFT[0] -= 1
    if LEFT[0] == 0:
        os.kill(os.getpid(), signal.SIGKILL)


def killed_at(number: int, spool: Path, vault: Path) -> bool:
    """Deliver in a process of its own that is killed at that step; False once it got through."""

    def run() -> None:
        LEFT[0] = number
        report = deliver(Mortal(spool), Mortal(vault), KEYS)
        os._exit(0 if report.status is Status.PASSED else 1)

    process = FORK.Process(target=run)
    process.start()
    process.join()
    assert process.exitcode in (0, -signal.SIGKILL)
    return process.exitcode != 0


@pytest.mark.thorough
def test_killed_at_every_step(tmp_path: Path) -> None:
    steps = 0
    for number in count(1):
        spool, vault = (
            DirectoryVault(tmp_path / f"{number}" / name) for name in ("spool", "vault")
        )
        spooled(spool)
        spooled(spool, SECOND)
        killed = killed_at(number, spool.root, vault.root)
        for backup_id in (FIRST, SECOND):
            # Never listed half, and never in neither place.
            assert is_whole(vault, backup_id) + is_whole(spool, backup_id) >= 1
        report = deliver(spool, vault, KEYS)
        assert report.status is Status.PASSED, report.findings
        assert is_whole(vault)
        assert is_whole(vault, SECOND)
        assert names(spool) == []
        if not killed:
            break
        steps += 1
    assert steps > 30


def test_killed_again_and_again(tmp_path: Path) -> None:
    """One spool, whose delivery is killed a step later each time."""
    spool, vault = DirectoryVault(tmp_path / "spool"), DirectoryVault(tmp_path / "vault")
    manifest = spooled(spool)
    for number in count(1):
        if not killed_at(number, spool.root, vault.root):
            break
        assert is_whole(vault) + is_whole(spool) >= 1
    assert is_whole(vault)
    assert Shelf(vault, KEYS, "shop").manifest(FIRST) == manifest
    assert names(spool) == []
