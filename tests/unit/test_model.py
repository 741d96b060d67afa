from __future__ import annotations

from datetime import UTC, datetime

import pytest

from studioops.model import Finding, Report, Severity, Status, Stopwatch, Subject

P, F, N, A = Status.PASSED, Status.FAILED, Status.NOT_CHECKED, Status.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("statuses", "whole"),
    [
        ([], N),
        ([A], N),
        ([P], P),
        ([P, A], P),
        ([P, N], N),
        ([P, N, F], F),
        ([A, F], F),
        ([N, A], N),
    ],
)
def test_failed_beats_not_checked_beats_passed_and_nothing_is_not_checked(statuses, whole):
    assert Status.worst(statuses) is whole


def test_exit_codes():
    assert [one.exit_code for one in (P, F, N, A)] == [0, 1, 3, 3]


def test_only_errors_fail():
    assert [one for one in Severity if one.fails] == [Severity.ERROR, Severity.CRITICAL]


def test_a_report_survives_json():
    import json

    finding = Finding("orphan", "public.a(b)", Severity.ERROR, "m", "w", "r")
    report = Report(
        kind="scan",
        target="t",
        status=F,
        started_at=datetime(2026, 11, 23, 1, 2, 3, tzinfo=UTC),
        seconds=1.5,
        subjects=(Subject("s", F, "", 0.5), Subject("u", N, "why")),
        findings=(finding,),
        evidence={"rows": [1, None, "x"]},
    )
    document = json.loads(json.dumps(report.as_json()))
    assert document["started_at"] == "2026-11-23T01:02:03+00:00"
    assert Report.from_json(document) == report


def test_a_stopwatch_knows_its_start_with_offset_and_never_runs_backwards():
    watch = Stopwatch()
    assert watch.started_at.utcoffset() is not None
    assert 0 <= watch.seconds <= watch.seconds
