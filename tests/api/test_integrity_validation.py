"""The DAG ``integrity_validation`` over REST, on the legacy database of the real stack."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urljoin

import pytest
import requests

from studioops.checks import SqlCheck, all_checks
from studioops.ledger import Ledger
from studioops.model import Report, Status

Ask = Callable[..., requests.Response]
DAG = "/api/v2/dags/integrity_validation"
HEADLINE = "orphans: 61 in 13 relationships (44 malformed, 1 behind a valid constraint)"
ALONE_RED = {
    "database": ["success"],
    "plan": ["success"],
    "scan": ["success"] * 4,
    "objects": ["success"],
    "expectations": ["success"],
    "catalogue": ["success"],
    "report": ["success"],
    "ledger": ["success"],
    "faults": ["success"],
    "verdict": ["failed"],
}
STRANGERS = [("", 401), ("forger", 403), ("nobody", 403)]
READERS = [("viewer", 200), ("admin", 200)]


@pytest.fixture(scope="module")
def reports(validated: Any, stack_ledger: Ledger) -> dict[str, Report]:
    """What the ledger holds of the first run, by kind."""
    return recorded(stack_ledger, validated)


@pytest.fixture(scope="module")
def links(validated: Any, ask: Ask) -> dict[str, str]:
    """The links of the first run's verdict."""
    answer = ask(f"{validated.path}/taskInstances/verdict/links", "admin")
    found: dict[str, str] = answer.json()["extra_links"]
    return found


@pytest.fixture(scope="module")
def docs_pages(links: dict[str, str], ask: Ask) -> list[str]:
    """The first page of the Data Docs, and one that Great Expectations made, as that links it."""
    first = links["Data Docs"]
    found = re.findall(r'href="(validations/[^"]+)"', ask(first, "viewer").text)
    return [first, urljoin(first, found[0])]


def recorded(ledger: Ledger, run: Any) -> dict[str, Report]:
    """What the ledger holds of a run, by kind."""
    return {
        line.kind: ledger.report(line.report_id).report
        for record in ledger.runs()
        if (record.run.name, record.run.run_id) == (run.dag_id, run.run_id)
        for line in record.reports
    }


def states(run: Any, ask: Ask) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one in ask(f"{run.path}/taskInstances?limit=200", "admin").json()["task_instances"]:
        found.setdefault(one["task_id"], []).append(one["state"])
    return found


def test_it_is_due_every_night_and_is_not_paused(validated: Any, ask: Ask) -> None:
    dag = ask(DAG, "admin").json()
    assert dag["timetable_summary"] == "17 2 * * *"
    assert dag["is_paused"] is False
    assert "T02:17:00" in dag["next_dagrun_run_after"]


def test_the_verdict_alone_is_red(validated: Any, ask: Ask) -> None:
    assert validated.state == "failed"
    assert states(validated, ask) == ALONE_RED
    verdict = ask(f"{validated.path}/taskInstances/verdict", "admin").json()
    assert verdict["try_number"] == 1


def test_the_ledger_holds_a_report_on_the_whole_contract(reports: dict[str, Report]) -> None:
    report = reports["scan"]
    assert report.status is Status.FAILED
    summary = report.evidence["summary"]
    assert (summary["orphans"], summary["relationships_with_orphans"]) == (61, 13)
    assert (summary["malformed"], summary["behind_valid_constraint"]) == (44, 1)
    # The contract's thirty, and a foreign key that only the catalog knows.
    assert len(report.evidence["relationships"]) == 31
    assert len(report.evidence["expectations"]) == 10
    assert {one["status"] for one in report.evidence["expectations"]} == {"passed"}
    (bucket,) = report.evidence["objects"]
    assert (bucket["missing"], bucket["status"]) == (0, "not_checked")
    assert len(report.subjects) == 31 + 10 + 1


def test_the_ledger_holds_the_answers_of_the_catalogue(reports: dict[str, Report]) -> None:
    assert set(reports) == {"check", "scan"}
    asked = {one.name for one in all_checks() if isinstance(one, SqlCheck)}
    assert {one.name for one in reports["check"].subjects} == asked


