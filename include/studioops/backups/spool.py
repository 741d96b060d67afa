"""Backups that wait on this host's disk for the object store, and their way there, once each."""

from __future__ import annotations

import fcntl
import os
import shlex
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote

from studioops.backups.model import ID, BackupFile, Manifest, folder_of
from studioops.backups.seen import Seen, fault
from studioops.backups.shelf import DUMP, MANIFEST, PINS, PROOFS, Shelf
from studioops.errors import (
    BackupDamaged,
    NoSuchBackup,
    NoSuchKey,
    ObjectStoreError,
    StudioOpsError,
)
from studioops.model import Finding, Report, Stopwatch
from studioops.objectstore.encryption import Keyring, decrypted
from studioops.objectstore.vault import DirectoryVault, Pieces, Stored, Vault
from studioops.objectstore.vault.vault import Measured

Progress = Callable[[str, int, int], None]

DEBRIS_AGE = timedelta(days=1)
FAR = datetime.max.replace(tzinfo=UTC)
BUCKETS = "buckets/"
PIECE = 1 << 20
BUSY = "another delivery is at work there; next: wait for its end, and read its report"
NEXT_STEP = "take another backup with `studioops backup take`, then remove what waits there"


def waiting(spool: DirectoryVault) -> list[tuple[str, str, int]]:
    """The whole backups that wait, oldest first: target, id, bytes.

    Args:
        spool: the directory that they were written to.

    Raises:
        ObjectStoreError: the directory can't be read.
    """
    sizes, whole = dict[tuple[str, str], int](), set[tuple[str, str]]()
    for entry in spool.entries():
        top, _, rest = entry.name.partition("/")
        backup_id, _, name = rest.partition("/")
        if ID.match(backup_id):
            key = backup_id, unquote(top)
            sizes[key] = sizes.get(key, 0) + entry.size
            if name == MANIFEST:
                whole.add(key)
    return [(target, backup_id, sizes[backup_id, target]) for backup_id, target in sorted(whole)]


def deliver(
    spool: DirectoryVault, vault: Vault, keyring: Keyring, *, progress: Progress | None = None
) -> Report:
    """Bring every whole backup of every target to the vault, and remove it from the spool.

    It may be run as often as one likes, be killed anywhere and run twice at once: a backup that
    is whole in the vault is removed from the spool and not brought again.

    Args:
        spool: where they wait.
        vault: where they belong.
        keyring: that they are encrypted with.
        progress: told the backup, how many are done, and of how many.

    Returns:
        a subject for each: passed once it is whole in the vault, failed where its files on this
        disk are damaged, not_checked where the vault can't take it now.

    Raises:
        ObjectStoreError: the spool itself can't be read.
    """
    watch = Stopwatch()
    delivery = _Delivery(spool, vault, keyring, progress)
    with _alone(spool) as alone:
        seen = delivery.run() if alone else Seen.unseen(delivery.name, BUSY)
    return Report(
        "delivery",
        "spool",
        seen.status,
        watch.started_at,
        watch.seconds,
        seen.subjects,
        seen.findings,
        {"spool": spool.where, "vault": vault.where, **delivery.done},
    )


@contextmanager
def _alone(spool: DirectoryVault) -> Iterator[bool]:
    """Whether nobody else delivers; the kernel lets go of the lock however its holder ends."""
    try:
        descriptor = os.open(spool.root, os.O_RDONLY | os.O_DIRECTORY)
    except FileNotFoundError:
        yield True
        return
    except OSError as error:
        raise ObjectStoreError(
            f"{spool.where}: {error.strerror}", "let STUDIOOPS_SPOOL_DIR name a directory"
        ) from None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        yield False
    else:
        yield True
    finally:
        os.close(descriptor)


