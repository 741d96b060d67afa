"""Page: where each service stands, what has changed, and how long outages took."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from fastapi import APIRouter, Request, Response

from studioops.api import pages
from studioops.api.reports import evidence_ledger
from studioops.ledger import Recoveries, ServiceEvent
from studioops.services.levels import WHOLE, Level, Standing
from studioops.services.watching import standings

DAYS = 30
MOST_CHANGES = 50
# A level's badge is coloured as a status is.
TONES = {
    Level.NORMAL: "passed",
    Level.DEGRADED: "warning",
    Level.CRITICAL: "critical",
    Level.OFFLINE: "critical",
    Level.NOT_CHECKED: "not_checked",
}
WORST_FIRST = (Level.OFFLINE, Level.CRITICAL, Level.DEGRADED, Level.NOT_CHECKED, Level.NORMAL)
router = APIRouter()


@router.get("/services")
def services(request: Request) -> Response:
    """The levels as they are now, and what became of them in a month."""
    ledger, now = evidence_ledger(), datetime.now(UTC)
    since = now - timedelta(days=DAYS)
    changes = ledger.service_events(since, limit=MOST_CHANGES)
    view = services_view(standings(ledger), changes, ledger.recoveries(since), now)
    return pages.page(request, "services", **view)


def services_view(
    known: Mapping[str, Standing],
    changes: Sequence[ServiceEvent],
    recoveries: Sequence[Recoveries],
    now: datetime,
) -> dict[str, Any]:
    """The values of the page.

    Args:
        known: the standings by name, with the whole's.
        changes: of level, newest first.
        recoveries: of the services that have come back.
        now: when the page is looked at: an old look shows nothing.
    """
    times = {one.service: one for one in recoveries}
    rows = [_row(one, times, now) for name, one in known.items() if name != WHOLE]
    rows.sort(key=lambda row: (WORST_FIRST.index(row["level"]), not row["required"], row["name"]))
    whole = known.get(WHOLE)
    return {
        "whole": None if whole is None else _row(whole, times, now),
        "services": rows,
        "changes": [_change(one) for one in changes],
        "days": DAYS,
    }


def _row(one: Standing, times: Mapping[str, Recoveries], now: datetime) -> dict[str, Any]:
    level, back = one.level_at(now), times.get(one.service)
    old = level is not one.level
    return {
        "name": one.service,
        "level": level,
        "word": _word(level) if one.configured else "not set up",
        "tone": TONES[level] if one.configured else "",
        "required": one.required,
        "since": None if old else one.since,
        "looked_at": one.looked_at,
        "cause": str(one.cause or "").replace("_", " "),
        "told": one.words_at(now) if old or one.flapping else one.message,
        "outages": back,
    }


def _change(one: ServiceEvent) -> dict[str, Any]:
    before, after = Level(one.before), Level(one.after)
    return {
        "event": one,
        "before": _word(before),
        "after": _word(after),
        "before_tone": TONES[before],
        "after_tone": TONES[after],
    }


def _word(level: Level) -> str:
    return str(level).replace("_", " ")
