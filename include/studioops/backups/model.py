"""What a backup is: its id, its files, what the original held, and what was proven of it."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from studioops.errors import UsageError
from studioops.model import Status
from studioops.postgres.fingerprint.model import TableRows

FORMAT = 1
STAMP = "%Y%m%dT%H%M%SZ"
ID = re.compile(r"^\d{8}T\d{6}Z-[0-9a-f]{8}\Z", re.ASCII)


def new_backup_id(now: datetime) -> str:
    """An id that sorts by time, such as ``20261125T020000Z-1f0c9a3e``.

    Args:
        now: when the backup began, with its offset.
    """
    # Three digits of milliseconds, so that two backups of one second sort too, and five of chance.
    milliseconds, chance = now.microsecond // 1000, secrets.randbits(20)
    return f"{now.astimezone(UTC):{STAMP}}-{milliseconds:03x}{chance:05x}"


def began_at(backup_id: str) -> datetime:
    """When a backup began, as its id says.

    Raises:
        UsageError: it is no backup's id.
    """
    try:
        if ID.match(backup_id):
            return datetime.strptime(backup_id.partition("-")[0], STAMP).replace(tzinfo=UTC)
    except ValueError:
        # Digits that are no day, which nothing of ours wrote.
        pass
    raise UsageError(
        f"{backup_id!r} is no backup's id", "see `studioops backup list` for those there are"
    )


def as_name(text: str) -> str:
    """Any text as one part of a name in a vault: no slash, and no way up.

    Raises:
        UsageError: it is empty.
    """
    if not text:
        raise UsageError("an empty text is no name for a target", "give it a name")
    return quote(text, safe="") if text.strip(".") else text.replace(".", "%2E")


def folder_of(target: str, backup_id: str = "") -> str:
    """Where a target's backups lie in a vault, or one of them; ends in a slash."""
    top = f"{as_name(target)}/"
    return f"{top}{backup_id}/" if backup_id else top


@dataclass(frozen=True, slots=True)
class BackupFile:
    """One file of pg_dump, as it lies in the vault.

    Args:
        name: as pg_dump called it, such as ``toc.dat``.
        plain_size: bytes, before it was encrypted.
        size: bytes, encrypted.
        sha256: of the encrypted bytes, in hex.
        version: the store's id of this version; empty where it keeps none.
    """

    name: str
    plain_size: int
    size: int
    sha256: str
    version: str = ""


@dataclass(frozen=True, slots=True)
class SequenceValue:
    """Where a sequence stood: it does not follow a snapshot, so it was read twice.

    Args:
        before: the last value (or the start, where it was never called) before the dump.
        after: the same after it.
        increment: its step; negative for one that counts down.
        called: whether ``after`` had been handed out.
    """

    before: int
    after: int
    increment: int
    called: bool


@dataclass(frozen=True, slots=True)
class BucketCopy:
    """A bucket that was copied beside the database.

    Args:
        bucket: its name.
        manifest: the file in the vault that lists its objects.
        sha256: of that file's encrypted bytes, in hex.
        objects: how many.
        size: bytes of them all, plain.
        gone: objects that were deleted after they had been listed, and so are no part of it.
    """

    bucket: str
    manifest: str
    sha256: str
    objects: int
    size: int
    gone: int = 0


@dataclass(frozen=True)
class Manifest:
    """All that a backup says of itself; written last and encrypted, which authenticates it too.

    Args:
        backup_id: its id.
        target: the target's name.
        snapshot_at: the moment that the dump and the fingerprints see, with its offset.
        seconds: how long it took.
        server: ``system`` (identifier), ``database``, ``version`` (text), ``major``, ``encoding``,
            ``collate``, ``ctype``, ``provider``, ``icu_locale``, ``collation_version``, ``owner``.
        tool: such as ``pg_dump 18.6``.
        files: of pg_dump.
        tables: what each held, by its full name; empty without fingerprints.
        left_out: tables that a dump carries no rows of, and why.
        definitions: the catalog's texts, by kind and name.
        sequences: where each stood.
        buckets: what was copied beside the database.
        fingerprint: ``algorithm`` and ``probe``, a known text's hash, by which two servers show
            that they hash alike; empty without fingerprints.
        attempts: how often it was begun, since definitions changed meanwhile.
        steps: seconds of each step, by name.
        spooled_on: the host whose disk it waited on for the object store; empty otherwise.
        format: of this document.
    """

    backup_id: str
    target: str
    snapshot_at: datetime
    seconds: float
    server: Mapping[str, Any]
    tool: str
    files: tuple[BackupFile, ...]
    tables: Mapping[str, TableRows]
    left_out: Mapping[str, str]
    definitions: Mapping[str, Mapping[str, str]]
    sequences: Mapping[str, SequenceValue]
    buckets: tuple[BucketCopy, ...] = ()
    fingerprint: Mapping[str, str] = field(default_factory=dict)
    attempts: int = 1
    steps: Mapping[str, float] = field(default_factory=dict)
    spooled_on: str = ""
    format: int = FORMAT

    @property
    def folder(self) -> str:
        """Where its files lie in the vault."""
        return folder_of(self.target, self.backup_id)

    @property
    def size(self) -> int:
        """Bytes of the dump's files as stored."""
        return sum(one.size for one in self.files)

    def as_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {**asdict(self), "snapshot_at": self.snapshot_at.isoformat()}

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Manifest:
        """The manifest that :meth:`as_json` wrote."""
        words = dict(document)
        words["snapshot_at"] = datetime.fromisoformat(words["snapshot_at"])
        words["files"] = tuple(BackupFile(**one) for one in words["files"])
        words["buckets"] = tuple(BucketCopy(**one) for one in words["buckets"])
        words["tables"] = {name: TableRows(**one) for name, one in words["tables"].items()}
        words["sequences"] = {
            name: SequenceValue(**one) for name, one in words["sequences"].items()
        }
        return cls(**words)


@dataclass(frozen=True, slots=True)
class Proof:
    """What a drill found of a backup; kept beside it, so that it outlives the ledger.

    Args:
        backup_id: whose.
        proven_at: when the drill began, with its offset.
        faithful: whether the copy equals the manifest.
        sound: whether the copy keeps every reference and the rest.
        restore_seconds: until the copy could be used (RTO).
        age_seconds: of the data when the drill began (RPO).
        run: who drilled, such as ``restore_drill scheduled__…``.
        server: version of the server that it was restored on.
        findings: the faults, one line each.
    """

    backup_id: str
    proven_at: datetime
    faithful: Status
    sound: Status
    restore_seconds: float
    age_seconds: float
    run: str
    server: str
    findings: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether both hold."""
        return self.faithful is Status.PASSED and self.sound is Status.PASSED

    def as_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {**asdict(self), "proven_at": self.proven_at.isoformat()}

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Proof:
        """The proof that :meth:`as_json` wrote."""
        words = dict(document)
        words["proven_at"] = datetime.fromisoformat(words["proven_at"])
        words["faithful"], words["sound"] = Status(words["faithful"]), Status(words["sound"])
        words["findings"] = tuple(words["findings"])
        return cls(**words)
