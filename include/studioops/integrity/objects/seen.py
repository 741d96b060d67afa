"""What was seen of one entry, and what that makes of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from psycopg.sql import SQL, Identifier, Literal

from studioops.integrity.contract.model import DeclaredObject
from studioops.integrity.objects.rows import NamingColumn
from studioops.model import Finding, Severity, Status, Subject

SAMPLE = 5


@dataclass(slots=True)
class Suspects:
    """Names that look wrong: how many, and a few of them."""

    count: int = 0
    sample: list[str] = field(default_factory=list)

    def add(self, keys: list[str]) -> None:
        """Count more of them."""
        self.count += len(keys)
        self.sample += keys[: SAMPLE - len(self.sample)]


@dataclass(slots=True)
class Seen:
    """What was seen of one entry of the contract's ``objects``.

    Args:
        declared: the entry.
        column: where the names stand, as the database has it; None where that is absent.
        rows: rows that name an object.
        objects: objects of the bucket.
        missing: names without an object.
        spelled: of the first of these, the object that each would have by its bare name.
        unnamed: objects without a name; told of at the bucket's first entry, None at the others.
        mismatched: objects whose content is another one.
        claims: contents with a SHA-256 to be held against.
        unproven: rows whose object is there and that claim no SHA-256.
        contents_read: objects that were read for that.
        bytes_read: how much that was.
        seconds: how long it took.
        reason: why it was not looked at; empty where it was.
    """

    declared: DeclaredObject
    column: NamingColumn | None = None
    rows: int | None = None
    objects: int | None = None
    missing: Suspects = field(default_factory=Suspects)
    spelled: dict[str, str] = field(default_factory=dict)
    unnamed: Suspects | None = None
    mismatched: Suspects = field(default_factory=Suspects)
    claims: int = 0
    unproven: int = 0
    contents_read: int = 0
    bytes_read: int = 0
    seconds: float = 0.0
    reason: str = ""

    @property
    def name(self) -> str:
        """As reports call it."""
        return f"{self.declared.column} ⇢ {self.declared.bucket}"

    @property
    def status(self) -> Status:
        """What is known of it."""
        if self.missing.count or self.mismatched.count:
            return Status.FAILED
        return Status.NOT_CHECKED if self.reason else Status.PASSED

    @property
    def subject(self) -> Subject:
        """For the report."""
        return Subject(self.name, self.status, self.reason, self.seconds)

    def as_json(self) -> dict[str, Any]:
        """The entry of the document."""
        known = self.objects is not None
        return {
            "column": str(self.declared.column),
            "bucket": self.declared.bucket,
            "sha256": str(self.declared.sha256) if self.declared.sha256 else None,
            "status": str(self.status),
            "rows": self.rows,
            "objects": self.objects,
            "missing": self.missing.count if known else None,
            "unnamed": self.unnamed.count if known and self.unnamed else None,
            "mismatched": self.mismatched.count if known else None,
            "claims": self.claims,
            "unproven": self.unproven,
            "contents_read": self.contents_read,
            "bytes_read": self.bytes_read,
            "seconds": self.seconds,
            "sample": {
                "missing": self.missing.sample,
                "unnamed": self.unnamed.sample if self.unnamed else [],
                "mismatched": self.mismatched.sample,
            },
            "reason": self.reason,
        }

    def findings(self) -> Iterator[Finding]:
        """The faults, and what nobody could know."""
        yield from self._missing_objects()
        yield from self._mismatched_objects()
        yield from self._unnamed_objects()
        yield from self._unknown_contents()

    def _missing_objects(self) -> Iterator[Finding]:
        if self.missing.count:
            yield Finding(
                "missing_object",
                str(self.declared.column),
                Severity.ERROR,
                f"{self.missing.count} names have no object in {self.declared.bucket}"
                f"{_first(self.missing)}",
                "whoever opens them finds nothing: the upload was lost, or the object deleted",
                f"{self._advice()}\n{self._listing(self.missing)}",
            )

    def _mismatched_objects(self) -> Iterator[Finding]:
        if self.mismatched.count:
            yield Finding(
                "object_mismatch",
                str(self.declared.column),
                Severity.ERROR,
                f"{self.mismatched.count} objects of {self.declared.bucket} are not what their "
                f"rows say{_first(self.mismatched)}",
                "what is opened is not what was stored: cut short, overwritten, or changed",
                f"-- restore an earlier version of the object, or correct its row's SHA-256\n"
                f"{self._listing(self.mismatched)}",
            )

    def _unnamed_objects(self) -> Iterator[Finding]:
        if self.unnamed is not None and self.unnamed.count:
            yield Finding(
                "unnamed_object",
                self.declared.bucket,
                Severity.WARNING,
                f"{self.unnamed.count} objects are named by no row{_first(self.unnamed)}",
                "nobody looks after them: storage is paid for, and what was deleted is still there",
                "-- see whether another application uses them before you delete any",
            )

    def _unknown_contents(self) -> Iterator[Finding]:
        column = str(self.declared.column)
        if self.unproven:
            yield Finding(
                "unproven_object",
                column,
                Severity.INFO,
                f"{self.unproven} objects have no SHA-256 to be held against",
                "nobody would notice if their content changed",
                "-- store the SHA-256 with each upload",
            )
        if self.claims > self.contents_read:
            yield Finding(
                "unread_content",
                column,
                Severity.INFO,
                f"{self.claims - self.contents_read} of {self.claims} contents were not read this "
                "time; which ones are, chance decides anew at every look",
                "one that was changed may be among them",
                "-- STUDIOOPS_OBJECT_CONTENTS says how many are read; 0 reads all of them",
            )

    def _advice(self) -> str:
        for value, name in self.spelled.items():
            return (
                f"-- the bucket has {name!r} for {value!r}: let the contract name the column of a "
                "VIEW that gives the object's name alone"
            )
        return "-- put the objects back from a copy of the bucket, or clear what names them"

    def _listing(self, suspects: Suspects) -> str:
        """The SQL that lists the rows of a sample."""
        if self.column is None:
            return ""
        statement = SQL("SELECT * FROM {} WHERE {}::text = ANY ({});").format(
            Identifier(self.column.relation.schema, self.column.relation.name),
            Identifier(self.column.column.name),
            Literal(suspects.sample),
        )
        return statement.as_string()


def _first(suspects: Suspects) -> str:
    return f", the first: {suspects.sample[0]!r}" if suspects.sample else ""
