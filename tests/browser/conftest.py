"""A real Chromium, signed in to the real Airflow, that tells of whatever goes wrong on a page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from docs.browser import ADVICE, find_chromium, sign_in, started

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

    from studioops.local.stack import StackInfo

WINDOW: Any = {"width": 1440, "height": 900}
# Airflow's pages ask a busy server for many things.
PATIENCE_MS = 60_000


@dataclass
class Troubles:
    """What a browser complained of, and where it went."""

    complaints: list[str] = field(default_factory=list)
    hosts: set[str] = field(default_factory=set)

    def watch(self, context: BrowserContext) -> None:
        context.on("request", lambda one: self._go(one.url))
        context.on("console", lambda one: self._complain(one.type, one.text))
        context.on("weberror", lambda one: self._complain("error", str(one.error)))

    def _go(self, url: str) -> None:
        # What a page has in itself (data:, blob:) is asked of nobody.
        if host := urlsplit(url).netloc:
            self.hosts.add(host)

    def _complain(self, kind: str, text: str) -> None:
        if kind in ("error", "warning"):
            self.complaints.append(text)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The browser. It ends with its module: an event loop of its own runs as long as it does."""
    path = find_chromium()
    if path is None:
        pytest.fail(ADVICE, pytrace=False)
    with started(path) as browser:
        yield browser


@pytest.fixture
def open_page(chromium: Browser, airflow_stack: StackInfo) -> Iterator[Callable[..., Page]]:
    """A page of a stranger's, or of whoever the state remembers."""
    contexts: list[BrowserContext] = []

    def opened(**options: Any) -> Page:
        context = chromium.new_context(
            viewport=WINDOW, base_url=airflow_stack.airflow_url, **options
        )
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture(scope="module")
def signed_in(chromium: Browser, airflow_stack: StackInfo) -> Any:
    """What a browser remembers of somebody who has signed in."""
    context = chromium.new_context(base_url=airflow_stack.airflow_url)
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    page.goto("/auth/login")
    sign_in(page, airflow_stack.airflow_user, airflow_stack.airflow_password)
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture
def troubles() -> Troubles:
    return Troubles()
