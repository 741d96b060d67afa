"""A drill whose request N to the object store fails, and one that finds no room."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import psycopg
import pytest

from studioops.backups.model import Manifest
from studioops.errors import StudioOpsError
from studioops.local.ports import pick
from studioops.local.postgres_server import PostgresServer
from studioops.local.processes import wait_for
from studioops.model import Report, Status
from studioops.objectstore.vault import BucketVault, DirectoryVault
from tests.faults import world
from tests.faults.conftest import ALL, Through, Tiny, patience, some_faults
from tests.faults.proxy import ALWAYS, Fault, FaultProxy

Positions = Callable[[], Iterator[int]]

pytestmark = pytest.mark.usefixtures("no_pauses", "private_tmp")


def several(positions: Positions) -> Iterator[int]:
    """In a common run the first request for a file is enough: the rest is in `make faults`."""
    return positions() if ALL else iter((3,))


@pytest.fixture
def taken(kept: BucketVault, shop_dsn: str) -> Manifest:
    return world.take_into(kept, shop_dsn)


def right(report: Report) -> None:
    """The copy equals the manifest; the orphan that was planted is found."""
    assert report.evidence["faithful"] == "passed", report.findings
    assert report.status is Status.FAILED


@some_faults
def test_drill(
    proxy: FaultProxy,
    through: Through,
    kept: BucketVault,
    *,
    taken: Manifest,
    shop_dsn: str,
    positions: Positions,
    fault: Fault,
    attempts: int,
) -> None:
    for number in several(positions):
        proxy.heal()
        proxy.fail(fault, number)
        vault = through(attempts, patience(fault))
        work = partial(world.drill_of, vault, taken.backup_id, shop_dsn)
        # The store's trouble is not the backup's: an error of ours, and no finding.
        done = world.done(lambda work=work: right(work()))
        assert done or attempts == 1
        touched = proxy.touched
        proxy.heal()
        world.nothing_is_left(shop_dsn)
        proofs = world.shelf_in(kept).proofs(taken.backup_id)
        assert {one.faithful for one in proofs} <= {Status.PASSED}
        if not touched:
            break
    right(world.drill_of(kept, taken.backup_id, shop_dsn))


@pytest.mark.thorough
@pytest.mark.parametrize("fault", [Fault.REFUSED, Fault.CUT_ANSWER])
def test_store_that_goes_away_at_request(
    proxy: FaultProxy,
    through: Through,
    kept: BucketVault,
    *,
    taken: Manifest,
    shop_dsn: str,
    positions: Positions,
    fault: Fault,
) -> None:
    for number in positions():
        proxy.heal()
        proxy.fail(fault, number, ALWAYS)
        vault = through(attempts=2)
        done = world.done(lambda vault=vault: world.drill_of(vault, taken.backup_id, shop_dsn))
        touched = proxy.touched
        proxy.heal()
        world.nothing_is_left(shop_dsn)
        proofs = world.shelf_in(kept).proofs(taken.backup_id)
        assert {one.faithful for one in proofs} <= {Status.PASSED}
        if not touched:
            assert done
            break


def test_disk_that_is_full_under_the_files(
    shop_dsn: str, tiny: Tiny, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault, place = DirectoryVault(tmp_path / "vault"), tiny("1m")
    backup_id = world.take_into(vault, shop_dsn).backup_id
    with monkeypatch.context() as patch:
        patch.setattr(tempfile, "tempdir", str(place))
        with pytest.raises(StudioOpsError, match="No space left") as raised:
            world.drill_of(vault, backup_id, shop_dsn)
    assert "TMPDIR" in raised.value.next_step
    assert list(place.iterdir()) == []
    assert world.scratch_databases(shop_dsn) == []
    assert world.shelf_in(vault).proofs(backup_id) == []
    right(world.drill_of(vault, backup_id, shop_dsn))


@pytest.fixture
def small_server(cluster, stack_dir: Path) -> Iterator[tuple[PostgresServer, int, Path]]:
    """A server whose whole data directory is on a disk of its own."""
    home = stack_dir / "small-postgres"
    home.mkdir()
    words = ["mount", "-t", "tmpfs", "-o", "size=150m,mode=0755", "tmpfs", str(home)]
    if subprocess.run(words, capture_output=True, check=False).returncode:
        pytest.skip("no tmpfs can be mounted here: this needs root and its CAP_SYS_ADMIN")
    like = cluster.server
    options = (
        "fsync=off", "autovacuum=off", "max_wal_size=48MB", "min_wal_size=32MB",
    )  # fmt: skip
    server = PostgresServer(
        like.programs, like.user, home, stack_dir / "small.log", like.password, options
    )
    try:
        server.create()
        port = pick(1)[0]
        server.start(port)
        yield server, port, home
    finally:
        server.stop()
        subprocess.run(["umount", "--lazy", str(home)], capture_output=True, check=False)


@pytest.mark.thorough
def test_server_whose_disk_is_full_during_the_restore(
    shop_dsn: str, small_server: tuple[PostgresServer, int, Path], tmp_path: Path
) -> None:
    """It is no fault of the backup: an error of ours, and no proof that says otherwise."""
    server, port, home = small_server
    vault = DirectoryVault(tmp_path / "vault")
    backup_id = world.take_into(vault, shop_dsn).backup_id
    dsn = server.dsn(port)
    filler, faithful = home / "filler", list[bool]()
    for room in (40, 28, 22, 18, 14, 10, 6):
        filler.write_bytes(bytes(max(shutil.disk_usage(home).free - (room << 20), 0)))
        work = partial(world.drill_of, vault, backup_id, dsn)
        faithful.append(world.done(lambda work=work: right(work())))
        filler.unlink()
        # Where it can't write its log it stops itself.
        wait_for(lambda: server.pid() is None, 2)
        if not server.serves(port):
            server.start(port)
        with psycopg.connect(dsn, autocommit=True) as connection:
            connection.execute("CHECKPOINT")
    assert not all(faithful)
    proofs = world.shelf_in(vault).proofs(backup_id)
    assert len(proofs) == sum(faithful)
    right(world.drill_of(vault, backup_id, dsn))
    world.nothing_is_left(dsn)
