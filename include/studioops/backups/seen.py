"""What one proof saw: its subjects and its findings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from studioops.model import Finding, Severity, Status, Subject


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

    @classmethod
    def unseen(cls, name: str, reason: str) -> Seen:
        """One subject that nobody could look at; the reason ends in ``; next: …``."""
        return cls((Subject(name, Status.NOT_CHECKED, reason),))

    @classmethod
    def not_applicable(cls, name: str, reason: str) -> Seen:
        """One subject that there is nothing of, or nothing to hold it against."""
        return cls((Subject(name, Status.NOT_APPLICABLE, reason),))


def fault(check: str, name: str, message: str, why: str, repair: str) -> Finding:
    """A finding that fails its subject."""
    return Finding(check, name, Severity.ERROR, message, why, repair)
