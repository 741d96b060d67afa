"""A target's backups in a vault: which there are, what they say, what was proven of them."""

from __future__ import annotations

import gzip
import io
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import unquote

from studioops.backups.model import FORMAT, ID, Manifest, Proof, as_name, folder_of
from studioops.errors import BackupDamaged, NoSuchBackup, NoSuchObject
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
        return sorted(
            {parts[0] for parts in self._parts() if len(parts) == 2 and parts[1] == MANIFEST}  # noqa: PLR2004
        )

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

    def pins(self, backup_id: str) -> list[str]:
        """Who still needs a backup, such as a plan's hash: retention keeps it for them."""
        folder = f"{folder_of(self.target, backup_id)}{PINS}"
        return [unquote(one.name.removeprefix(folder)) for one in self.vault.entries(folder)]

    def pin(self, backup_id: str, who: str) -> None:
        """Keep a backup from being removed for as long as somebody needs it."""
        free = replace(self, vault=self.vault.unlocked)
        free.write_json(f"{folder_of(self.target, backup_id)}{PINS}{as_name(who)}", {"who": who})

    def unpin(self, backup_id: str, who: str) -> None:
        """It is not needed for that any more."""
        self.vault.remove([f"{folder_of(self.target, backup_id)}{PINS}{as_name(who)}"])

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

    def debris(self, before: datetime) -> list[Entry]:
        """Files of backups that never became whole, the last of them written before then."""
        whole, groups = set(self.ids()), dict[str, list[Entry]]()
        top = folder_of(self.target)
        for entry in self.vault.entries(f"{top}{MILLENNIUM}"):
            backup_id = entry.name.removeprefix(top).partition("/")[0]
            if ID.match(backup_id) and backup_id not in whole:
                groups.setdefault(backup_id, []).append(entry)
        stale = (group for group in groups.values() if max(one.modified for one in group) < before)
        return [entry for group in stale for entry in group]

    def _parts(self) -> Iterator[list[str]]:
        top = folder_of(self.target)
        for entry in self.vault.entries(f"{top}{MILLENNIUM}"):
            parts = entry.name.removeprefix(top).split("/")
            if ID.match(parts[0]):
                yield parts


def _parsed(kind: type[Document], document: dict[str, Any], name: str) -> Document:
    """What an authenticated document says; a later version of ours may have written another one."""
    try:
        return kind.from_json(document)
    except (KeyError, TypeError, ValueError):
        raise BackupDamaged(
            f"{name} was written by another version of StudioOps Maintenance",
            "read it with that version",
        ) from None
