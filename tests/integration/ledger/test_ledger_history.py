"""Whatever the order of looks, retries and kills, the ledger tells what a plain list would."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from studioops.ledger import Ledger, RunRef, open_ledger
from studioops.model import Report, Status

MakeReport = Callable[..., Report]
NOON = datetime(2025, 9, 8, 12, tzinfo=UTC)
NAMES = ("a", "b")


@dataclass
class Plain:
    """The ledger's rules on a list: one current report a run, the newest look of a subject."""

    current: dict[str, Report] = field(default_factory=dict)

    def record(self, report: Report, run_id: str) -> None:
        held = self.current.get(run_id)
        if held is None or held.started_at <= report.started_at:
            self.current[run_id] = report

    def latest(self) -> dict[str, tuple[datetime, set[Status], datetime | None]]:
        """When each subject was last looked at, as what, and when it last passed."""
        looks = [
            (subject.name, report.started_at, subject.status)
            for report in self.current.values()
            for subject in report.subjects
        ]
        found = {}
        for name in {name for name, _, _ in looks}:
            mine = [(when, status) for one, when, status in looks if one == name]
            last = max(when for when, _ in mine)
            passed = [when for when, status in mine if status is Status.PASSED]
            statuses = {status for when, status in mine if when == last}
            found[name] = (last, statuses, max(passed, default=None))
        return found


LOOKS = st.lists(
    st.tuples(
        st.sampled_from(["r1", "r2", "r3"]),
        st.integers(0, 4),
        st.dictionaries(st.sampled_from(NAMES), st.sampled_from(list(Status)), min_size=1),
    ),
    max_size=12,
)


def empty(dsn: str) -> None:
    with psycopg.connect(dsn) as admin:
        admin.execute(
            "TRUNCATE ledger.findings, ledger.looks, ledger.subjects, ledger.reports, "
            "ledger.service_events, ledger.runs"
        )


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(LOOKS)
def test_latest_is_what_a_list_would_say(
    ledger: Ledger,
    database_dsn: str,
    make_report: MakeReport,
    looks: list[tuple[str, int, dict[str, Status]]],
) -> None:
    empty(database_dsn)
    plain = Plain()
    for run_id, hours, subjects in looks:
        report = make_report(subjects, hours=hours)
        ledger.record(report, RunRef(run_id, "dag", "maintenance"))
        plain.record(report, run_id)
    found = {one.subject: one for one in ledger.latest()}
    expected = plain.latest()
    assert found.keys() == expected.keys()
    for name, (when, statuses, passed_at) in expected.items():
        assert found[name].looked_at == when
        assert found[name].status in statuses
        assert found[name].passed_at == passed_at
        assert (found[name].passed_by is None) is (passed_at is None)


RECORD_FOR_EVER = """
import sys
from datetime import UTC, datetime, timedelta
from itertools import count
from studioops.ledger import RunRef, open_ledger
from studioops.model import Finding, Report, Severity, Status, Subject

ledger = open_ledger(sys.argv[1])
subjects = tuple(Subject(f"s{n}", Status.FAILED, "", 1) for n in range(200))
findings = tuple(Finding("c", f"s{n}", Severity.ERROR, "m", "w", "r") for n in range(200))
for n in count():
    when = datetime.now(UTC) + timedelta(seconds=n)
    report = Report("scan", "t", Status.FAILED, when, 1, subjects, findings)
    ledger.record(report, RunRef(f"r{n % 3}", "dag", "maintenance"))
    print(n, flush=True)
"""


