"""A take whose request N to the object store fails, and one that finds no room."""

from __future__ import annotations

import io
import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from studioops.backups.listing import list_backups
from studioops.backups.model import Proof
from studioops.backups.prune import GRACE, prune
from studioops.backups.retention import Policy
from studioops.backups.shelf import Shelf
from studioops.backups.take import taking
from studioops.errors import BackupNotTaken, StudioOpsError
from studioops.model import Status
from studioops.objectstore.vault import BucketVault, DirectoryVault
from tests.faults import world
from tests.faults.conftest import ALL, Through, Tiny, patience, some_faults
from tests.faults.proxy import ALWAYS, Fault, FaultProxy

CARRIED_OUT = (Fault.LOST, Fault.CUT_ANSWER)
DAILY = Policy(1, 0, 0)
Positions = Callable[[], Iterator[int]]
Stock = dict[str, bytes]

pytestmark = pytest.mark.usefixtures("no_pauses", "private_tmp")


def several(positions: Callable[[], Iterator[int]]) -> Iterator[int]:
    """In a common run one request in the middle is enough: the rest is in `make faults`."""
    return positions() if ALL else iter((4,))


@some_faults
def test_take(
    proxy: FaultProxy,
    through: Through,
    kept: BucketVault,
    *,
    shop_dsn: str,
    positions: Positions,
    fault: Fault,
    attempts: int,
) -> None:
    for number in several(positions):
        proxy.heal()
        proxy.fail(fault, number)
        vault = through(attempts, patience(fault))
        done = world.done(lambda vault=vault: world.take_into(vault, shop_dsn))
        touched = proxy.touched
        proxy.heal()
        listed = world.whole(world.shelf_in(kept))
        assert len(listed) == done or (fault in CARRIED_OUT and len(listed) <= 1)
        # One failure of one request is nobody's business.
        assert done or attempts == 1
        assert world.take_into(kept, shop_dsn).backup_id in world.whole(world.shelf_in(kept))
        assert world.workplaces() == []
        kept.abort_uploads(datetime.now(UTC) + timedelta(days=1))
        assert world.uploads(kept) == 0
        world.emptied(kept)
        if not touched:
            assert done
            break


@pytest.mark.parametrize("fault", [Fault.REFUSED, Fault.ERROR, Fault.LOST] if ALL else [Fault.LOST])
def test_store_that_goes_away_while_a_take_clears_up(
    proxy: FaultProxy, through: Through, kept: BucketVault, shop_dsn: str, fault: Fault
) -> None:
    """The manifest is there and its reply was lost; then only some of it can be removed."""
    for removed in range(5) if ALL else (1,):
        proxy.heal()
        proxy.fail(Fault.LOST, 1, method="PUT", path="/manifest")
        proxy.fail(fault, 1 + removed, ALWAYS, method="DELETE")
        assert not world.done(lambda: world.take_into(through(), shop_dsn))
        assert proxy.touched > 1
        proxy.heal()
        assert world.whole(world.shelf_in(kept)) == [] or not removed
        world.emptied(kept)


@pytest.mark.parametrize("fault", [Fault.REFUSED, Fault.CUT_REQUEST] if ALL else [Fault.REFUSED])
def test_store_that_goes_away_at_request(
    proxy: FaultProxy,
    through: Through,
    kept: BucketVault,
    *,
    shop_dsn: str,
    positions: Positions,
    fault: Fault,
) -> None:
    """From the Nth on all fail; what is left is debris, and a later prune's."""
    for number in several(positions):
        proxy.heal()
        proxy.fail(fault, number, ALWAYS)
        done = world.done(lambda: world.take_into(through(attempts=2), shop_dsn))
        touched = proxy.touched
        proxy.heal()
        assert done or len(world.whole(world.shelf_in(kept))) == 0 or fault in CARRIED_OUT
        good = world.take_into(kept, shop_dsn)
        after = datetime.now(UTC) + GRACE + timedelta(minutes=1)
        prune(world.shelf_in(kept), Policy(9, 9, 9), now=after, dry_run=False)
        assert good.backup_id in world.whole(world.shelf_in(kept))
        assert world.uploads(kept) == 0
        folders = {one.name.split("/")[1] for one in kept.entries()}
        assert folders == set(world.shelf_in(kept).ids())
        assert world.workplaces() == []
        world.emptied(kept)
        if not touched:
            assert done
            break


@pytest.fixture(scope="module")
def stock(cluster, tmp_path_factory: pytest.TempPathFactory) -> Stock:
    """Two small backups, the newer of which is proven, so that the other one may go."""
    vault, name = DirectoryVault(tmp_path_factory.mktemp("stock")), cluster.clone("template0")
    with psycopg.connect(cluster.dsn(name)) as connection:
        connection.execute("CREATE TABLE customer AS SELECT 1 AS id")
    world.take_into(vault, cluster.dsn(name))
    time.sleep(1)
    newer, passed = world.take_into(vault, cluster.dsn(name)).backup_id, Status.PASSED
    cluster.drop(name)
    proof = Proof(newer, datetime.now(UTC), passed, passed, 1.0, 1.0, "test", "18")
    world.shelf_in(vault).add_proof(proof)
    return {one.name: b"".join(vault.read(one.name)) for one in vault.entries()}


