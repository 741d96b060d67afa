"""One backup of a small database, taken once; each test gets a copy to spoil."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import psycopg
import pytest

from studioops.backups.model import BackupFile, Manifest
from studioops.backups.seen import Seen
from studioops.backups.shelf import DUMP, Shelf
from studioops.backups.take import How, take
from studioops.backups.verifying import VerifyHow, verify_backup
from studioops.objectstore.encryption import EncryptingReader, Keyring, decrypted
from studioops.objectstore.vault import DirectoryVault
from studioops.postgres import open_database

ROWS = (
    "CREATE TABLE p (id int PRIMARY KEY, t text)",
    "INSERT INTO p SELECT i, md5(i::text) FROM generate_series(1, 3000) AS i",
    "CREATE TABLE c (id int PRIMARY KEY, p int REFERENCES p)",
    "INSERT INTO c SELECT i, i FROM generate_series(1, 500) AS i",
)
KEYS = Keyring("a", {"a": bytes(range(32))})


@dataclass(frozen=True)
class Kept:
    """A backup on a shelf, and ways to spoil it."""

    shelf: Shelf
    manifest: Manifest

    def verify(self, on: Shelf | None = None, **how: object) -> Seen:
        return verify_backup(on or self.shelf, self.manifest.backup_id, VerifyHow(**how)).seen

    def path(self, name: str) -> Path:
        return self.shelf.vault.root / self.manifest.folder / name

    def file(self, place: int = 0) -> BackupFile:
        """One that holds rows, the largest first."""
        rows = (one for one in self.manifest.files if one.name != "toc.dat")
        return sorted(rows, key=lambda one: -one.size)[place]

    def spoil(self, name: str, how: Callable[[bytes], bytes]) -> None:
        path = self.path(name)
        path.write_bytes(how(path.read_bytes()))

    def rewrite(self, name: str, how: Callable[[bytes], bytes]) -> BackupFile:
        """Somebody who has the key writes a file anew; as the manifest would name it then."""
        place, vault = f"{self.manifest.folder}{DUMP}{name}", self.shelf.vault
        content = how(b"".join(decrypted(vault.read(place), KEYS, place)))
        stored = vault.write(place, EncryptingReader(io.BytesIO(content), KEYS, place))
        return BackupFile(name, len(content), stored.size, stored.sha256)

    def edit(self, *files: BackupFile, without: str = "") -> None:
        """And the manifest too."""
        known = {one.name: one for one in files}
        kept = (known.get(one.name, one) for one in self.manifest.files if one.name != without)
        self.shelf.keep(replace(self.manifest, files=tuple(kept)))


@pytest.fixture(scope="module")
def taken_once(cluster, tmp_path_factory) -> Kept:
    name = cluster.clone("template0")
    with psycopg.connect(cluster.dsn(name), autocommit=True) as connection:
        for statement in ROWS:
            connection.execute(statement)
    shelf = Shelf(DirectoryVault(tmp_path_factory.mktemp("kept") / "vault"), KEYS, "shop")
    with open_database(cluster.dsn(name), application="test") as database:
        manifest = take(database, shelf, How())
    cluster.drop(name)
    return Kept(shelf, manifest)


@pytest.fixture
def kept(taken_once, tmp_path) -> Kept:
    root = shutil.copytree(taken_once.shelf.vault.root, tmp_path / "vault")
    return replace(taken_once, shelf=replace(taken_once.shelf, vault=DirectoryVault(root)))
