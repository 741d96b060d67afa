"""A backup from its first look at the catalog to its manifest, which is written last."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from studioops.backups.model import (
    BackupFile,
    BucketCopy,
    Manifest,
    SequenceValue,
    folder_of,
    new_backup_id,
)
from studioops.backups.origin import origin_of
from studioops.backups.shelf import MANIFEST, Shelf
from studioops.backups.steps import Steps
from studioops.backups.sweeping import Broom
from studioops.backups.take.contents import Contents, reading_contents
from studioops.backups.take.dumping import dumping, require_whole
from studioops.backups.take.shipping import Shipper
from studioops.backups.take.tools import dump_tools
from studioops.backups.workplace import workplace
from studioops.errors import BackupNotTaken, StudioOpsError
from studioops.model import Stopwatch
from studioops.postgres import Database
from studioops.postgres.client_tools import ClientTools
from studioops.postgres.definitions import (
    Definitions,
    SequenceState,
    compare_definitions,
    read_definitions,
    read_sequences,
)
from studioops.postgres.snapshot import Snapshot, shared_snapshot

ATTEMPTS = 3
Progress = Callable[[str, int, int], None]
CopyBuckets = Callable[[Shelf, str], tuple[BucketCopy, ...]]


@dataclass(frozen=True)
class How:
    """How a backup is taken.

    Args:
        jobs: connections that pg_dump uses at the same time, and as many that read fingerprints.
        compress: as pg_dump's ``--compress`` takes it; None for its own default.
        fingerprints: whether the tables' contents are fingerprinted.
        spooled_on: the host whose disk the vault is on while the object store is away.
        copy_buckets: copies what is to lie beside the database, once the snapshot is taken, so
            that every object that a row names is in it; None to copy none.
        progress: told what is being done, how much of it is done, and of how much.
    """

    jobs: int = 2
    compress: str | None = None
    fingerprints: bool = True
    spooled_on: str = ""
    copy_buckets: CopyBuckets | None = field(default=None, repr=False)
    progress: Progress | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Catalog:
    """What does not follow a snapshot.

    Args:
        definitions: by kind and name.
        sequences: where each stands.
    """

    definitions: Definitions
    sequences: dict[str, SequenceState]


def take(database: Database, shelf: Shelf, how: How) -> Manifest:
    """Take a backup. Whatever goes wrong, nothing of it is listed.

    Args:
        database: the target, read-only.
        shelf: where the backup goes.
        how: with how many connections, and so on.

    Returns:
        its manifest, as it was written.

    Raises:
        BackupNotTaken: pg_dump failed, a disk is full, or definitions kept changing.
        ToolMissing: no pg_dump fits the server.
        DatabaseError: the target can't be read.
        ObjectStoreError: the vault can't be written.
    """
    watch = Stopwatch()
    server = origin_of(database)
    tools = dump_tools(database, int(server["major"]))
    taking = _Taking(database, shelf, how, server, tools, new_backup_id(watch.started_at))
    try:
        manifest = taking.work(watch)
        shelf.keep(manifest)
    except BaseException:
        # What can't be removed now is debris without a manifest, and removed a day later.
        with suppress(StudioOpsError):
            taking.discard()
        raise
    return manifest


@dataclass(frozen=True)
class _Taking:
    """One backup under way."""

    database: Database
    shelf: Shelf
    how: How
    server: dict[str, Any]
    tools: ClientTools
    backup_id: str
    steps: Steps = field(default_factory=Steps)

    @property
    def folder(self) -> str:
        return folder_of(self.shelf.target, self.backup_id)

    def work(self, watch: Stopwatch) -> Manifest:
        """All of it but the manifest's own writing."""
        for attempt in range(1, ATTEMPTS + 1):
            before = self.catalog()
            files, contents, snapshot = self.dump()
            after = self.catalog()
            if before.definitions == after.definitions:
                break
            self.discard()
            if attempt == ATTEMPTS:
                raise self.restless(before, after)
        return Manifest(
            backup_id=self.backup_id,
            target=self.shelf.target,
            snapshot_at=snapshot.taken_at,
            server=self.server,
            tool=f"pg_dump {self.tools.major}.{self.tools.minor}",
            files=files,
            tables=contents.tables,
            left_out=contents.left_out,
            fingerprint=contents.fingerprint,
            definitions=after.definitions,
            sequences=_read_twice(before, after),
            buckets=self.buckets(),
            attempts=attempt,
            steps=self.steps.seconds,
            spooled_on=self.how.spooled_on,
            seconds=watch.seconds,
        )

    def catalog(self) -> Catalog:
        """The definitions and sequences as they stand now."""

        def work() -> Catalog:
            with self.database.transaction() as connection:
                return Catalog(read_definitions(connection), read_sequences(connection))

        return self.steps.time("definitions", work)

    def dump(self) -> tuple[tuple[BackupFile, ...], Contents, Snapshot]:
        """The dump, and what the tables hold, beside each other on one snapshot."""
        with shared_snapshot(self.database) as snapshot:
            reading = reading_contents(
                self.database,
                snapshot.name,
                connections=self.how.jobs,
                fingerprints=self.how.fingerprints,
            )
            with reading as contents:
                files = self.steps.time("dump and shipping", partial(self.ship, snapshot))
                # It ran meanwhile: this is the time by which it was slower.
                read = self.steps.time("waiting for fingerprints", contents.result)
        return files, read, snapshot

    def ship(self, snapshot: Snapshot) -> tuple[BackupFile, ...]:
        """pg_dump, whose files leave this machine as they are closed."""
        options = [
            f"--jobs={self.how.jobs}",
            f"--lock-wait-timeout={self.database.limits.lock_timeout * 1000:.0f}",
            *([f"--compress={self.how.compress}"] if self.how.compress else []),
        ]
        shipper = Shipper(self.shelf, self.folder, self.how.jobs, self.how.progress)
        dsn = self.database.dsn
        with (
            workplace() as place,
            dumping(self.tools, dsn, snapshot.name, place / "dump", options) as dump,
        ):
            files = shipper.follow(dump)
            require_whole(dump, dsn.where)
        return files

    def buckets(self) -> tuple[BucketCopy, ...]:
        """What lies beside the database."""
        copy = self.how.copy_buckets
        if copy is None:
            return ()
        return self.steps.time("buckets", partial(copy, self.shelf, self.backup_id))

    def discard(self) -> None:
        """Remove what was shipped; what the store has locked waits for a prune."""
        vault, manifest = self.shelf.vault, f"{self.folder}{MANIFEST}"
        # The manifest first: its reply may be all that was lost, and it may list no half backup.
        names = sorted(
            (one.name for one in vault.entries(self.folder)), key=lambda name: name != manifest
        )
        Broom(vault).sweep(names)

    def restless(self, before: Catalog, after: Catalog) -> BackupNotTaken:
        """The error for a database whose definitions changed during every attempt."""
        major = int(self.server["major"])
        changed = compare_definitions(before.definitions, after.definitions, majors=(major, major))
        names = ", ".join(f"{one.kind} {one.name}" for one in changed[:3])
        return BackupNotTaken(
            f"{self.database.dsn.where}: definitions changed during each of {ATTEMPTS} attempts "
            f"({names})",
            "take it again when nobody migrates this database",
        )


def _read_twice(before: Catalog, after: Catalog) -> dict[str, SequenceValue]:
    first = before.sequences
    return {
        name: SequenceValue(first[name].value, one.value, one.increment, one.called)
        for name, one in after.sequences.items()
        if name in first
    }