def restocked(shelf: Shelf, stock: Stock) -> list[str]:
    """What was pruned comes back as it was: to take it anew would take an hour in all."""
    for name in stock.keys() - {one.name for one in shelf.vault.entries()}:
        shelf.vault.write(name, io.BytesIO(stock[name]))
    ids = shelf.ids()
    assert len(ids) == 2
    return ids


@pytest.fixture
def two(kept: BucketVault, stock: Stock) -> Shelf:
    shelf = world.shelf_in(kept)
    restocked(shelf, stock)
    return shelf


@some_faults
def test_list(
    proxy: FaultProxy,
    through: Through,
    two: Shelf,
    *,
    positions: Positions,
    fault: Fault,
    attempts: int,
) -> None:
    """What can't be read is no empty list."""
    ids = two.ids()
    for number in several(positions):
        proxy.heal()
        proxy.fail(fault, number)
        shelf = world.shelf_in(through(attempts, patience(fault)))
        try:
            listed = list_backups(shelf, datetime.now(UTC))
        except StudioOpsError:
            assert attempts == 1
        else:
            assert [one.backup_id for one in listed] == ids[::-1]
        if not proxy.touched:
            break


@some_faults
def test_prune(
    proxy: FaultProxy,
    through: Through,
    two: Shelf,
    *,
    stock: Stock,
    positions: Positions,
    fault: Fault,
    attempts: int,
) -> None:
    """Nothing that is half removed is listed, and what was proven stays."""
    kept, later = two.vault, datetime.now(UTC) + timedelta(days=2)
    vault = through(attempts, patience(fault))
    for number in several(positions):
        ids = restocked(two, stock)
        proxy.heal()
        proxy.fail(fault, number)
        # A copy knows nothing of the bucket yet, and asks all of its questions anew.
        shelf = world.shelf_in(replace(vault))
        done = world.done(lambda shelf=shelf: prune(shelf, DAILY, now=later, dry_run=False))
        touched = proxy.touched
        proxy.heal()
        assert done or attempts == 1
        assert world.whole(two)[-1] == ids[-1]
        report = prune(two, DAILY, now=later, dry_run=False)
        assert report.status is Status.PASSED
        assert {one.name.split("/")[1] for one in kept.entries()} == {ids[-1]}
        if not touched:
            break


@pytest.mark.parametrize("size", ["1m", "64k", "4k"] if ALL else ["1m"])
def test_disk_that_is_full_under_pg_dump(
    shop_dsn: str,
    tiny: Tiny,
    tmp_path: Path,
    *,
    size: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    vault = DirectoryVault(tmp_path / "vault")
    place = tiny(size)
    with monkeypatch.context() as patch:
        patch.setattr(tempfile, "tempdir", str(place))
        with pytest.raises(BackupNotTaken, match="No space left") as raised:
            world.take_into(vault, shop_dsn)
    assert "TMPDIR" in raised.value.next_step
    assert list(vault.entries()) == []
    assert list(place.iterdir()) == []
    assert world.take_into(vault, shop_dsn).backup_id in world.whole(world.shelf_in(vault))


def test_disk_that_is_full_before_it_begins(
    shop_dsn: str, tiny: Tiny, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tiny("1m,nr_inodes=1")
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    with pytest.raises(BackupNotTaken, match="No space left") as raised:
        world.take_into(DirectoryVault(tmp_path / "vault"), shop_dsn)
    assert "TMPDIR" in raised.value.next_step


def test_vault_on_a_full_disk(shop_dsn: str, tiny: Tiny) -> None:
    place = tiny("5m")
    vault = DirectoryVault(place / "vault")
    with pytest.raises(StudioOpsError) as raised:
        world.take_into(vault, shop_dsn)
    assert raised.value.message.isprintable()
    assert "No space left" in raised.value.message
    assert list(vault.entries()) == []
    assert world.workplaces() == []
    subprocess.run(["mount", "-o", "remount,size=60m", str(place)], check=True)
    assert world.take_into(vault, shop_dsn).backup_id in world.whole(world.shelf_in(vault))


def test_manifest_that_finds_no_room(
    shop_dsn: str, tiny: Tiny, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The files fit; by the time of the manifest somebody else filled the disk."""
    place = tiny("40m")
    vault, keep = DirectoryVault(place / "vault"), taking.Shelf.keep

    def late(self, manifest):
        with suppress(OSError), (place / "filler").open("wb", buffering=0) as file:
            while True:
                file.write(os.urandom(4096))
        return keep(self, manifest)

    with monkeypatch.context() as patch:
        patch.setattr(taking.Shelf, "keep", late)
        assert not world.done(lambda: world.take_into(vault, shop_dsn))
    assert world.shelf_in(vault).ids() == []
    assert list(vault.entries()) == []
    (place / "filler").unlink()
    assert world.take_into(vault, shop_dsn).backup_id in world.whole(world.shelf_in(vault))


def test_shop_has_a_file_of_two_parts(shop_dsn: str) -> None:
    """What the tests above rest on."""
    with psycopg.connect(shop_dsn) as connection:
        size = connection.execute("SELECT sum(2 * length(content)) FROM photo").fetchone()
    assert size is not None
    assert size[0] > 8 << 20
