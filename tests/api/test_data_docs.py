"""Data Docs as they are served: nothing smuggled in, nothing hidden, nothing green by default."""

from __future__ import annotations

from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any

import pytest
from fastapi import Request

from studioops.api import pages
from studioops.api.data_docs_view import index_view, table_of
from studioops.api.views import main_report
from studioops.integrity import plain_html
from studioops.ledger import ReportLine, RunRef, StoredReport
from studioops.model import Report, Status, Subject

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
RESULTS = "validations/public/items/__none__/20261124T220719.2Z/shop-public.items.html"
SUITE = "expectations/public/items.html"
# As Great Expectations makes them: a value stands between the tags as it is.
PAGE = """<!DOCTYPE html><html><head><style>p {{ color: red }}</style><title>GX</title></head><body>
<nav class="navbar"><a href="#">logo</a></nav>
<div class="row"><div class="col-lg-2"><label onclick="hide()"><input type="radio"> Failed Only</label></div>
<div class="col-md-10"><p class="m-0"><a data-toggle="collapse" href="#more">Show more info...</a></p>
<div id=more class="card collapse"><table><thead hidden><tr><th></th></tr></thead></table></div>
<table><tr><td><i class="fas fa-times text-danger"></i></td><td><div>{value}</div></td><td>after</td></tr></table>
<a href="../expectations/public/items.html" onclick="x()">suite</a><br>the end</div></div>
<footer>newsletter</footer><script>alert(1)</script></body></html>"""


