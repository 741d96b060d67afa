"""A small shop, its backups, and what has to hold after each fault."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
import psycopg
from botocore.exceptions import ClientError

from studioops.backups.drill import Aims, DrillHow, drill
from studioops.backups.drill.drilling import LEASE_HOURS
from studioops.backups.model import Manifest
from studioops.backups.restoring.sweep import sweep_scratch
from studioops.backups.shelf import Shelf
from studioops.backups.take import How, take
from studioops.backups.verifying import VerifyHow, verify_backup
from studioops.errors import StudioOpsError
from studioops.local.processes import wait_for
from studioops.model import Report, Status
from studioops.objectstore import open_object_store
from studioops.objectstore.encryption import Keyring
from studioops.objectstore.vault import BucketVault, Vault
from studioops.postgres import open_database

TARGET = "shop"
AIMS = Aims(3600, 3600, newest=True)
KEYRING = Keyring("a", {"a": bytes(range(32))})
# One file in two parts, as the store takes them; a foreign key that a restore loses.
SHOP = """
CREATE TABLE customer (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL);
CREATE TABLE orders (id bigserial PRIMARY KEY, customer int REFERENCES customer, note text);
CREATE TABLE photo (id int PRIMARY KEY, content bytea);
ALTER TABLE photo ALTER content SET STORAGE EXTERNAL;
INSERT INTO customer (name) SELECT 'name ' || n FROM generate_series(1, 100) AS n;
INSERT INTO orders (customer, note) SELECT 1 + n % 100, 'x' FROM generate_series(1, 500) AS n;
INSERT INTO photo SELECT n, convert_to(repeat(md5(n::text), 2048), 'UTF8')
    FROM generate_series(1, 80) AS n;
SET session_replication_role = replica;
INSERT INTO orders (customer, note) VALUES (-1, 'orphan');
"""
PROGRAMS = ("pg_dump", "pg_restore")
# A machine that is busy is none of the faults.
ANSWER_S = 30


@dataclass(frozen=True)
class World:
    """All that a take or a drill needs, as plain values.

    Args:
        dsn: of the shop.
        endpoint: of the object store.
        access_key: of its account.
        secret_key: likewise.
        bucket: the vault.
    """

    dsn: str
    endpoint: str
    access_key: str
    secret_key: str
    bucket: str

    def vault(self) -> BucketVault:
        opened = open_object_store(
            self.endpoint, self.access_key, self.secret_key, attempts=2, timeout=ANSWER_S
        )
        return BucketVault(opened, self.bucket)

    @property
    def shelf(self) -> Shelf:
        return shelf_in(self.vault())

    def as_json(self) -> str:
        return json.dumps(asdict(self))

    def take(self) -> Manifest:
        return take_into(self.vault(), self.dsn)

    def drill(self, backup_id: str) -> Report:
        return drill_of(self.vault(), backup_id, self.dsn)


def shelf_in(vault: Vault) -> Shelf:
    return Shelf(vault, KEYRING, TARGET)


def take_into(vault: Vault, dsn: str) -> Manifest:
    with open_database(dsn, application="test") as database:
        return take(database, shelf_in(vault), How(compress="0"))


def drill_of(vault: Vault, backup_id: str, server: str) -> Report:
    return drill(shelf_in(vault), backup_id, DrillHow(server, None, AIMS, "test"))


def done(work: Callable[[], object]) -> bool:
    """Whether it was done; otherwise it raised an error of ours, in one line and without secrets."""
    try:
        work()
    except StudioOpsError as error:
        said = f"{error}{error.next_step}"
        assert said.isprintable(), said
        return False
    return True


def whole(shelf: Shelf) -> list[str]:
    """Every backup that is listed, each of them read to its end, with no foreign file in it."""
    listed = shelf.ids()
    for one in listed:
        is_whole(shelf, one)
    return listed


def is_whole(shelf: Shelf, backup_id: str) -> None:
    seen = verify_backup(shelf, backup_id, VerifyHow()).seen
    assert seen.status is Status.PASSED, seen


def emptied(vault: BucketVault) -> None:
    vault.remove([one.name for one in vault.entries()])


def uploads(vault: BucketVault) -> int:
    return len(vault.store.client.list_multipart_uploads(Bucket=vault.bucket).get("Uploads", ()))


def remove_bucket(vault: BucketVault) -> None:
    vault.abort_uploads(datetime.now(UTC) + timedelta(days=1))
    emptied(vault)
    with suppress(ClientError):
        vault.store.client.delete_bucket(Bucket=vault.bucket)


def workplaces() -> list[Path]:
    return list(Path(tempfile.gettempdir()).glob("studioops-work-*"))


def scratch_databases(dsn: str) -> list[str]:
    with psycopg.connect(dsn) as connection:
        rows = connection.execute(
            "SELECT datname FROM pg_database WHERE datname LIKE 'studioops_drill%'"
        )
        return [row[0] for row in rows]


def nothing_is_left(dsn: str) -> None:
    """No plain file, no scratch database.

    One that was left between CREATE DATABASE and its lease is nobody's for an hour; one of a
    server that was killed under this very process is leased for as long as the process lives.
    """
    assert workplaces() == []
    if scratch_databases(dsn):
        sweep_scratch(dsn, owner="test", now=datetime.now(UTC) + timedelta(hours=LEASE_HOURS + 1))
        assert scratch_databases(dsn) == []


def programs(directory: Path) -> list[psutil.Process]:
    """Client programs that work on plain files below a directory."""
    found = []
    for one in psutil.process_iter(["name", "cmdline"]):
        words = " ".join(one.info["cmdline"] or ())
        if one.info["name"] in PROGRAMS and str(directory) in words:
            found.append(one)
    return found


def no_program_is_left(directory: Path) -> None:
    """What is left nevertheless is ended: a paused one would stay for good."""
    gone = wait_for(lambda: not programs(directory), 10)
    left = programs(directory)
    for one in left:
        one.kill()
    assert gone, left
