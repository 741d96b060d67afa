"""What one proof saw: its subjects and its findings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from studioops.model import Finding, Report, Severity, Status, Stopwatch, Subject

SCHEMA_VERSION = 1


@dataclass(frozen=True, slots=True)
class Seen:
    """Part of what a report tells.

    Args:
        subjects: what was looked at, each with what is known of it.
        findings: the faults.
    """

    subjects: tuple[Subject, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def status(self) -> Status:
        """Of all of it."""
        return Status.worst(one.status for one in self.subjects)

    @classmethod
    def together(cls, parts: Iterable[Seen]) -> Seen:
        """Several as one, in their order."""
        listed = list(parts)
        return cls(
            tuple(one for part in listed for one in part.subjects),
            tuple(one for part in listed for one in part.findings),
        )

    @classmethod
    def of(cls, name: str, findings: Iterable[Finding] = (), *, seconds: float = 0) -> Seen:
        """One subject that was looked at: failed where a finding is an error, else passed."""
        found = tuple(findings)
        failed = any(one.severity.fails for one in found)
        status = Status.FAILED if failed else Status.PASSED
        return cls((Subject(name, status, "", seconds),), found)

    def as_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return asdict(self)

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Seen:
        """What :meth:`as_json` wrote."""
        return cls(
            tuple(
                Subject(**{**one, "status": Status(one["status"])}) for one in document["subjects"]
            ),
            tuple(
                Finding(**{**one, "severity": Severity(one["severity"])})
                for one in document["findings"]
            ),
        )

    @classmethod
    def unseen(cls, name: str, reason: str) -> Seen:
        """One subject that nobody could look at; the reason ends in ``; next: …``."""
        return cls((Subject(name, Status.NOT_CHECKED, reason),))

    @classmethod
    def not_applicable(cls, name: str, reason: str) -> Seen:
        """One subject that there is nothing of, or nothing to hold it against."""
        return cls((Subject(name, Status.NOT_APPLICABLE, reason),))


def report_of(
    kind: str, target: str, seen: Seen, watch: Stopwatch, evidence: Mapping[str, Any]
) -> Report:
    """What was seen as a report, whose evidence is the document that ``--json`` prints.

    Args:
        kind: of the work.
        target: the target's name.
        seen: its subjects and findings.
        watch: started with the work.
        evidence: what the document tells beside them.
    """
    status, seconds = seen.status, watch.seconds
    document = {
        "schema_version": SCHEMA_VERSION,
        "target": target,
        "status": str(status),
        "started_at": watch.started_at.isoformat(),
        "seconds": seconds,
        **evidence,
        **seen.as_json(),
    }
    return Report(
        kind, target, status, watch.started_at, seconds, seen.subjects, seen.findings, document
    )


def fault(check: str, name: str, message: str, why: str, repair: str) -> Finding:
    """A finding that fails its subject."""
    return Finding(check, name, Severity.ERROR, message, why, repair)
