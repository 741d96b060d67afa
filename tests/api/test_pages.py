"""The pages as text: everything escaped, nothing green that nobody looked at, no script."""

from __future__ import annotations

from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any

import pytest
from fastapi import Request

from studioops.api import pages
from studioops.api.views import counts, finding_groups, relationship_view, report_view
from studioops.ledger import ReportLine, RunRecord, RunRef, StoredReport, SubjectEvidence
from studioops.model import Finding, Report, Severity, Status, Subject

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
RUN = RunRef("manual__1", "dag", "maintenance")
NASTY = '<script>alert("x")</script>'


class Tags(HTMLParser):
    """What tags and attributes a page has, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[str] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [name for name, _ in attrs]

    def handle_data(self, data: str) -> None:
        self.text += data


def entry(**values: Any) -> dict[str, Any]:
    known = {
        "child": "public.plans(project_id)",
        "parent": "public.projects(id)",
        "constraint": None,
        "status": "failed",
        "orphans": 3,
        "malformed": 1,
        "rows": 8,
        "reason": "",
        "sample": [{"row": {"id": "1"}, "reference": {"project_id": "gone"}}],
    }
    return {**known, **values}


def stored(*subjects: Subject, kind: str = "scan", **values: Any) -> StoredReport:
    report = Report(
        kind=kind,
        target=values.pop("target", "studioops"),
        status=Status.worst(one.status for one in subjects),
        started_at=NOW,
        seconds=1.5,
        subjects=subjects,
        **values,
    )
    return StoredReport(7, RUN, NOW, superseded=False, report=report)


def line(status: Status) -> ReportLine:
    return ReportLine(6, "", "connectivity", "studioops", status, NOW, 0.1, 0)


def render(name: str, **values: Any) -> str:
    request = Request({"type": "http", "root_path": "/studioops", "headers": []})
    return bytes(pages.page(request, name, **values).body).decode()


def rendered(one: StoredReport, *siblings: ReportLine) -> str:
    return render("report", **report_view(one, list(siblings)))


def test_whatever_a_database_holds_is_text_on_the_page() -> None:
    finding = Finding(NASTY, NASTY, Severity.ERROR, NASTY, NASTY, NASTY)
    nasty = entry(
        child=NASTY,
        parent=NASTY,
        reason=NASTY,
        sample=[{"row": {NASTY: NASTY}, "reference": NASTY}],
        constraint={
            "name": NASTY,
            "validated": True,
            "on_delete": NASTY,
            "on_update": NASTY,
        },
    )
    subject = Subject(f"{NASTY} ⇢ {NASTY}", Status.FAILED, NASTY)
    evidence = {"relationships": [nasty]}
    page = rendered(stored(subject, target=NASTY, findings=(finding,), evidence=evidence))
    assert "script" not in Tags(page).tags
    assert Tags(page).text.count(NASTY) >= 12


def test_no_page_has_a_script_a_style_or_a_handler_of_its_own() -> None:
    page = Tags(rendered(stored(Subject("database", Status.PASSED), kind="connectivity")))
    assert not {"script", "style", "iframe", "form"} & set(page.tags)
    assert not [name for name in page.attributes if name == "style" or name.startswith("on")]


def test_the_headers_allow_no_script_and_no_cache() -> None:
    policy = pages.HEADERS["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert "script-src" not in policy
    assert pages.HEADERS["Cache-Control"] == "no-store"


def test_what_was_not_checked_is_never_green_and_says_why() -> None:
    subject = Subject("a → b", Status.NOT_CHECKED, "table public.b is absent")
    unseen = entry(
        status="not_checked",
        orphans=None,
        malformed=None,
        rows=None,
        sample=[],
        reason="table public.b is absent",
    )
    page = rendered(stored(subject, evidence={"relationships": [unseen]}))
    assert 'class="banner not_checked"' in page
    assert "passed" not in page
    assert "table public.b is absent" in page
    assert "None: what was not checked can have none." in page


def test_what_nobody_counted_is_no_zero() -> None:
    row = relationship_view(entry(status="not_checked", orphans=None, malformed=None, rows=None))
    assert row["orphans"] == row["malformed"] == row["rows"] == row["constraint"] == "–"


def test_a_missing_constraint_is_told_from_one_that_is_not_validated() -> None:
    drifted = {
        "name": "plans_fk",
        "validated": False,
        "on_delete": "NO ACTION",
        "on_update": "CASCADE",
    }
    row = relationship_view(entry(constraint=drifted))
    assert row["constraint"] == "plans_fk"
    assert row["actions"] == "NO ACTION / CASCADE, NOT VALID"
    assert relationship_view(entry())["constraint"] == "none"


def test_a_worse_report_of_the_same_run_is_pointed_at() -> None:
    well = stored(Subject("a → b", Status.PASSED))
    assert "Another report of this run is worse" in rendered(well, line(Status.FAILED))
    assert "is worse" not in rendered(well, line(Status.PASSED))


def test_counts_and_findings_come_worst_first() -> None:
    statuses = (Status.PASSED, Status.NOT_CHECKED, Status.FAILED, Status.PASSED)
    found = tuple(
        Finding(f"{severity}_check", f"t{n}", severity, "m", "w", "r")
        for n, severity in enumerate((Severity.INFO, Severity.CRITICAL, Severity.WARNING) * 2)
    )
    report = stored(*(Subject(f"s{n}", one) for n, one in enumerate(statuses)), findings=found)
    assert counts(report.report) == [
        (Status.FAILED, 1),
        (Status.NOT_CHECKED, 1),
        (Status.PASSED, 2),
    ]
    groups = finding_groups(report.report)
    assert [[one.object for one in group] for group in groups] == [
        ["t1", "t4"],
        ["t2", "t5"],
        ["t0", "t3"],
    ]


def test_a_page_says_how_it_was_read_and_an_old_document_says_nothing_of_it() -> None:
    passed = Subject("public.plans(project_id) → public.projects(id)", Status.PASSED)
    reading = {"connections": 2, "snapshot": "one a table", "server": NASTY}
    one = entry(strategy="key_walk")
    new = rendered(stored(passed, evidence={"relationships": [one], "reading": reading}))
    assert "key walk" in new
    assert "read by: key_walk 1; connections: 2" in new
    assert NASTY not in new
    assert "read by" not in rendered(stored(passed, evidence={"relationships": [entry()]}))


def test_a_superseded_report_says_so() -> None:
    one = stored(Subject("a → b", Status.PASSED))
    old = StoredReport(one.report_id, one.run, NOW, superseded=True, report=one.report)
    assert "took this report" in rendered(old)


def test_an_empty_ledger_says_what_to_do() -> None:
    assert "trigger the DAG maintenance" in render("reports", runs=[])
    assert "trigger the DAG maintenance" in render("evidence", subjects=[])


def test_runs_are_listed_with_their_reports() -> None:
    record = RunRecord(RUN, NOW, (line(Status.PASSED), line(Status.FAILED)))
    page = render("reports", runs=[record])
    assert page.count('href="/studioops/reports/6"') == 2
    assert 'class="badge failed"' in page


def test_what_never_passed_says_never() -> None:
    seen = SubjectEvidence(
        "studioops", "scan", "a → b", Status.FAILED, "", NOW, 0.1, 7, RUN, None, None
    )
    page = render("evidence", subjects=[seen])
    assert ">never</td>" in page
    assert "2026-11-23 10:00:00 UTC" in page


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.0123, "12 ms"), (1.25, "1.2 s"), (59.94, "59.9 s"), (125, "2 min 5 s")],
)
def test_seconds_as_people_say_them(seconds: float, words: str) -> None:
    assert pages.duration(seconds) == words