@dataclass
class _Delivery:
    spool: DirectoryVault
    vault: Vault
    keyring: Keyring
    progress: Progress | None
    trouble: str = ""
    done: dict[str, list[Any]] = field(
        default_factory=lambda: {"delivered": [], "already_there": [], "debris": []}
    )

    @property
    def name(self) -> str:
        """The subject that stands for the spool as a whole."""
        return f"spool {self.spool.where}"

    def run(self) -> Seen:
        seen, there = list[Seen](), waiting(self.spool)
        for number, (target, backup_id, size) in enumerate(there):
            if self.progress is not None:
                self.progress(f"{target} {backup_id}", number, len(there))
            seen.append(self._one(target, backup_id, size))
        self._clear()
        return Seen.together(seen or [Seen.of(self.name)])

    def _one(self, target: str, backup_id: str, size: int) -> Seen:
        name, watch = f"{target} {backup_id}", Stopwatch()
        if self.trouble:
            return Seen.unseen(name, self.trouble)
        try:
            how = self._bring(target, backup_id)
        except (BackupDamaged, NoSuchBackup) as error:
            return Seen.of(name, [_damaged(self.spool, target, backup_id, error)])
        except NoSuchKey as error:
            return Seen.unseen(name, error.reason)
        except StudioOpsError as error:
            # What the store answers to one it answers to all; each would wait for its time limit.
            self.trouble = error.reason
            return Seen.unseen(name, self.trouble)
        self.done[how].append({"target": target, "backup_id": backup_id, "bytes": size})
        return Seen.of(name, seconds=watch.seconds)

    def _bring(self, target: str, backup_id: str) -> str:
        """Bring one and remove it here; tells which of the two lists it belongs to."""
        mine = Shelf(self.spool, self.keyring, target).manifest(backup_id)
        there = self._is_there(mine)
        if not there:
            self._ship(mine)
        folder = mine.folder
        names = [entry.name for entry in self.spool.entries(folder)]
        # The manifest first: what is left by a kill is debris then, and no damaged backup.
        self.spool.remove(sorted(names, key=lambda name: name != f"{folder}{MANIFEST}"))
        return "already_there" if there else "delivered"

    def _is_there(self, mine: Manifest) -> bool:
        """Whether the vault has all of it, so that this copy can go."""
        try:
            theirs = Shelf(self.vault, self.keyring, mine.target).manifest(mine.backup_id)
        except (NoSuchBackup, BackupDamaged):
            return False
        sizes = {entry.name: entry.size for entry in self.vault.entries(f"{mine.folder}{DUMP}")}
        return _contents(theirs) == _contents(mine) and all(
            sizes.get(f"{mine.folder}{DUMP}{one.name}") == one.size for one in mine.files
        )

    def _ship(self, mine: Manifest) -> None:
        """All its files, and last the manifest, which makes it a backup there."""
        folder, target = mine.folder, mine.target
        for one in mine.files:
            # Read once before: of a damaged one nothing is to be sent, however often this is run.
            self._compare(folder, one, self._measured(f"{folder}{DUMP}{one.name}"))
        files = tuple(self._ship_file(folder, one) for one in mine.files)
        for beside in (f"{folder_of(target)}{BUCKETS}", f"{folder}{PROOFS}"):
            self._ship_beside(beside, self.vault)
        self._ship_beside(f"{folder}{PINS}", self.vault.unlocked)
        Shelf(self.vault, self.keyring, target).keep(replace(mine, files=files))

    def _ship_file(self, folder: str, one: BackupFile) -> BackupFile:
        source = Pieces(self._read(f"{folder}{DUMP}{one.name}"))
        stored = self.vault.write(f"{folder}{DUMP}{one.name}", source, one.size)
        self._compare(folder, one, stored)
        return replace(one, version=stored.version)

    def _compare(self, folder: str, one: BackupFile, found: Stored | Measured) -> None:
        if (found.size, found.sha256) != (one.size, one.sha256):
            raise BackupDamaged(
                f"{self.spool.where}/{folder}{DUMP}{one.name} is not what was written", NEXT_STEP
            )

    def _measured(self, name: str) -> Measured:
        found = Measured(Pieces(self._read(name)))
        while found.read(PIECE):
            pass
        return found

    def _ship_beside(self, prefix: str, vault: Vault) -> None:
        """What no manifest knows the sum of is proven by its encryption."""
        for entry in self.spool.entries(prefix):
            for _ in decrypted(self._read(entry.name), self.keyring, entry.name):
                pass
            vault.write(entry.name, Pieces(self._read(entry.name)), entry.size)

    def _read(self, name: str) -> Iterator[bytes]:
        """This disk's errors are the backup's damage, not the vault's trouble."""
        try:
            yield from self.spool.read(name)
        except ObjectStoreError as error:
            raise BackupDamaged(error.message, NEXT_STEP) from None

    def _clear(self) -> None:
        """Remove what no backup needs: of takes that died, and of removals that were killed."""
        for top in sorted({entry.name.partition("/")[0] for entry in self.spool.entries()}):
            here = Shelf(self.spool, self.keyring, unquote(top))
            names = [*self._leftovers(here), *self._shared_leftovers(here)]
            self.spool.remove(names)
            self.done["debris"] += names

    def _leftovers(self, here: Shelf) -> list[str]:
        """Files without a manifest: old ones, and those of a backup that the vault has whole."""
        names = [entry.name for entry in here.debris(FAR)]
        stale = {entry.name for entry in here.debris(_yesterday())}
        there = self._ids_there(here.target) if names else set[str]()
        return [name for name in names if name in stale or name.split("/")[1] in there]

    def _shared_leftovers(self, here: Shelf) -> list[str]:
        if here.ids():
            return []
        shared, before = f"{folder_of(here.target)}{BUCKETS}", _yesterday()
        return [one.name for one in self.spool.entries(shared) if one.modified < before]

    def _ids_there(self, target: str) -> set[str]:
        if self.trouble:
            return set()
        try:
            return set(Shelf(self.vault, self.keyring, target).ids())
        except ObjectStoreError:
            # The next run asks again; what is old goes anyway.
            return set()


def _yesterday() -> datetime:
    return datetime.now(UTC) - DEBRIS_AGE


def _contents(manifest: Manifest) -> dict[str, str]:
    return {one.name: one.sha256 for one in manifest.files}


def _damaged(spool: DirectoryVault, target: str, backup_id: str, error: StudioOpsError) -> Finding:
    place = shlex.quote(f"{spool.root}/{folder_of(target, backup_id)}")
    return fault(
        "spool_damaged",
        f"{target} {backup_id}",
        error.message,
        "the backup waited on this disk for the object store, and can't be delivered whole",
        f"studioops backup take --target {shlex.quote(target)}\nrm -r {place}",
    )