def test_faults_make_an_event_of_the_asset(validated: Any, ask: Ask, links: Any) -> None:
    found = ask("/api/v2/assets/events?source_dag_id=integrity_validation", "admin").json()
    of_run = [one for one in found["asset_events"] if one["source_run_id"] == validated.run_id]
    (event,) = of_run
    assert event["name"] == "studioops_integrity_faults"
    report_id = int(links["Report"].rpartition("/")[2])
    assert event["extra"] == {"target": "studioops", "report_id": report_id}


def test_a_second_run_tells_that_nothing_is_new(
    validated: Any, validated_again: Any, ask: Ask, reports: dict[str, Report], stack_ledger: Ledger
) -> None:
    assert states(validated_again, ask) == ALONE_RED
    second = recorded(stack_ledger, validated_again)["scan"]
    trend = second.evidence["trend"]
    assert trend["new"] == trend["mended"] == trend["not_known"] == []
    assert len(trend["persisting"]) == len(reports["scan"].findings) > 60
    page = ask(
        f"/studioops/runs?dag_id={validated_again.dag_id}&run_id={quote(validated_again.run_id)}",
        "viewer",
    )
    assert f": {len(trend['persisting'])} persisting" in page.text
    assert 'class="badge new"' not in page.text


def test_the_runs_tab_shows_the_report_that_the_run_is_about(
    validated: Any, validated_again: Any, ask: Ask
) -> None:
    for run in (validated, validated_again):
        page = ask(f"/studioops/runs?dag_id={run.dag_id}&run_id={quote(run.run_id)}", "viewer")
        links = ask(f"{run.path}/taskInstances/verdict/links", "admin").json()["extra_links"]
        assert page.url == links["Report"]
        assert HEADLINE in page.text


def test_the_verdict_links_report_and_data_docs(links: dict[str, str], validated: Any) -> None:
    assert set(links) == {"Report", "Data Docs"}
    place = f"/studioops/data-docs/studioops/integrity_validation/{quote(validated.run_id)}/"
    assert links["Data Docs"].endswith(f"{place}index.html")


def test_the_verdicts_log_says_what_and_where(validated: Any, ask: Ask, links: Any) -> None:
    log = ask(f"{validated.path}/taskInstances/verdict/logs/1?full_content=true", "admin").text
    assert f'"event":"studioops is failed: {HEADLINE}' in log
    for link in links.values():
        assert link in log


def test_data_docs_begin_with_every_table_and_its_results(
    ask: Ask, links: dict[str, str], reports: dict[str, Report]
) -> None:
    page = ask(links["Data Docs"], "viewer")
    assert page.status_code == 200
    assert "Expectations of studioops: passed" in page.text
    entries = reports["scan"].evidence["expectations"]
    tables = {one["column"].partition("(")[0] for one in entries}
    assert len(tables) == 7
    for table in tables:
        assert f">results of {table}</a>" in page.text


def test_a_page_of_great_expectations_is_shown(ask: Ask, docs_pages: list[str]) -> None:
    page = ask(docs_pages[1], "viewer")
    assert page.status_code == 200
    assert "Evaluated Expectations" in page.text
    assert 'class="badge passed"' in page.text
    assert "newsletter" not in page.text


@pytest.mark.parametrize("cookie", [False, True])
@pytest.mark.parametrize(("user", "code"), STRANGERS + READERS)
def test_who_may_see_data_docs(
    ask: Ask, docs_pages: list[str], user: str, cookie: bool, code: int
) -> None:
    for url in docs_pages:
        answer = ask(url, user, cookie=cookie)
        assert answer.status_code == code
        assert ("public.plans" in answer.text) == (code == 200)
        assert "script" not in answer.text
        policy = answer.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'")
        assert "unsafe" not in policy


@pytest.mark.parametrize(
    "path",
    [
        "studioops/integrity_validation/never/index.html",
        "studioops/integrity_validation/never/validations/x.html",
        "studioops/integrity_validation/%2e%2e/index.html",
        "%2e%2e/%2e%2e/evidence/x/index.html",
        "studioops/integrity_validation/{run}/validations/%2e%2e/index.html",
        "studioops/integrity_validation/{run}//index.html",
        "studioops/integrity_validation/{run}/",
    ],
)
def test_data_docs_that_are_not_there_are_a_clean_page(validated: Any, ask: Ask, path: str) -> None:
    answer = ask(f"/studioops/data-docs/{path.replace('{run}', validated.run_id)}", "admin")
    assert answer.status_code == 404
    assert "Look for it in the list of reports." in answer.text