@pytest.mark.parametrize("after", [0.05, 0.11, 0.23])
def test_killed_while_recording_leaves_whole_reports_alone(
    ledger: Ledger, ledger_url: str, database_dsn: str, tmp_path: Path, after: float
) -> None:
    """A worker killed with SIGKILL; the retry records as if nothing had been."""
    process = subprocess.Popen(
        [sys.executable, "-c", RECORD_FOR_EVER, ledger_url],
        stdout=subprocess.PIPE,
        cwd=tmp_path,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "0\n"
    time.sleep(after)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    with psycopg.connect(database_dsn) as admin:
        torn = admin.execute(
            "SELECT report.id FROM ledger.reports AS report "
            "WHERE (SELECT count(*) FROM ledger.looks WHERE looks.report = report.id) <> 200 "
            "OR (SELECT count(*) FROM ledger.findings WHERE findings.report = report.id) <> 200 "
            "OR (SELECT bool_or(superseded) FROM ledger.looks WHERE looks.report = report.id) "
            "<> (report.superseded_at IS NOT NULL)"
        ).fetchall()
        doubled = admin.execute(
            "SELECT run FROM ledger.reports WHERE superseded_at IS NULL "
            "GROUP BY run HAVING count(*) > 1"
        ).fetchall()
    assert (torn, doubled) == ([], [])
    (run, *_) = ledger.runs()
    stored = ledger.report(run.reports[0].report_id)
    assert ledger.record(stored.report, stored.run) == stored.report_id


def test_a_great_report_is_written_and_read_in_time(
    ledger: Ledger, make_report: MakeReport
) -> None:
    """Three thousand relationships, twice: new subjects, and known ones."""
    statuses = (Status.PASSED, Status.FAILED, Status.NOT_CHECKED)
    subjects = {f"public.t{number}(c)": statuses[number % 3] for number in range(3000)}
    began = time.monotonic()
    for hours in (0, 1):
        run = RunRef(f"r{hours}", "cli", "scan")
        ledger.record(make_report(subjects, hours=hours), run)
    evidence = ledger.latest("studioops")
    assert time.monotonic() - began < 10
    assert len(evidence) == 3000
    assert {one.looked_at for one in evidence} == {NOON + timedelta(hours=1)}
    assert sum(one.passed_at is not None for one in evidence) == 1000


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ("runs SET origin = 'cron'", "runs_origin_check"),
        ("reports SET status = 'green'", "reports_status_check"),
        ("reports SET run = 4711", "reports_run_fkey"),
        ("looks SET status = 'degraded'", "looks_status_check"),
        ("looks SET subject = 4711", "looks_subject_fkey"),
        ("findings SET severity = 'bad'", "findings_severity_check"),
        ("findings SET report = 4711", "findings_report_fkey"),
    ],
)
def test_the_database_refuses_what_the_words_do_not_allow(
    ledger: Ledger,
    database_dsn: str,
    make_report: MakeReport,
    change: str,
    constraint: str,
) -> None:
    ledger.record(make_report({"a": Status.FAILED}), RunRef("r", "cli", "scan"))
    with psycopg.connect(database_dsn) as admin, pytest.raises(psycopg.IntegrityError) as caught:
        admin.execute(f"UPDATE ledger.{change}")
    assert caught.value.diag.constraint_name == constraint


def test_two_current_reports_of_a_step_cannot_be(
    ledger: Ledger, database_dsn: str, make_report: MakeReport
) -> None:
    run = RunRef("r", "cli", "scan")
    ledger.record(make_report({"a": Status.FAILED}), run)
    ledger.record(make_report({"a": Status.PASSED}, hours=1), run)
    with (
        psycopg.connect(database_dsn) as admin,
        pytest.raises(psycopg.errors.UniqueViolation, match="reports_current_key"),
    ):
        admin.execute("UPDATE ledger.reports SET superseded_at = NULL")


def test_times_are_instants_whatever_the_zone(
    ledger_url: str, ledger: Ledger, make_report: MakeReport, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger.record(make_report({"a": Status.PASSED}), RunRef("r", "cli", "scan"))
    monkeypatch.setenv("PGTZ", "Asia/Kathmandu")
    with open_ledger(ledger_url) as elsewhere:
        (evidence,) = elsewhere.latest()
        assert evidence.looked_at == NOON
        assert elsewhere.report(evidence.report_id).report.started_at == NOON
        assert elsewhere.record(make_report({"a": Status.PASSED}), evidence.run) == (
            evidence.report_id
        )
