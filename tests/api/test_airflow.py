"""The whole way: a real Airflow runs maintenance on the legacy database and shows its report."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
import requests
from rich.console import Console

from studioops.ledger import Ledger, StoredReport
from studioops.local.drive import MAINTENANCE, TASKS, recorded_reports
from studioops.local.drive_api import TaskState
from studioops.local.drive_progress import RunProgress
from studioops.local.parts import Parts
from studioops.local.state import CHECKOUT, local_paths
from studioops.model import Status

Ask = Callable[..., requests.Response]
HEADLINE = "orphans: 61 in 13 relationships (44 malformed, 1 behind a valid constraint)"
PAGES = ("/studioops/reports", "/studioops/reports/{scan}", "/studioops/evidence")
RUN_PAGE = "/studioops/runs?dag_id=maintenance&run_id="


@pytest.fixture(scope="module")
def stored(driven: Any) -> StoredReport:
    """The scan's report of the run."""
    return recorded_reports(driven.outcome)["scan"]


def test_airflow_knows_the_expected_dags_and_no_broken_file(driven: Any, ask: Ask) -> None:
    dags = ask("/api/v2/dags", "admin").json()["dags"]
    assert {one["dag_id"] for one in dags} == {
        path.stem for path in (CHECKOUT / "dags").glob("*.py")
    }
    assert ask("/api/v2/importErrors", "admin").json()["total_entries"] == 0
    assert ask("/api/v2/plugins/importErrors", "admin").json()["total_entries"] == 0


def test_the_legacy_database_fails_by_the_verdict_alone(driven: Any, ask: Ask) -> None:
    run = f"/api/v2/dags/maintenance/dagRuns/{quote(driven.outcome.run_id, safe='')}"
    assert driven.outcome.state == "failed"
    tasks = ask(f"{run}/taskInstances?limit=200", "admin").json()["task_instances"]
    states = {one["task_id"]: one["state"] for one in tasks}
    # Nothing was to be changed.
    changing = {name for name in states if name.startswith(("repair.", "again."))}
    assert {states.pop(name) for name in changing} == {"skipped"}
    assert {name for name, state in states.items() if state != "success"} == {"verdict"}
    verdict = next(one for one in tasks if one["task_id"] == "verdict")
    assert verdict["try_number"] == 1


def test_progress_without_a_terminal_is_plain_lines(driven: Any) -> None:
    assert driven.lines[0].startswith("DAG maintenance on studioops, run manual__")
    names = [line.split(":")[0].strip() for line in driven.lines[1:]]
    assert (names[0], names[-3:]) == ("connectivity", ["ledger", "faults", "verdict"])
    # What was skipped whole is one line.
    shown = {name for name in TASKS[MAINTENANCE] if not name.startswith(("repair.", "again."))}
    assert sorted(names) == sorted({*shown, "repair", "again"})


def test_progress_knows_the_tasks_that_airflow_knows(driven: Any, ask: Ask) -> None:
    tasks = ask("/api/v2/dags/maintenance/tasks", "admin").json()["tasks"]
    assert {one["task_id"] for one in tasks} == set(TASKS[MAINTENANCE])


def test_progress_tells_of_a_task_that_it_did_not_expect() -> None:
    out = io.StringIO()
    with RunProgress(Console(file=out, force_terminal=False), "run", ("plan",)) as progress:
        progress.show([TaskState("new", -1, "failed", 1), TaskState("plan", -1, "success", 2)])
    assert out.getvalue().splitlines() == [
        "run",
        "  plan: success (2.0 s)",
        "  new: failed (1.0 s)",
    ]


def test_the_ledger_holds_what_was_found_and_what_nobody_looked_at(stored: StoredReport) -> None:
    summary = stored.report.evidence["summary"]
    assert stored.report.status is Status.FAILED
    assert (summary["orphans"], summary["relationships_with_orphans"]) == (61, 13)
    assert (summary["malformed"], summary["behind_valid_constraint"]) == (44, 1)
    unseen = [one for one in stored.report.evidence["relationships"] if one["reason"]]
    assert len(unseen) == 9
    assert {one["status"] for one in unseen} == {"not_checked"}


