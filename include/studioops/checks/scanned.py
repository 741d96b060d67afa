"""The checks that the scan answers: it alone knows the contract."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from studioops.checks.answer import Answer, answered
from studioops.checks.check import ScanCheck
from studioops.integrity import Contract, scan
from studioops.model import Status
from studioops.postgres import Database


def answer_by_scan(
    database: Database, contract: Contract | None, target: str, checks: Sequence[ScanCheck]
) -> Iterator[Answer]:
    """One scan for all of them.

    Args:
        database: read-only, with its limits.
        contract: or None for the catalog alone.
        target: the database's name.
        checks: at least one.
    """
    report = scan(database, contract, target=target)
    unseen = [
        f"{one.name}: {one.reason}" for one in report.subjects if one.status is Status.NOT_CHECKED
    ]
    for check in checks:
        findings = [finding for finding in report.findings if finding.check == check.name]
        yield answered(check, findings, unseen, report.seconds)
