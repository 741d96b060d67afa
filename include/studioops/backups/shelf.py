"""A target's backups in a vault: which there are, what they say, what was proven of them."""

from __future__ import annotations

import gzip
import io
import json
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from studioops.backups.model import FORMAT, ID, Manifest, Proof, folder_of
from studioops.backups.pins import Pin, pin_name
from studioops.errors import (
    BackupDamaged,
    NoSuchBackup,
    NoSuchObject,
    ObjectStoreDenied,
    StudioOpsError,
)
from studioops.objectstore.encryption import EncryptingReader, Keyring, decrypted
from studioops.objectstore.vault import Entry, Stored, Vault

MANIFEST = "manifest"
PROOFS = "proofs/"
PINS = "pins/"
DUMP = "dump/"
# Ids begin with the year: copies of buckets, which may be millions, are not listed along.
MILLENNIUM = "2"
NEXT_STEP = "use another backup: see `studioops backup list`"

Document = TypeVar("Document", Manifest, Proof)


@dataclass(frozen=True)
class Shelf:
    """The backups of one target in one vault.

    Args:
        vault: where they lie.
        keyring: that they are encrypted with.
        target: whose they are.
    """

    vault: Vault
    keyring: Keyring = field(repr=False)
    target: str

    def ids(self) -> list[str]:
        """Every whole backup, oldest first; one without a manifest does not exist.

        Raises:
            ObjectStoreError: nobody can tell.
        """
        return [one for one in sorted(self._folders()) if self._is_whole(one)]

    def newest_first(self) -> Iterator[str]:
        """The same, the newest first; each is looked for when it is asked for.

        Raises:
            ObjectStoreError: nobody can tell.
        """
        return (one for one in sorted(self._folders(), reverse=True) if self._is_whole(one))

    def manifest(self, backup_id: str) -> Manifest:
        """What a backup says of itself.

        Raises:
            NoSuchBackup: there is no whole one of that id.
            BackupDamaged: its manifest is not what was written, or is another backup's.
            NoSuchKey: the settings don't hold its key.
        """
        name = f"{folder_of(self.target, backup_id)}{MANIFEST}"
        try:
            if not ID.match(backup_id):
                # Nor may it lead out of the target's folder.
                raise NoSuchObject(backup_id, NEXT_STEP)
            document = self.read_json(name)
        except NoSuchObject:
            raise NoSuchBackup(
                f"{self.target} has no backup {backup_id} in {self.vault.where}", NEXT_STEP
            ) from None
        if document.get("format") != FORMAT:
            raise BackupDamaged(f"{name} is of another format than {FORMAT}", NEXT_STEP)
        found = _parsed(Manifest, document, name)
        if (found.backup_id, found.target) != (backup_id, self.target):
            raise BackupDamaged(f"{name} speaks of another backup", NEXT_STEP)
        return found

    def keep(self, manifest: Manifest) -> Stored:
        """Write a backup's manifest, which makes it one. Nothing of it may be missing by now."""
        return self.write_json(f"{manifest.folder}{MANIFEST}", manifest.as_json())

    def proofs(self, backup_id: str) -> list[Proof]:
        """What drills found of a backup, oldest first.

        Raises:
            BackupDamaged: a proof is not what was written: nobody's word but ours counts.
        """
        folder = f"{folder_of(self.target, backup_id)}{PROOFS}"
        names = [one.name for one in self.vault.entries(folder)]
        return sorted(
            (_parsed(Proof, self.read_json(name), name) for name in names),
            key=lambda proof: proof.proven_at,
        )

    def add_proof(self, proof: Proof) -> Stored:
        """Keep what a drill found beside its backup."""
        folder = f"{folder_of(self.target, proof.backup_id)}{PROOFS}"
        return self.write_json(f"{folder}{proof.proven_at:%Y%m%dT%H%M%S%fZ}", proof.as_json())

    def pins(self, backup_id: str, now: datetime | None = None) -> list[str]:
        """Who still needs a backup, such as a plan's hash: retention keeps it for them.

        Args:
            backup_id: whose.
            now: what ends are held against, with its offset; None for this machine's clock.
        """
        moment = now or datetime.now(UTC)
        return [pin.said for pin in self._pins(backup_id) if pin.holds(moment)]

    def pin(self, backup_id: str, who: str, *, hours: float = 0) -> Stored:
        """Keep a backup from being removed for as long as somebody needs it.

        Args:
            backup_id: which one.
            who: needs it.
            hours: after so many the pin ends by itself, whatever became of who made it; 0 for
                never.
        """
        end = datetime.now(UTC) + timedelta(hours=hours) if hours else None
        free = replace(self, vault=self.vault.unlocked)
        return free.write_json(f"{self._pinned(backup_id)}{pin_name(who, end)}", {"who": who})

    def unpin(self, backup_id: str, who: str) -> None:
        """It is not needed for that any more, whether or not the pin would end by itself."""
        self.vault.remove([one.name for one in self._pins(backup_id) if one.who == who])

    @contextmanager
    def held(self, backup_id: str, *, by: str, hours: float = 24) -> Iterator[str]:
        """Keep a backup while it is read; the pin of a reader that is killed ends by itself.

        Args:
            backup_id: which one. Look for it inside: it may go just before the pin is there.
            by: who reads; no two readers by the same name.
            hours: the longest that it may take.

        Yields:
            why it is not held, where the vault lets nobody write; empty where it is held.
        """
        pin, refusal = self._try_to_pin(backup_id, by, hours)
        try:
            yield refusal
        finally:
            # It ends by itself, so a store that is away now is nobody's trouble.
            with suppress(StudioOpsError):
                self.vault.remove(pin)

    def read_json(self, name: str) -> dict[str, Any]:
        """A document of ours, decrypted.

        Raises:
            NoSuchObject: there is none.
            BackupDamaged: it is not what was written.
            NoSuchKey: the settings don't hold its key.
        """
        sealed = self.vault.read(name)
        content = b"".join(decrypted(sealed, self.keyring, name))
        try:
            return dict(json.loads(gzip.decompress(content)))
        except (ValueError, TypeError, OSError, EOFError, zlib.error):
            raise BackupDamaged(f"{name} is no document of ours", NEXT_STEP) from None

    def write_json(self, name: str, document: dict[str, Any]) -> Stored:
        """Keep a document, encrypted."""
        content = gzip.compress(json.dumps(document).encode(), compresslevel=6)
        return self.vault.write(name, EncryptingReader(io.BytesIO(content), self.keyring, name))

    def debris(self, before: datetime, now: datetime | None = None) -> list[Entry]:
        """Files of backups that never became whole, the last of them written before then.

        Args:
            before: the moment, with its offset.
            now: what the ends of pins are held against: what somebody still reads is no debris.
        """
        found = []
        for backup_id in self._folders():
            if not self._is_whole(backup_id):
                files = list(self.vault.entries(folder_of(self.target, backup_id)))
                stale = files and max(one.modified for one in files) < before
                if stale and not self._is_read(backup_id, now or datetime.now(UTC)):
                    found += files
        return found

    def _is_read(self, backup_id: str, now: datetime) -> bool:
        return any(pin.until and pin.holds(now) for pin in self._pins(backup_id))

    def _try_to_pin(self, backup_id: str, who: str, hours: float) -> tuple[list[str], str]:
        """The pin's file, or why there is none."""
        if not ID.match(backup_id):
            # There is nothing of that name to hold, and it may lead out of the target's folder.
            return [], ""
        try:
            return [self.pin(backup_id, who, hours=hours).name], ""
        except ObjectStoreDenied as error:
            return [], f"not kept from being removed meanwhile: {error.message}"

    def _pinned(self, backup_id: str) -> str:
        return f"{folder_of(self.target, backup_id)}{PINS}"

    def _pins(self, backup_id: str) -> Iterator[Pin]:
        return (Pin.of(one.name) for one in self.vault.entries(self._pinned(backup_id)))

    def _folders(self) -> list[str]:
        """Ids of all that was ever begun, in the store's order."""
        top = folder_of(self.target)
        names = (one.removeprefix(top)[:-1] for one in self.vault.folders(f"{top}{MILLENNIUM}"))
        return [one for one in names if ID.match(one)]

    def _is_whole(self, backup_id: str) -> bool:
        return self.vault.has(f"{folder_of(self.target, backup_id)}{MANIFEST}")


def _parsed(kind: type[Document], document: dict[str, Any], name: str) -> Document:
    """What an authenticated document says; a later version of ours may have written another one."""
    try:
        return kind.from_json(document)
    except (KeyError, TypeError, ValueError):
        raise BackupDamaged(
            f"{name} was written by another version of StudioOps Maintenance",
            "read it with that version",
        ) from None
