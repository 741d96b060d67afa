"""The whole chain as a real Airflow has run it on the legacy database, and shows its reports."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
import requests
from rich.console import Console

from studioops.ledger import Ledger, RunRecord, StoredReport
from studioops.local.drive import MAINTENANCE, TASKS
from studioops.local.drive_api import TaskState
from studioops.local.drive_progress import RunProgress
from studioops.local.parts import Parts
from studioops.local.state import CHECKOUT, local_paths

Ask = Callable[..., requests.Response]
HEADLINE = "orphans: 0 in 0 relationships (0 malformed, 0 behind a valid constraint)"
PAGES = {
    "/studioops/reports": "maintenance",
    "/studioops/reports/{scan}": HEADLINE,
    "/studioops/evidence": "maintenance",
    "/studioops/services": "Are the services well?",
}
RUN_PAGE = "/studioops/runs?dag_id=maintenance&run_id="


# The first to ask waits for all of it.
pytestmark = pytest.mark.timeout(1200)


@pytest.fixture(scope="module")
def record(chain: Any, stack_ledger: Ledger) -> RunRecord:
    """What the ledger has of the run."""
    (found,) = [one for one in stack_ledger.runs() if one.run.run_id == chain.run.run_id]
    return found


@pytest.fixture(scope="module")
def stored(record: RunRecord, stack_ledger: Ledger) -> StoredReport:
    """The last scan's report of the run."""
    (line,) = [one for one in record.reports if (one.step, one.kind) == ("", "scan")]
    return stack_ledger.report(line.report_id)


def test_airflow_knows_the_expected_dags_and_no_broken_file(chain: Any, ask: Ask) -> None:
    dags = ask("/api/v2/dags", "admin").json()["dags"]
    assert {one["dag_id"] for one in dags} == {
        path.stem for path in (CHECKOUT / "dags").glob("*.py")
    }
    assert ask("/api/v2/importErrors", "admin").json()["total_entries"] == 0
    assert ask("/api/v2/plugins/importErrors", "admin").json()["total_entries"] == 0


def test_every_task_did_its_part_and_none_was_tried_twice(chain: Any, ask: Ask) -> None:
    assert chain.run.state == "success"
    tasks = ask(f"{chain.run.path}/taskInstances?limit=200", "admin").json()["task_instances"]
    states = {one["task_id"]: one["state"] for one in tasks}
    assert set(states) == set(TASKS[MAINTENANCE])
    # Nothing had to be taken back, and no fault is left to tell of.
    skipped = {name for name, state in states.items() if state == "skipped"}
    assert skipped == {"repair.rollback", "faults"}
    assert {state for name, state in states.items() if name not in skipped} == {"success"}
    again = {one["task_id"] for one in tasks if one["try_number"] > 1}
    assert not again & {"verdict", "repair.apply"}


def test_progress_without_a_terminal_is_plain_lines(chain: Any) -> None:
    lines = chain.out.splitlines()
    first = next(n for n, line in enumerate(lines) if line.startswith("DAG maintenance on"))
    names = [line.split(":")[0].strip() for line in lines[first + 1 :] if line.startswith("  ")]
    told = names[: names.index("verdict") + 1]
    assert (told[0], told[-2:]) == ("connectivity", ["faults", "verdict"])
    assert set(told) == set(TASKS[MAINTENANCE])


def test_progress_knows_the_tasks_that_airflow_knows(chain: Any, ask: Ask) -> None:
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


def test_the_verdict_links_to_the_report(chain: Any, stored: StoredReport, ask: Ask) -> None:
    links = ask(f"{chain.run.path}/taskInstances/verdict/links", "admin").json()["extra_links"]
    page = ask(links["Report"], "viewer")
    assert links["Report"].endswith(f"/studioops/reports/{stored.report_id}")
    assert page.status_code == 200
    assert HEADLINE in page.text
    assert "badge not_checked" not in page.text


def test_the_runs_own_tab_shows_the_same_report(chain: Any, ask: Ask) -> None:
    page = ask(RUN_PAGE + quote(chain.run.run_id, safe=""), "viewer")
    assert page.status_code == 200
    assert HEADLINE in page.text


def test_the_verdicts_log_says_it_in_one_line(
    chain: Any, record: RunRecord, stored: StoredReport, ask: Ask
) -> None:
    last = {line.kind: line.status for line in record.reports if not line.step}
    assert set(last) >= {"backup", "drill", "check", "scan", "migration"}
    log = ask(f"{chain.run.path}/taskInstances/verdict/logs/1?full_content=true", "admin").text
    assert "studioops is passed: " in log
    assert HEADLINE in log
    for kind, status in last.items():
        assert f"{kind} {status}" in log
    assert f"/studioops/reports/{stored.report_id}" in log


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
    assert (PAGES[path] in answer.text) == (code == 200)


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/openapi.json", "/reports/../../etc/passwd"])
def test_nothing_is_shown_beside_the_pages(chain: Any, ask: Ask, path: str) -> None:
    assert "paths" not in ask(f"/studioops{path}").text


@pytest.mark.parametrize("number", ["999999", "0", "none", "-1", "99999999999999999999"])
def test_a_report_that_is_not_there_is_a_clean_page(chain: Any, ask: Ask, number: str) -> None:
    answer = ask(f"/studioops/reports/{number}", "admin")
    assert answer.status_code == 404
    assert "Look for it in the list of reports." in answer.text


def test_a_run_without_a_record_is_a_clean_page(chain: Any, ask: Ask) -> None:
    answer = ask(f"{RUN_PAGE}never", "admin")
    assert answer.status_code == 404
    assert "Nothing is recorded for this run" in answer.text


def test_a_ledger_that_is_down_is_a_clean_page_with_the_next_step(
    chain: Any, ask: Ask, ledger_closed: None
) -> None:
    answer = ask("/studioops/reports", "admin")
    assert answer.status_code == 503
    assert "The ledger can&#39;t be read" in answer.text
    assert "Next:" in answer.text
    assert "Traceback" not in answer.text


def test_the_ledger_is_read_again_once_it_is_back(chain: Any, ask: Ask) -> None:
    assert ask("/studioops/reports", "admin").status_code == 200


def test_no_password_of_the_stack_is_in_any_task_log(chain: Any) -> None:
    paths = local_paths()
    secrets = [one for one in Parts(paths, print).secrets.values() if len(one) > 12]
    logs = list((paths.root / "airflow" / "logs").rglob("*.log"))
    assert logs
    for log in logs:
        text = log.read_text(encoding="utf-8", errors="replace")
        assert not [one for one in secrets if one in text], log
