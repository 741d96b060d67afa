"""The checks that the scan answers: it alone knows the contract."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from studioops.checks.answer import Answer, answered
from studioops.checks.check import ScanCheck
from studioops.errors import CouldNotCheck
from studioops.integrity import Contract, judge_definitions, scan
from studioops.model import Finding, Status, Stopwatch
from studioops.postgres import Database


def answer_by_scan(
    database: Database, contract: Contract | None, target: str, checks: Sequence[ScanCheck]
) -> Iterator[Answer]:
    """One scan for all of them; where none of them needs rows, none is read.

    Args:
        database: read-only, with its limits.
        contract: or None for the catalog alone.
        target: the database's name.
        checks: at least one.
    """
    watch = Stopwatch()
    try:
        if any(check.reads_rows for check in checks):
            findings, unseen = _scanned(database, contract, target)
        else:
            findings, unseen = judge_definitions(database, contract)
    except CouldNotCheck as error:
        findings, unseen = [], [error.reason]
    for check in checks:
        mine = [finding for finding in findings if finding.check == check.name]
        yield answered(check, mine, unseen, watch.seconds)


def _scanned(
    database: Database, contract: Contract | None, target: str
) -> tuple[list[Finding], list[str]]:
    report = scan(database, contract, target=target)
    unseen = [
        f"{one.name}: {one.reason}" for one in report.subjects if one.status is Status.NOT_CHECKED
    ]
    return list(report.findings), unseen
