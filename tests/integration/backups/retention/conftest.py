"""Small backups, written as a take and a drill write them, in every kind of vault."""

from __future__ import annotations

import io
import os
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from studioops.backups.model import BackupFile, Manifest, Proof, folder_of, new_backup_id
from studioops.backups.retention import Policy
from studioops.backups.shelf import DUMP, Shelf
from studioops.model import Status
from studioops.objectstore.encryption import EncryptingReader, Keyring
from studioops.objectstore.vault import BucketVault, DirectoryVault
from studioops.postgres.fingerprint.model import TableRows

NOW = datetime.now(UTC)
VERDICTS = {True: Status.PASSED, False: Status.FAILED, None: Status.NOT_CHECKED}
KEY = bytes(range(32))


@dataclass
class Library:
    """A shelf and what puts backups on it."""

    shelf: Shelf
    files: int = 2
    kept: list[str] = field(default_factory=list)

    @property
    def vault(self):
        return self.shelf.vault

    def folder(self, backup_id: str) -> str:
        return folder_of(self.shelf.target, backup_id)

    def names(self, backup_id: str = "") -> list[str]:
        return sorted(one.name for one in self.vault.entries(self.folder(backup_id)))

    def ship(self, backup_id: str) -> tuple[BackupFile, ...]:
        """The files of a take that has not come to its end."""
        return tuple(self._file(backup_id, f"{number}.dat") for number in range(self.files))

    def add(self, days_ago: float, **drills: bool | None) -> str:
        """A whole backup; with ``faithful`` (and ``sound``) a drilled one."""
        began = NOW - timedelta(days=days_ago)
        backup_id = new_backup_id(began)
        files = self.ship(backup_id)
        rows = {"public.a": TableRows(3, "0" * 16), "public.b": TableRows(4, "1" * 16)}
        server = {"system": "1", "database": "shop", "version": "18.6", "major": 18}
        made = Manifest(
            *(backup_id, self.shelf.target, began, 1.5, server, "pg_dump 18.6"),
            *(files, rows, {}, {"table": {"public.a": "CREATE TABLE a ()"}}, {}),
        )
        self.shelf.keep(made)
        if "faithful" in drills:
            self.drill(backup_id, **drills)
        return backup_id

    def drill(
        self,
        backup_id: str,
        faithful: bool | None,
        sound: bool | None = True,
        hours_ago: float = 1,
    ) -> None:
        when = NOW - timedelta(hours=hours_ago)
        proof = Proof(
            *(backup_id, when, VERDICTS[faithful], VERDICTS[sound], 2.5, 60.0, "a test", "18.6"),
            () if faithful and sound else ("public.a: 2 rows and not 3",),
        )
        self.shelf.add_proof(proof)

    def overwrite(self, name: str, content: bytes = b"not what was written") -> None:
        self.vault.unlocked.write(name, io.BytesIO(content))

    def _file(self, backup_id: str, name: str) -> BackupFile:
        place = f"{self.folder(backup_id)}{DUMP}{name}"
        sealed = EncryptingReader(io.BytesIO(b"rows"), self.shelf.keyring, place)
        stored = self.vault.write(place, sealed)
        return BackupFile(name, 4, stored.size, stored.sha256, stored.version)


@pytest.fixture
def keyring():
    return Keyring("one", {"one": KEY})


@pytest.fixture(params=["directory", "bucket", "versioned bucket"])
def library(request, tmp_path, keyring):
    if request.param == "directory":
        vault = DirectoryVault(tmp_path / "backups")
    else:
        name = request.getfixturevalue(request.param.replace(" ", "_"))
        vault = BucketVault(request.getfixturevalue("store"), name)
    return Library(Shelf(vault, keyring, "shop"))


@pytest.fixture
def here(tmp_path, keyring):
    """One in a directory: for what is the same in every vault."""
    return Library(Shelf(DirectoryVault(tmp_path / "backups"), keyring, "shop"))


@pytest.fixture
def age_files():
    """Make every file of a directory's vault as old as that many hours."""

    def age(library: Library, hours: float, prefix: str = "") -> None:
        moment = (NOW - timedelta(hours=hours)).timestamp()
        for path in library.vault.root.rglob("*"):
            if path.is_file() and str(path.relative_to(library.vault.root)).startswith(prefix):
                os.utime(path, (moment, moment))

    return age


@pytest.fixture
def newest_only():
    return Policy(1, 0, 0)
