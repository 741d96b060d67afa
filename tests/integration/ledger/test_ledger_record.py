"""Recording: everything comes back, nothing twice, and what was proven stays proven."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from psycopg.sql import SQL

from studioops.errors import UsageError
from studioops.ledger import Ledger, RunRef, open_ledger
from studioops.model import Finding, Report, Severity, Status, Subject
from studioops.postgres import load_sql

MakeReport = Callable[..., Report]
NOON = datetime(2025, 9, 8, 12, tzinfo=UTC)
PASSED, FAILED, NOT_CHECKED = Status.PASSED, Status.FAILED, Status.NOT_CHECKED
RUN = RunRef("manual__1", "dag", "maintenance")


def rows(dsn: str, table: str) -> int:
    with psycopg.connect(dsn) as connection:
        found = connection.execute(f"SELECT count(*) FROM ledger.{table}").fetchone()
    assert found is not None
    return int(found[0])


def test_no_such_report(ledger: Ledger) -> None:
    with pytest.raises(UsageError, match="no report 7") as caught:
        ledger.report(7)
    assert "evidence show" in caught.value.next_step


def test_unknown_status_is_refused_by_the_database(ledger: Ledger, database_dsn: str) -> None:
    with (
        psycopg.connect(database_dsn) as admin,
        pytest.raises(psycopg.errors.CheckViolation, match="runs_origin_check"),
    ):
        admin.execute("INSERT INTO ledger.runs (origin, name, run_id) VALUES ('cron', 'x', 'y')")


def test_a_report_comes_back_whole(ledger: Ledger, make_report: MakeReport) -> None:
    report = make_report({"chat.a → b.id": PASSED, "ünï 'quoted\"": FAILED}, reason="50% done")
    stored = ledger.report(ledger.record(report, RUN))
    assert stored.report == report
    assert stored.run == RUN
    assert stored.report.started_at == NOON
    assert not stored.superseded
    assert stored.recorded_at.tzinfo is not None


def test_texts_that_postgresql_refuses_are_kept_readable(ledger: Ledger) -> None:
    report = Report(
        "scan", "t", FAILED, NOON, float("inf"), (Subject("a\0b", FAILED, "\ud800"),),
        (Finding("c", "a\0b", Severity.ERROR, "m\0", "", ""),),
        {"sample": [{"row": {1: float("nan")}}]},
    )  # fmt: skip
    report = replace(report, seconds=0.5)
    stored = ledger.report(ledger.record(report, RUN)).report
    assert stored.subjects[0].name == "a\N{REPLACEMENT CHARACTER}b"
    assert stored.evidence == {"sample": [{"row": {"1": "nan"}}]}
    assert ledger.latest("t")[0].reason == "?"


def test_the_same_again_is_nothing_new(
    ledger: Ledger, make_report: MakeReport, database_dsn: str
) -> None:
    report = make_report({"a": PASSED, "b": FAILED})
    first = ledger.record(report, RUN)
    assert ledger.record(report, RUN) == first
    assert ledger.record(Report.from_json(report.as_json()), RUN) == first
    counts = [rows(database_dsn, t) for t in ("runs", "reports", "subjects", "looks", "findings")]
    assert counts == [1, 1, 2, 2, 1]


def test_an_attempt_that_looked_again_takes_the_place(
    ledger: Ledger, make_report: MakeReport, database_dsn: str
) -> None:
    first = ledger.record(make_report({"a": PASSED}), RUN)
    second = ledger.record(make_report({"a": FAILED}, hours=1), RUN)
    assert second != first
    assert ledger.report(first).superseded
    assert not ledger.report(second).superseded
    (run,) = ledger.runs()
    assert [line.report_id for line in run.reports] == [second]
    (evidence,) = ledger.latest()
    assert (evidence.status, evidence.report_id, evidence.passed_at) == (FAILED, second, None)
    assert rows(database_dsn, "reports") == 2


def test_a_late_attempt_does_not_undo_a_newer_look(ledger: Ledger, make_report: MakeReport) -> None:
    newer = ledger.record(make_report({"a": FAILED}, hours=1), RUN)
    assert ledger.record(make_report({"a": PASSED}), RUN) == newer
    assert [one.status for one in ledger.latest()] == [FAILED]


def test_a_cleared_batch_replaces_a_look_of_the_same_start(
    ledger: Ledger, make_report: MakeReport
) -> None:
    """Merged reports begin with their first batch, so a mended merge begins as the broken one."""
    ledger.record(make_report({"a": PASSED, "b": NOT_CHECKED}), RUN)
    ledger.record(make_report({"a": PASSED, "b": PASSED}), RUN)
    assert [one.status for one in ledger.latest()] == [PASSED, PASSED]


def test_two_attempts_at_once(ledger_url: str, ledger: Ledger, make_report: MakeReport) -> None:
    report = make_report({f"s{number}": PASSED for number in range(50)})
    ledgers = [open_ledger(ledger_url) for _ in range(6)]
    with ThreadPoolExecutor(6) as pool:
        keys = set(pool.map(lambda one: one.record(report, RUN), ledgers))
    for one in ledgers:
        one.close()
    assert len(keys) == 1
    assert len(ledger.latest()) == 50


def test_many_runs_at_once_do_not_deadlock(
    ledger_url: str, ledger: Ledger, make_report: MakeReport
) -> None:
    """Each brings the same new subjects in another order."""
    names = [f"s{number}" for number in range(40)]
    ledgers = [open_ledger(ledger_url) for _ in range(6)]

    def record(number: int) -> int:
        order = names[number * 7 :] + names[: number * 7]
        report = make_report(dict.fromkeys(order, PASSED))
        return ledgers[number].record(report, replace(RUN, run_id=f"r{number}"))

    with ThreadPoolExecutor(6) as pool:
        assert len(set(pool.map(record, range(6)))) == 6
    for one in ledgers:
        one.close()
    assert len(ledger.latest()) == 40
    assert len(ledger.runs()) == 6


def test_steps_kinds_targets_and_dags_are_apart(ledger: Ledger, make_report: MakeReport) -> None:
    report = make_report({"a": PASSED})
    keys = {
        ledger.record(report, RUN),
        ledger.record(report, replace(RUN, step="closing")),
        ledger.record(report, replace(RUN, name="other_dag")),
        ledger.record(report, replace(RUN, origin="cli", name="scan")),
        ledger.record(make_report({"a": PASSED}, kind="connectivity"), RUN),
        ledger.record(make_report({"a": PASSED}, target="other"), RUN),
    }
    assert len(keys) == 6
    assert len(ledger.runs()) == 3


def test_not_checked_is_shown_and_leaves_what_was_proven(
    ledger: Ledger, make_report: MakeReport
) -> None:
    good, blind = replace(RUN, run_id="good"), replace(RUN, run_id="blind")
    ledger.record(make_report({"a": PASSED}), good)
    ledger.record(make_report({"a": NOT_CHECKED}, hours=1, reason="table is absent"), blind)
    (evidence,) = ledger.latest("studioops")
    assert (evidence.status, evidence.reason) == (NOT_CHECKED, "table is absent")
    assert evidence.looked_at == NOON + timedelta(hours=1)
    assert (evidence.passed_at, evidence.passed_by) == (NOON, good)
    assert (evidence.run, evidence.seconds) == (blind, 0.25)


def test_a_pass_that_was_superseded_proves_nothing(ledger: Ledger, make_report: MakeReport) -> None:
    earlier = replace(RUN, run_id="earlier")
    ledger.record(make_report({"a": PASSED}), earlier)
    ledger.record(make_report({"a": PASSED}, hours=1), RUN)
    ledger.record(make_report({"a": FAILED}, hours=2), RUN)
    (evidence,) = ledger.latest()
    assert (evidence.status, evidence.passed_at, evidence.passed_by) == (FAILED, NOON, earlier)


def test_latest_goes_by_when_it_was_looked_not_when_it_was_written(
    ledger: Ledger, make_report: MakeReport
) -> None:
    ledger.record(make_report({"a": PASSED}, hours=2), replace(RUN, run_id="quick"))
    ledger.record(make_report({"a": FAILED}, hours=1), replace(RUN, run_id="slow"))
    assert [one.status for one in ledger.latest()] == [PASSED]


def test_latest_of_one_target(ledger: Ledger, make_report: MakeReport) -> None:
    ledger.record(make_report({"a": PASSED}), RUN)
    ledger.record(make_report({"b": FAILED}, target="other"), RUN)
    assert [one.subject for one in ledger.latest("other")] == ["b"]
    assert [one.subject for one in ledger.latest()] == ["b", "a"]
    assert ledger.latest("nobody") == []


def test_a_subject_named_twice_counts_as_its_worst(ledger: Ledger) -> None:
    subjects = (Subject("a", PASSED, "", 1), Subject("a", FAILED, "", 2), Subject("a", PASSED))
    ledger.record(Report("scan", "t", FAILED, NOON, 3, subjects), RUN)
    (evidence,) = ledger.latest()
    assert (evidence.status, evidence.passed_at, evidence.seconds) == (FAILED, None, 3)


def test_report_without_subjects(ledger: Ledger) -> None:
    report = Report("scan", "t", NOT_CHECKED, NOON, 0)
    assert ledger.report(ledger.record(report, RUN)).report == report
    assert ledger.latest() == []


def test_runs_newest_first_and_judged_by_the_last_look(
    ledger: Ledger, make_report: MakeReport
) -> None:
    for number in range(3):
        run = replace(RUN, run_id=f"r{number}")
        ledger.record(make_report({"a": FAILED}, hours=number), replace(run, step="opening"))
        ledger.record(make_report({"a": PASSED}, hours=number + 0.5), replace(run, step="closing"))
    ledger.record(make_report({"a": FAILED}, target="other"), replace(RUN, run_id="x"))
    newest, *_ = found = ledger.runs("studioops", limit=2)
    assert [one.run.run_id for one in found] == ["r2", "r1"]
    assert newest.status is PASSED
    assert [(line.step, line.status, line.findings) for line in newest.reports] == [
        ("opening", FAILED, 1),
        ("closing", PASSED, 0),
    ]
    assert [one.run.run_id for one in ledger.runs()] == ["x", "r2", "r1", "r0"]


def test_latest_does_not_walk_the_history(
    ledger: Ledger, make_report: MakeReport, database_dsn: str
) -> None:
    """With a thousand looks at each subject, one index probe a subject and no scan of looks."""
    ledger.record(make_report({"a": PASSED, "b": FAILED}), RUN)
    with psycopg.connect(database_dsn) as admin:
        admin.execute(
            "INSERT INTO ledger.reports (run, step, kind, target, status, started_at, seconds, "
            "document) SELECT run, 'old' || n, kind, target, status, started_at - n * '1h'::"
            "interval, seconds, '{}' FROM ledger.reports, generate_series(1, 1000) AS n"
        )
        admin.execute(
            "INSERT INTO ledger.looks SELECT report.id, subject.id, 'failed', '', 1, "
            "report.started_at, false FROM ledger.reports AS report, ledger.subjects AS subject "
            "WHERE report.step <> ''"
        )
        admin.execute("ANALYZE")
        query = load_sql("studioops.ledger", "latest")
        plan = admin.execute(SQL("EXPLAIN (COSTS OFF) ") + query, {"target": None}).fetchall()
    text = "\n".join(line for (line,) in plan)
    assert "looks_last_idx" in text
    assert "looks_passed_idx" in text
    assert "Seq Scan on looks" not in text