class Read(HTMLParser):
    """The tags, the attributes and the text of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.opened: list[str] = []
        self.closed: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.feed(str(html))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.opened.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag: str) -> None:
        self.closed.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


def shown(value: str) -> Read:
    return Read(plain_html(PAGE.replace("{value}", value)))


def test_a_page_that_is_plain_already_stays_as_it_is() -> None:
    once = plain_html(PAGE.replace("{value}", "<b>1 < 2 & 3</b>"))
    assert plain_html(once) == once


def entry(column: str, status: str = "passed", **values: Any) -> dict[str, Any]:
    known = {"expectation": "accepted_values", "severity": "error", "rows": 9, "unexpected": 0}
    return {"column": column, "status": status, "reason": "", **known, **values}


def stored(*entries: dict[str, Any]) -> StoredReport:
    subjects = tuple(Subject(one["column"], Status(one["status"])) for one in entries)
    report = Report(
        kind="scan",
        target="shop",
        status=Status.worst(one.status for one in subjects),
        started_at=NOW,
        seconds=1,
        subjects=subjects,
        evidence={"expectations": list(entries)},
    )
    run = RunRef("manual__1", "dag", "integrity_validation")
    return StoredReport(7, run, NOW, superseded=False, report=report)


def index(report: StoredReport | None, *paths: str) -> str:
    request = Request({"type": "http", "root_path": "/studioops", "headers": []})
    view = index_view(report, paths)
    names = {"target": "shop", "dag_id": "integrity_validation", "run_id": "manual__1+00:00"}
    return bytes(pages.page(request, "data_docs", **names, **view).body).decode()


def test_what_only_a_script_could_use_is_left_out_and_the_rest_is_there() -> None:
    page = shown("lost")
    assert "failed" in page.text
    assert all(word in page.text for word in ("lost", "after", "the end"))
    left_out = ("newsletter", "Failed Only", "logo", "alert", "color: red", "GX")
    assert not [word for word in left_out if word in page.text]
    assert {name for name, _ in page.attributes} == {"class", "hidden", "href"}
    assert [value for name, value in page.attributes if name == "href"] == [
        "../expectations/public/items.html"
    ]
    assert "details" in page.opened
    assert ("class", "badge failed") in page.attributes


@pytest.mark.parametrize(
    "value",
    [
        "<script>alert(1)",
        "<img src=x onerror=alert(1)>",
        "<meta http-equiv=refresh content='0;url=http://elsewhere.example'>",
        "<iframe src=//elsewhere.example></iframe>",
        "<svg onload=alert(1)><style>*{display:none}</style>",
        "<base href=//elsewhere.example>",
        "<!-- never closed",
        "<![CDATA[x]]>",
        "<?php x ?>",
        "<plaintext>",
        "<textarea>",
        "<p style='position:fixed' onmouseover=alert(1)>",
        "</div></td><nav>",
        "<div hidden",
        "&lt;script&gt;",
    ],
)
def test_no_value_of_a_row_does_anything_or_hides_what_follows(value: str) -> None:
    page = shown(value)
    allowed = {
        "div",
        "p",
        "table",
        "thead",
        "tr",
        "th",
        "td",
        "span",
        "a",
        "br",
        "details",
        "summary",
    }
    assert set(page.opened) <= allowed
    assert {name for name, _ in page.attributes} <= {"class", "hidden", "href"}
    assert "the end" in page.text
    assert sorted(page.closed) == sorted(tag for tag in page.opened if tag != "br")


@pytest.mark.parametrize("value", ["<img src=x>", "<b>lost</b>", "<!-- lost -->", "a < b", "</b>"])
def test_a_value_with_a_tag_in_it_is_shown_as_it_is(value: str) -> None:
    assert value in shown(value).text


@pytest.mark.parametrize(
    "href",
    [
        "https://elsewhere.example/x.html",
        "//elsewhere.example/x.html",
        "javascript:alert(1)//x.html",
        "java\tscript:x.html",
        "\\\\elsewhere.example\\x.html",
        "/logout.html",
        "x.exe",
        "#section",
    ],
)
def test_a_link_to_elsewhere_is_none(href: str) -> None:
    page = Read(plain_html(f'<body><a href="{href}">there</a></body>'))
    assert "a" not in page.opened
    assert page.text == "there"


def test_the_first_page_has_a_row_a_table_the_worst_first() -> None:
    report = stored(
        entry("public.fine(id)"),
        entry("public.items(status)", "failed", unexpected=2),
        entry("public.gone(id)", "not_checked", rows=None, unexpected=None, reason="it is absent"),
    )
    fine = RESULTS.replace("items", "fine")
    page = index(report, RESULTS, SUITE, fine)
    assert "Expectations of shop: failed" in page
    places = [page.index(f"<code>public.{name}</code>") for name in ("items", "gone", "fine")]
    assert places == sorted(places)
    assert f'href="{RESULTS}">results of public.items' in page
    assert f'href="{SUITE}">what is expected' in page
    assert "2 of 9 rows are otherwise" in page
    assert "it is absent" in page
    assert "results of public.gone" not in page
    assert page.count("nothing: nobody could ask") == 1
    assert "run_id=manual__1%2B00%3A00" in page


def test_a_warning_fails_nothing_and_is_told() -> None:
    page = index(stored(entry("public.items(c)", severity="warning", unexpected=2)), RESULTS)
    assert "Expectations of shop: passed" in page
    assert 'class="badge warning"' in page
    assert "2 of 9 rows are otherwise" in page


def test_what_the_ledger_does_not_remember_is_never_green() -> None:
    page = index(None, RESULTS, SUITE)
    assert "Expectations of shop: not known" in page
    assert "passed" not in page
    assert f'href="{RESULTS}">results of public.items' in page


@pytest.mark.parametrize("path", [RESULTS, SUITE])
def test_a_page_is_about_a_table(path: str) -> None:
    assert table_of(path) == "public.items"


def test_a_run_is_about_what_was_recorded_last_whenever_it_began() -> None:
    def line(report_id: int, kind: str, minute: int) -> ReportLine:
        began = NOW.replace(minute=minute)
        return ReportLine(report_id, "", kind, "shop", Status.PASSED, began, 1, 0)

    assert main_report([line(4, "scan", 1), line(3, "check", 2)]).kind == "scan"
    assert main_report([line(3, "check", 1), line(4, "scan", 2)]).kind == "scan"
