"""A run of ``integrity_validation`` as an operator sees it: its report, its Data Docs."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from docs.browser import open_report, sign_in

if TYPE_CHECKING:
    from playwright.sync_api import Page

HEADLINE = "orphans: 61 in 13 relationships (44 malformed, 1 behind a valid constraint)"
HARD_TO_READ = Path(__file__).with_name("contrast.js").read_text(encoding="utf-8")
OpenPage = Callable[..., "Page"]


def host(stack: Any) -> str:
    return stack.airflow_url.partition("://")[2]


def colour(page: Page, selector: str, name: str) -> str:
    script = "(one, name) => getComputedStyle(one)[name]"
    return page.locator(selector).first.evaluate(script, name)


def fits(page: Page) -> bool:
    script = "() => document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    return page.evaluate(script)


def test_whoever_signs_in_gets_to_the_run_and_to_its_report(
    open_page: OpenPage, validated: Any, airflow_stack: Any, troubles: Any
) -> None:
    page = open_page()
    troubles.watch(page.context)
    page.goto(validated.page)
    sign_in(page, airflow_stack.airflow_user, airflow_stack.airflow_password)
    assert page.url == f"{airflow_stack.airflow_url}{validated.page}"
    open_report(page)
    report = page.frame_locator("iframe")
    assert report.get_by_role("heading", name="Scan of studioops: failed").is_visible()
    assert report.get_by_text(HEADLINE).is_visible()
    assert troubles.hosts == {host(airflow_stack)}


def test_the_verdict_leads_to_data_docs_and_on_to_what_was_seen(
    open_page: OpenPage, signed_in: Any, validated: Any, airflow_stack: Any, troubles: Any
) -> None:
    page = open_page(storage_state=signed_in)
    troubles.watch(page.context)
    page.goto(f"{validated.page}/tasks/verdict/details")
    page.get_by_role("link", name="Data Docs").click()
    page.get_by_role("heading", name="Expectations of studioops: passed").wait_for()
    assert fits(page)
    page.get_by_role("link", name="results of public.plans").click()
    page.get_by_role("heading", name=re.compile(r"^public\.plans")).wait_for()
    assert page.get_by_text("draft").is_visible()
    assert page.locator(".docs .badge.passed").count() == 4
    assert fits(page)
    # The style sheet is applied: a badge is round and green on green.
    assert colour(page, ".badge.passed", "borderRadius") == "999px"
    assert colour(page, ".badge.passed", "backgroundColor") == "rgb(227, 245, 234)"
    page.get_by_role("link", name="public.plans", exact=True).click()
    page.get_by_text("Expectation Suite Name").wait_for()
    page.get_by_role("link", name="Data Docs of studioops").click()
    page.get_by_role("link", name="everything that this run looked at").click()
    page.get_by_role("heading", name="Scan of studioops: failed").wait_for()
    assert troubles.complaints == []
    assert troubles.hosts == {host(airflow_stack)}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_can_be_read(
    open_page: OpenPage, signed_in: Any, validated: Any, troubles: Any, scheme: str
) -> None:
    page = open_page(storage_state=signed_in, color_scheme=scheme)
    troubles.watch(page.context)
    page.goto(f"/studioops/runs?dag_id={validated.dag_id}&run_id={quote(validated.run_id)}")
    page.evaluate("() => document.querySelectorAll('details').forEach((one) => one.open = true)")
    assert page.evaluate(HARD_TO_READ) == []
    with page.expect_popup() as popup:
        page.get_by_role("link", name="what Great Expectations saw").click()
    docs = popup.value
    docs.get_by_role("heading", name="Tables").wait_for()
    assert docs.evaluate(HARD_TO_READ) == []
    docs.get_by_role("link", name="results of public.plans").click()
    docs.get_by_role("heading", name=re.compile(r"^public\.plans")).wait_for()
    assert docs.evaluate(HARD_TO_READ) == []
    dark = colour(docs, "body", "backgroundColor") == "rgb(18, 22, 28)"
    assert dark == (scheme == "dark")
    assert troubles.complaints == []