def test_the_failed_verdict_links_to_the_report(
    driven: Any, stored: StoredReport, ask: Ask
) -> None:
    run = f"/api/v2/dags/maintenance/dagRuns/{quote(driven.outcome.run_id, safe='')}"
    links = ask(f"{run}/taskInstances/verdict/links", "admin").json()["extra_links"]
    page = ask(links["Report"], "viewer")
    assert links["Report"].endswith(f"/studioops/reports/{stored.report_id}")
    assert page.status_code == 200
    assert HEADLINE in page.text
    assert page.text.count("badge not_checked") >= 9


def test_the_runs_own_tab_shows_the_same_report(driven: Any, ask: Ask) -> None:
    page = ask(RUN_PAGE + quote(driven.outcome.run_id, safe=""), "viewer")
    assert page.status_code == 200
    assert HEADLINE in page.text


def test_the_verdicts_log_says_it_in_one_line(
    driven: Any, stored: StoredReport, stack_ledger: Ledger, ask: Ask
) -> None:
    (record,) = [one for one in stack_ledger.runs() if one.run.run_id == driven.outcome.run_id]
    kept = sorted(record.reports, key=lambda line: line.report_id)
    kinds = ["connectivity", "backup", "drill", "check", "scan"]
    assert [line.kind for line in kept] == kinds
    parts = ", ".join(f"{line.kind} {line.status}" for line in kept)
    run = f"/api/v2/dags/maintenance/dagRuns/{quote(driven.outcome.run_id, safe='')}"
    log = ask(f"{run}/taskInstances/verdict/logs/1?full_content=true", "admin").text
    assert f"studioops is failed: {HEADLINE} ({parts})" in log
    assert f"/studioops/reports/{stored.report_id}" in log


@pytest.mark.usefixtures("driven")
@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("cookie", [False, True])
@pytest.mark.parametrize(
    ("user", "code"), [("", 401), ("forger", 403), ("nobody", 403), ("viewer", 200), ("admin", 200)]
)
def test_who_may_see_evidence(
    *, ask: Ask, stored: StoredReport, path: str, user: str, cookie: bool, code: int
) -> None:
    answer = ask(path.format(scan=stored.report_id), user, cookie=cookie)
    assert answer.status_code == code
    assert "script" not in answer.text
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert (HEADLINE in answer.text or "maintenance" in answer.text) == (code == 200)


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/openapi.json", "/reports/../../etc/passwd"])
def test_nothing_is_shown_beside_the_pages(driven: Any, ask: Ask, path: str) -> None:
    assert "paths" not in ask(f"/studioops{path}").text


@pytest.mark.parametrize("number", ["999999", "0", "none", "-1", "99999999999999999999"])
def test_a_report_that_is_not_there_is_a_clean_page(driven: Any, ask: Ask, number: str) -> None:
    answer = ask(f"/studioops/reports/{number}", "admin")
    assert answer.status_code == 404
    assert "Look for it in the list of reports." in answer.text


def test_a_run_without_a_record_is_a_clean_page(driven: Any, ask: Ask) -> None:
    answer = ask(f"{RUN_PAGE}never", "admin")
    assert answer.status_code == 404
    assert "Nothing is recorded for this run" in answer.text


def test_a_ledger_that_is_down_is_a_clean_page_with_the_next_step(
    driven: Any, ask: Ask, ledger_closed: None
) -> None:
    answer = ask("/studioops/reports", "admin")
    assert answer.status_code == 503
    assert "The ledger can&#39;t be read" in answer.text
    assert "Next:" in answer.text
    assert "Traceback" not in answer.text


def test_the_ledger_is_read_again_once_it_is_back(driven: Any, ask: Ask) -> None:
    assert ask("/studioops/reports", "admin").status_code == 200


def test_no_password_of_the_stack_is_in_any_task_log(driven: Any) -> None:
    paths = local_paths()
    secrets = [one for one in Parts(paths, print).secrets.values() if len(one) > 12]
    logs = list((paths.root / "airflow" / "logs").rglob("*.log"))
    assert logs
    for log in logs:
        text = log.read_text(encoding="utf-8", errors="replace")
        assert not [one for one in secrets if one in text], log
