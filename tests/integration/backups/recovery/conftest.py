"""A small shop owned by a plain role, a backup of it, and a stand-in for restoring it beside."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from studioops.backups.model import Manifest, Proof, SequenceValue, new_backup_id
from studioops.backups.recovery.recovering import RecoverHow, recover
from studioops.backups.seen import Seen, fault
from studioops.backups.shelf import Shelf
from studioops.model import Report, Status
from studioops.objectstore.encryption import Keyring
from studioops.objectstore.vault import DirectoryVault
from studioops.postgres import fetch, load_sql, open_database
from studioops.postgres.client_tools import connection_of, tools_for
from studioops.postgres.dsn import parse_dsn
from studioops.postgres.fingerprint.model import TableRows

OWNER, STRANGER, PASSWORD = "shop_owner", "shop_stranger", "plain-word"
# What a recovery reads of the definitions; the rest would only take time.
KINDS = (
    "database_setting",
    "default_privilege",
    "extension",
    "privilege",
    "role",
    "schema",
    "table",
)
SHOP = """
CREATE TABLE orders (id bigserial PRIMARY KEY, note text NOT NULL, changed int NOT NULL DEFAULT 0);
INSERT INTO orders (note) SELECT 'before ' || n FROM generate_series(1, 5) AS n;
CREATE TABLE items (order_id bigint NOT NULL REFERENCES orders, name text);
INSERT INTO items SELECT id, 'a' FROM orders;
"""


@dataclass(frozen=True)
class Copied:
    seconds: float


@dataclass
class World:
    """A target, its backups, and what a test does to them."""

    cluster: Any
    name: str
    shelf: Shelf
    directory: Path
    role: str = OWNER
    said: list[str] = field(default_factory=list)

    @property
    def dsn(self) -> str:
        return self.of(self.name)

    def of(self, database: str) -> str:
        if self.role == OWNER:
            return self.cluster.dsn(database, OWNER, PASSWORD)
        return self.cluster.dsn(database)

    def admin(self, *statements: str, database: str = "postgres") -> None:
        with psycopg.connect(self.cluster.dsn(database), autocommit=True) as connection:
            for statement in statements:
                connection.execute(sql.SQL(statement).format(db=sql.Identifier(self.name)))

    def ask(self, query: str, database: str = "") -> Any:
        with psycopg.connect(self.cluster.dsn(database or self.name)) as connection:
            rows = connection.execute(query).fetchall()
            return rows[0][0] if len(rows) == 1 and len(rows[0]) == 1 else rows

    def write(self, *statements: str) -> None:
        with psycopg.connect(self.dsn) as connection:
            for statement in statements:
                connection.execute(statement)

    def backup(self, *, faithful: Status | None = Status.PASSED, **changes: Any) -> Manifest:
        """pg_dump of the target in a directory, a manifest, and what a drill would say."""
        now = datetime.now(UTC)
        backup_id = new_backup_id(now)
        path, environment = connection_of(parse_dsn(self.cluster.dsn(self.name)))
        tools = tools_for(self.cluster.server.programs.major)
        with psycopg.connect(self.cluster.dsn(self.name)) as connection:
            connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            (snapshot,) = connection.execute("SELECT pg_export_snapshot()").fetchone()
            (moment,) = connection.execute("SELECT clock_timestamp()").fetchone()
            counted = {}
            for table in ("orders", "items"):
                (rows,) = connection.execute(f"SELECT count(*) FROM public.{table}").fetchone()
                counted[f"public.{table}"] = TableRows(rows, "")
            command = [tools.path("pg_dump"), "-Fd", f"--snapshot={snapshot}", f"--dbname={path}"]
            target = self.directory / backup_id
            subprocess.run([*command, f"--file={target}"], env=environment, check=True)
            (last,) = connection.execute("SELECT last_value FROM public.orders_id_seq").fetchone()
        with open_database(self.dsn) as database, database.transaction() as reading:
            definitions = {kind.replace("_", " "): _read(reading, kind) for kind in KINDS}
        server = {
            "system": "1",
            "database": self.name,
            "owner": OWNER,
            "major": self.cluster.server.programs.major,
        }
        words = {
            "backup_id": backup_id,
            "target": self.shelf.target,
            "snapshot_at": moment,
            "seconds": 1.0,
            "server": server,
            "tool": "pg_dump",
            "files": (),
            "tables": counted,
            "left_out": {},
            "definitions": definitions,
            "sequences": {"public.orders_id_seq": SequenceValue(last, last, 1, called=True)},
        }
        manifest = Manifest(**words | changes)
        self.shelf.keep(manifest)
        if faithful is not None:
            self.prove(manifest, faithful)
        return manifest

    def prove(self, manifest: Manifest, faithful: Status, sound: Status = Status.FAILED) -> None:
        now = datetime.now(UTC)
        findings = () if faithful is Status.PASSED else ("rows_differ: public.orders: 4, not 5",)
        proof = Proof(manifest.backup_id, now, faithful, sound, 1.0, 60.0, "test", "18", findings)
        self.shelf.add_proof(proof)

    def restore_beside(self, manifest: Manifest, scratch: Any) -> Any:
        """A real pg_restore; the copy is faithful when the counts are the manifest's."""
        path, environment = connection_of(parse_dsn(scratch.dsn))
        tools = tools_for(self.cluster.server.programs.major)
        command = [
            tools.path("pg_restore"),
            f"--dbname={path}",
            self.directory / manifest.backup_id,
        ]
        subprocess.run(command, env=environment, check=True)
        found = []
        with psycopg.connect(scratch.dsn) as connection:
            for table, rows in manifest.tables.items():
                (now,) = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
                if now != rows.rows:
                    found.append(fault("rows_differ", table, f"{now}, not {rows.rows}", "w", "r"))
        unsound = Seen.of("references", [fault("orphan", "public.items", "one", "w", "r")])
        return Copied(0.1), Seen.of("rows", found), unsound

    def recover(self, **changes: Any) -> Report:
        how = RecoverHow(self.restore_beside, lambda _: None, say=self.said.append)
        return recover(self.dsn, self.shelf, replace(how, **changes))

    def databases(self) -> set[str]:
        """Ours and those that recoveries made of it."""
        rows = self.ask("SELECT datname FROM pg_database", "postgres")
        return {one for (one,) in rows if one.startswith((self.name, "studioops_recover"))}


def _read(connection: Any, kind: str) -> dict[str, str]:
    statement = load_sql("studioops.postgres.definitions.kinds", kind)
    return {row["name"]: row["definition"] for row in fetch(connection, statement, {})}


@pytest.fixture(scope="session")
def roles(cluster) -> None:
    cluster.run(f"CREATE ROLE {OWNER} LOGIN CREATEDB PASSWORD '{PASSWORD}'")
    cluster.run(f"CREATE ROLE {STRANGER} LOGIN PASSWORD '{PASSWORD}'")


@pytest.fixture
def world(cluster, roles, tmp_path) -> Iterator[World]:
    name = cluster.clone("template0")
    cluster.run(f"ALTER DATABASE {{}} OWNER TO {OWNER}", name)
    keyring = Keyring("k", {"k": b"k" * 32})
    shelf = Shelf(DirectoryVault(tmp_path / "vault"), keyring, "shop")
    made = World(cluster, name, shelf, tmp_path)
    # Up to 14 schema public belongs to the superuser.
    made.admin("GRANT ALL ON SCHEMA public TO PUBLIC", database=name)
    made.write(SHOP)
    yield made
    for one in made.databases():
        made.admin(f'ALTER DATABASE "{one}" IS_TEMPLATE false')
        cluster.drop(one)
