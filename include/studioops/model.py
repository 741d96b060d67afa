"""The small frozen values that rooms hand to each other: status, severity, finding, report."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any


class Status(StrEnum):
    """What is known of a subject. ``not_checked`` is never well."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_CHECKED = "not_checked"
    NOT_APPLICABLE = "not_applicable"

    @classmethod
    def worst(cls, statuses: Iterable[Status]) -> Status:
        """The status of a whole: failed beats not_checked beats passed.

        Args:
            statuses: those of the parts; ``not_applicable`` changes nothing.

        Returns:
            the whole's status; ``not_checked`` where no part was looked at, since nothing is
            called well that was not looked at.
        """
        seen = set(statuses)
        for status in (cls.FAILED, cls.NOT_CHECKED, cls.PASSED):
            if status in seen:
                return status
        return cls.NOT_CHECKED

    @property
    def exit_code(self) -> int:
        """The command line's exit code for this status."""
        return {Status.PASSED: 0, Status.FAILED: 1}.get(self, 3)


class Severity(StrEnum):
    """How bad a finding is. Error and critical make their subject failed."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"
    CRITICAL = "critical"

    @property
    def fails(self) -> bool:
        """Whether a finding of this severity makes its subject failed."""
        return self in (Severity.ERROR, Severity.CRITICAL)


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault.

    Args:
        check: the name of the check that found it, in snake_case.
        object: what it was found in, schema-qualified.
        severity: how bad it is.
        message: what is wrong, one line.
        why: why it matters, one line.
        repair: the SQL or the command that mends it, or what to decide first.
    """

    check: str
    object: str
    severity: Severity
    message: str
    why: str
    repair: str


@dataclass(frozen=True, slots=True)
class Subject:
    """One thing that a piece of work looked at.

    Args:
        name: what was looked at, as people call it.
        status: what is known of it now.
        reason: why it was not checked or does not apply; empty otherwise.
        seconds: how long the look took.
    """

    name: str
    status: Status
    reason: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Report:
    """What a piece of work hands back.

    Args:
        kind: the work: ``scan``, ``connectivity``, …
        target: the target's name (or the service's).
        status: of the whole.
        started_at: when the look began, with its offset.
        seconds: how long it took.
        subjects: what was looked at.
        findings: the faults.
        evidence: the work's own JSON document, as ``--json`` prints it.
    """

    kind: str
    target: str
    status: Status
    started_at: datetime
    seconds: float
    subjects: tuple[Subject, ...] = ()
    findings: tuple[Finding, ...] = ()
    evidence: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """This report as plain JSON values, for XCom and the ledger."""
        document = asdict(self)
        document["started_at"] = self.started_at.isoformat()
        return document

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Report:
        """The report that :meth:`as_json` wrote."""
        fields = dict(document)
        fields["status"] = Status(fields["status"])
        fields["started_at"] = datetime.fromisoformat(fields["started_at"])
        fields["subjects"] = tuple(
            Subject(**{**one, "status": Status(one["status"])}) for one in fields["subjects"]
        )
        fields["findings"] = tuple(
            Finding(**{**one, "severity": Severity(one["severity"])}) for one in fields["findings"]
        )
        return cls(**fields)


class Stopwatch:
    """When a piece of work began, and how long it has taken."""

    def __init__(self) -> None:
        self.started_at = datetime.now(UTC)
        self._began = time.monotonic()

    @classmethod
    def since(cls, started_at: datetime) -> Stopwatch:
        """One that another process started, by the wall clock.

        Args:
            started_at: with its offset.
        """
        watch = cls()
        watch._began -= max(0.0, (watch.started_at - started_at).total_seconds())
        watch.started_at = started_at
        return watch

    @property
    def seconds(self) -> float:
        """Seconds since the start, to the millisecond."""
        return round(time.monotonic() - self._began, 3)
