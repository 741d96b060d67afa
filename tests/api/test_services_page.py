"""The page of services: an old look is no level, what flaps says so, and nothing is a script."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from fastapi import Request

from studioops.api import pages
from studioops.api.services import services_view
from studioops.ledger import Recoveries, ServiceEvent
from studioops.services.levels import WHOLE, Level, Standing
from studioops.services.state import Cause

NOW = datetime(2026, 11, 30, 10, 0, tzinfo=UTC)
NASTY = '<script>alert("x")</script>'
WELL = Standing(
    "database",
    Level.NORMAL,
    since=NOW - timedelta(hours=2),
    required=True,
    looked_at=NOW,
    good_until=NOW + timedelta(minutes=3),
    cause=Cause.OK,
    message="h/d answers",
)
AWAY = replace(WELL, service="trello", level=Level.OFFLINE, required=False, cause=Cause.DNS)
EVENT = ServiceEvent("trello", "offline", "normal", NOW, "ok", "answers", 60.0, 75.0)


def shown(*known: Standing, changes=(), recoveries=(), now=NOW) -> str:
    view = services_view({one.service: one for one in known}, changes, recoveries, now)
    request = Request({"type": "http", "root_path": "/studioops", "headers": []})
    return bytes(pages.page(request, "services", **view).body).decode()


def test_the_worst_comes_first_and_the_whole_on_top():
    whole = replace(WELL, service=WHOLE, level=Level.DEGRADED, message="trello is offline")
    page = shown(WELL, AWAY, whole)
    assert (
        page.index("degraded: trello is offline")
        < page.index(">trello<")
        < page.index(">database<")
    )
    assert 'class="banner not_checked"' in page
    assert "required" in page
    assert "none that ended" in page


def test_a_look_that_is_too_old_is_no_level():
    page = shown(WELL, now=NOW + timedelta(hours=1))
    assert 'class="badge not_checked">not checked' in page
    assert "was last looked at 2026-11-30 10:00:00 UTC, when it was normal" in page
    assert 'class="badge passed"' not in page


def test_what_nobody_set_up_is_neither_well_nor_ill():
    unset = replace(AWAY, level=Level.NOT_CHECKED, cause=Cause.NOT_CONFIGURED)
    page = shown(unset)
    assert 'class="badge ">not set up' in page


def test_changes_and_outages_are_told_with_how_long_they_took():
    outage = Recoveries("trello", 2, 90.0, 120.0, NOW)
    page = shown(replace(AWAY, flapping=True), changes=[EVENT], recoveries=[outage])
    assert "2, back after 1 min 30 s on average, 2 min 0 s at most" in page
    assert "back after 1 min 15 s" in page
    assert "it flaps, and is kept at the worse level" in page


def test_whatever_a_service_says_is_text():
    page = shown(
        replace(AWAY, service=NASTY, message=NASTY), changes=[replace(EVENT, message=NASTY)]
    )
    assert "<script" not in page
    assert page.count("&lt;script&gt;") == 3


def test_where_nobody_has_looked_it_says_what_to_do():
    assert "trigger the DAG service_health" in shown()
