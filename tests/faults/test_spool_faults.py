"""A delivery whose request N fails: what is listed is whole, and the next delivery ends it."""

from __future__ import annotations

import io
import os
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from studioops.backups.model import BackupFile, Manifest, folder_of
from studioops.backups.shelf import Shelf
from studioops.backups.spool import deliver, waiting
from studioops.model import Status
from studioops.objectstore.encryption import EncryptingReader, Keyring, decrypted
from studioops.objectstore.vault import BucketVault, DirectoryVault
from tests.faults.conftest import ALL, Through
from tests.faults.proxy import Fault, FaultProxy

KEYS = Keyring("k1", {"k1": b"1" * 32})
BACKUP = "20261125T020000Z-aaaaaaaa"
FILES = {"1.dat": os.urandom(1 << 20), "toc.dat": b"contents"}


@pytest.fixture
def spool(tmp_path: Path) -> DirectoryVault:
    """One backup waits there."""
    vault, files = DirectoryVault(tmp_path / "spool"), []
    for name, content in FILES.items():
        full = f"{folder_of('shop', BACKUP)}dump/{name}"
        stored = vault.write(full, EncryptingReader(io.BytesIO(content), KEYS, full))
        files.append(BackupFile(name, len(content), stored.size, stored.sha256))
    manifest = Manifest(
        BACKUP, "shop", datetime.now(UTC), 1, {}, "pg_dump", tuple(files), {}, {}, {}, {}
    )
    Shelf(vault, KEYS, "shop").keep(manifest)
    return vault


def is_whole(vault: BucketVault | DirectoryVault) -> bool:
    shelf = Shelf(vault, KEYS, "shop")
    if BACKUP not in shelf.ids():
        return False
    for one in shelf.manifest(BACKUP).files:
        name = f"shop/{BACKUP}/dump/{one.name}"
        assert b"".join(decrypted(vault.read(name), KEYS, name)) == FILES[one.name]
    return True


@pytest.mark.parametrize("attempts", [1, 3] if ALL else [1])
@pytest.mark.parametrize(
    "fault", [Fault.REFUSED, Fault.LOST, Fault.CUT_REQUEST] if ALL else [Fault.LOST]
)
@pytest.mark.usefixtures("no_pauses")
def test_delivery(
    proxy: FaultProxy,
    through: Through,
    kept: BucketVault,
    spool: DirectoryVault,
    *,
    positions: Callable[[], Iterator[int]],
    fault: Fault,
    attempts: int,
) -> None:
    for number in positions():
        mine = DirectoryVault(spool.root.with_name(f"spool-{number}"))
        shutil.copytree(spool.root, mine.root)
        proxy.heal()
        proxy.fail(fault, number)
        report = deliver(mine, through(attempts), KEYS)
        touched = proxy.touched
        assert report.findings == ()
        assert report.status is (Status.NOT_CHECKED if waiting(mine) else Status.PASSED)
        assert is_whole(kept) or is_whole(mine)
        assert attempts == 1 or not waiting(mine)
        assert deliver(mine, through(attempts), KEYS).status is Status.PASSED
        assert is_whole(kept)
        assert list(mine.entries()) == []
        kept.remove([one.name for one in kept.entries()])
        if not touched:
            break
