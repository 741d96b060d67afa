"""A change of level, as the ledger keeps it."""

from __future__ import annotations

from datetime import datetime

from studioops.ledger import ServiceEvent
from studioops.services.levels.level import Level
from studioops.services.levels.standing import Standing
from studioops.services.state import Cause


def change_of(before: Standing, after: Standing) -> ServiceEvent | None:
    """What came of a look, where the level changed by it.

    Args:
        before: the standing.
        after: the one after the look.

    Returns:
        the event with the seconds that the level before lasted and, where the service is back,
        the seconds from the first look that failed; None where the level is the same.
    """
    at = after.looked_at
    if at is None or after.level is before.level:
        return None
    back = before.level.away and after.level in (Level.NORMAL, Level.DEGRADED)
    return ServiceEvent(
        service=after.service,
        before=str(before.level),
        after=str(after.level),
        at=at,
        cause=str(after.cause or Cause.NOT_CONFIGURED),
        message=after.message,
        seconds=_seconds(before.since, at),
        down_seconds=_seconds(before.down_since, at) if back else None,
    )


def _seconds(since: datetime | None, until: datetime) -> float | None:
    return None if since is None else (until - since).total_seconds()
