"""Credentials as one report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from studioops.model import Finding, Report, Severity, Status, Stopwatch, Subject
from studioops.services.credentials.ages import Ages, with_ages
from studioops.services.credentials.credential import Credential
from studioops.services.credentials.findings import judge

CREDENTIALS = "credentials"
SCHEMA_VERSION = 1
SEVERITIES = tuple(reversed(Severity))


def credentials_report(
    target: str,
    credentials: Sequence[Credential],
    watch: Stopwatch,
    *,
    ages: Ages,
    at: datetime,
    old_after: timedelta,
) -> Report:
    """One report of credentials.

    Args:
        target: whose they are.
        credentials: as they were seen.
        watch: started before the first look.
        ages: since when they are known.
        at: now, with its offset.
        old_after: from which age on one should be renewed.

    Returns:
        the report: a subject each, failed where one of its findings is an error or worse. An
        optional one that nobody has set does not apply.
    """
    aged = with_ages(credentials, ages)
    found = {one.name: tuple(judge(one, at, old_after)) for one in aged}
    every = [finding for one in found.values() for finding in one] + _unknown(ages)
    findings = tuple(sorted(every, key=lambda one: SEVERITIES.index(one.severity)))
    subjects = tuple(_subject(one, found[one.name]) for one in aged)
    status, seconds = Status.worst(one.status for one in subjects), watch.seconds
    evidence: dict[str, Any] = {
        "schema_version": SCHEMA_VERSION,
        "target": target,
        "status": str(status),
        "started_at": watch.started_at.isoformat(),
        "seconds": seconds,
        "credentials": [
            {**one.as_json(), "status": str(subject.status)}
            for one, subject in zip(aged, subjects, strict=True)
        ],
        "findings": [asdict(finding) for finding in findings],
    }
    return Report(
        CREDENTIALS, target, status, watch.started_at, seconds, subjects, findings, evidence
    )


def _unknown(ages: Ages) -> list[Finding]:
    """That no age is known is news of its own where somebody can mend it."""
    if not ages.next_step:
        return []
    return [
        Finding(
            "credential_age_unknown",
            "ages",
            Severity.INFO,
            f"nobody can tell how old credentials are: {ages.unknown}",
            "one that is never renewed is not noticed",
            ages.next_step,
        )
    ]


def _subject(one: Credential, findings: Sequence[Finding]) -> Subject:
    failing = [finding.message for finding in findings if finding.severity.fails]
    if failing:
        return Subject(one.name, Status.FAILED, "; ".join(failing), round(one.seconds, 3))
    status, reason = one.status, "" if one.status is Status.PASSED else one.message
    if not one.configured and not one.required:
        status = Status.NOT_APPLICABLE
    elif status is Status.NOT_CHECKED and one.next_step:
        reason += f"; next: {one.next_step}"
    return Subject(one.name, status, reason, round(one.seconds, 3))
