"""What became of one check, and the report on all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from studioops.checks.check import Check
from studioops.model import Finding, Report, Status, Stopwatch, Subject

SCHEMA_VERSION = 1


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one check.

    Args:
        check: the question.
        status: ``failed`` where a finding is an error or worse; a warning alone fails nothing.
        findings: the faults.
        reason: why it was not checked, or does not apply.
        seconds: how long it took.
    """

    check: Check
    status: Status
    findings: Sequence[Finding] = ()
    reason: str = ""
    seconds: float = 0.0


def answered(
    check: Check, findings: Sequence[Finding], unseen: Sequence[str], seconds: float
) -> Answer:
    """The answer that findings make.

    Args:
        check: the question.
        findings: the faults.
        unseen: why parts of it could not be looked at; empty where all was.
        seconds: how long it took.
    """
    reason = "; ".join(dict.fromkeys(unseen))
    if any(finding.severity.fails for finding in findings):
        return Answer(check, Status.FAILED, findings, reason, seconds)
    status = Status.NOT_CHECKED if reason else Status.PASSED
    return Answer(check, status, findings, reason, seconds)


def build_report(target: str, answers: Sequence[Answer], watch: Stopwatch) -> Report:
    """The report on a run of the catalogue.

    Args:
        target: the database's name.
        answers: one a check.
        watch: started with the run.
    """
    findings = tuple(finding for answer in answers for finding in answer.findings)
    status, seconds = Status.worst(answer.status for answer in answers), watch.seconds
    evidence = {
        "schema_version": SCHEMA_VERSION,
        "target": target,
        "status": str(status),
        "started_at": watch.started_at.isoformat(),
        "seconds": seconds,
        "checks": [_entry(answer) for answer in answers],
        "findings": [asdict(finding) for finding in findings],
    }
    return Report(
        kind="check",
        target=target,
        status=status,
        started_at=watch.started_at,
        seconds=seconds,
        subjects=tuple(
            Subject(one.check.name, one.status, one.reason, one.seconds) for one in answers
        ),
        findings=findings,
        evidence=evidence,
    )


def _entry(answer: Answer) -> dict[str, Any]:
    return {
        "name": answer.check.name,
        "group": answer.check.group,
        "question": answer.check.question,
        "status": str(answer.status),
        "findings": len(answer.findings),
        "reason": answer.reason,
        "seconds": answer.seconds,
    }
