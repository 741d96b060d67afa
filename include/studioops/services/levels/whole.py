"""The level of the whole: required services weigh, optional ones count."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from studioops.services.levels.level import Level
from studioops.services.levels.standing import Standing
from studioops.services.state import Cause

# The whole has events and times of its own, as a service of this name has.
WHOLE = "all services"
WORST_FIRST = (
    Level.OFFLINE,
    Level.CRITICAL,
    Level.DEGRADED,
    Level.NOT_CHECKED,
    Level.NORMAL,
)
NAMED = 5


@dataclass(frozen=True, slots=True)
class Whole:
    """How all services are doing.

    Args:
        level: of the whole.
        cause: of the worst among them.
        reason: which ones keep the whole from being normal, and why; one line.
    """

    level: Level
    cause: Cause
    reason: str


def whole(standings: Iterable[Standing], at: datetime) -> Whole:
    """The level of the whole, whatever order they come in.

    Args:
        standings: one a service. An optional one that is not configured does not count; a required
            one leaves the whole not_checked, if it is not worse.
        at: when; a look that is too old by then shows nothing.

    Returns:
        offline where every required service is away, critical where some are, degraded where
        anything else is not normal, not_checked where something was not looked at.
    """
    counted = [one for one in standings if one.required or one.configured]
    ordered = sorted(counted, key=lambda one: (WORST_FIRST.index(one.level_at(at)), one.service))
    level = _level(ordered, at)
    if level is Level.NORMAL:
        return Whole(level, Cause.OK, f"all {len(ordered)} services are normal")
    ill = [one for one in ordered if one.level_at(at) is not Level.NORMAL]
    if not ill:
        return Whole(level, Cause.NOT_CONFIGURED, "no service is configured")
    told = [one.words_at(at) for one in ill[:NAMED]]
    more = [f"{len(ill) - NAMED} more are not normal"] if len(ill) > NAMED else []
    return Whole(level, ill[0].cause or Cause.NOT_CONFIGURED, "; ".join(told + more))


def whole_standing(before: Standing, standings: Sequence[Standing], at: datetime) -> Standing:
    """The standing of the whole after some looks.

    Args:
        before: what it was.
        standings: one a service.
        at: of the looks.
    """
    at = max(at, before.looked_at or at)
    found = whole(standings, at)
    good_until = [one.good_until for one in standings if one.level_at(at) is not Level.NOT_CHECKED]
    kept = found.level is before.level is before.level_at(at)
    return replace(
        before,
        level=found.level,
        since=(before.since if kept else None) or at,
        looked_at=at,
        good_until=min((when for when in good_until if when), default=at),
        cause=found.cause,
        message=found.reason,
        down_since=_down_since(before, found.level, standings, at),
    )


def _level(standings: Sequence[Standing], at: datetime) -> Level:
    levels = {one.level_at(at) for one in standings}
    needed = [one.level_at(at).away for one in standings if one.required and one.configured]
    if any(needed):
        return Level.OFFLINE if all(needed) else Level.CRITICAL
    if levels & {Level.OFFLINE, Level.CRITICAL, Level.DEGRADED}:
        return Level.DEGRADED
    return Level.NORMAL if levels == {Level.NORMAL} else Level.NOT_CHECKED


def _down_since(
    before: Standing, level: Level, standings: Sequence[Standing], at: datetime
) -> datetime | None:
    if not level.away:
        return None
    failing = [one.down_since for one in standings if one.required and one.level_at(at).away]
    return before.down_since or min((when for when in failing if when), default=at)
