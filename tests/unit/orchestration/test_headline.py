"""A report's news in one line."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from studioops.model import Finding, Report, Severity, Status, Subject
from studioops.orchestration.headline import headline


def scan_report(**summary: int) -> Report:
    figures = {
        "relationships": 30,
        "passed": 8,
        "failed": 13,
        "not_checked": 9,
        "orphans": 61,
        "relationships_with_orphans": 13,
        "malformed": 44,
        "behind_valid_constraint": 1,
    }
    return report("scan", {"summary": {**figures, **summary}})


def report(kind: str, evidence: dict[str, Any], *subjects: Subject) -> Report:
    status = Status.worst(one.status for one in subjects)
    return Report(kind, "studioops", status, datetime.now(UTC), 1.0, subjects, (), evidence)


def test_what_nobody_looked_at_has_no_number() -> None:
    line = headline(scan_report(not_checked=30, orphans=0))
    assert line == "orphans: not known, none of 30 relationships was looked at"


def test_a_scan_of_nothing_is_not_known_either() -> None:
    assert "not known" in headline(scan_report(relationships=0, not_checked=0, orphans=0))


def test_the_orphans_of_the_legacy_database() -> None:
    line = "orphans: 61 in 13 relationships (44 malformed, 1 behind a valid constraint)"
    assert headline(scan_report()) == line


def test_no_orphans_is_the_same_line_with_zeros() -> None:
    figures = ("orphans", "relationships_with_orphans", "malformed", "behind_valid_constraint")
    line = headline(scan_report(**dict.fromkeys(figures, 0), not_checked=0))
    assert line == "orphans: 0 in 0 relationships (0 malformed, 0 behind a valid constraint)"


@pytest.mark.parametrize(
    ("statuses", "line"),
    [
        ([], "connectivity: nothing was looked at"),
        ([Status.PASSED, Status.PASSED], "connectivity: 2 passed"),
        (
            [Status.PASSED, Status.NOT_CHECKED, Status.FAILED],
            "connectivity: 1 failed, 1 not checked, 1 passed",
        ),
    ],
)
def test_other_reports_are_counted_worst_first(statuses: list[Status], line: str) -> None:
    subjects = [Subject(f"service {n}", status) for n, status in enumerate(statuses)]
    assert headline(report("connectivity", {}, *subjects)) == line


def test_credentials_that_failed_say_the_worst_of_them() -> None:
    worst = Finding("credential_expires", "trello", Severity.CRITICAL, "expired", "why", "renew")
    failed = report("credentials", {}, Subject("trello", Status.FAILED, "expired"))
    assert headline(replace(failed, findings=(worst,))) == "trello: expired"
    well = report("credentials", {}, Subject("trello", Status.PASSED))
    assert headline(well) == "credentials: 1 passed"
