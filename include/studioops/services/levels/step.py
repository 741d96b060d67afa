"""From one standing to the next by one more look. A function of its arguments alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from studioops.services.levels.level import Level, level_of
from studioops.services.levels.policy import Policy
from studioops.services.levels.standing import Standing
from studioops.services.state import Cause, ServiceState


def step(before: Standing, state: ServiceState, policy: Policy, at: datetime) -> Standing:
    """The standing after one more look.

    The level gets worse, to the mildest of the last ``failures`` looks, and better, to the worst
    of the last ``successes``. Where nothing is known one look that passes is enough, since there
    is nothing to come back from. A level that changes too often gets worse and no better.

    Args:
        before: what was known.
        state: what was seen.
        policy: when a level changes.
        at: when it was seen, with its offset.

    Returns:
        the standing before, where this look is not newer than the last one, or where nobody
        looked.
    """
    before = replace(before, required=policy.required)
    if before.looked_at is not None and at <= before.looked_at:
        return before
    if state.cause is Cause.NOT_CONFIGURED:
        return _blank(before, state, policy, at)
    seen = level_of(state)
    if seen is Level.NOT_CHECKED:
        return before
    known = _forgotten(before) if _too_old(before, at) else before
    looks = (*known.looks, seen)[-policy.memory :]
    changes = _of_late(known.changes, policy, at)
    wanted = _wanted(known.level, looks, policy)
    held = _better(wanted, known.level) and len(changes) >= policy.flaps
    level = known.level if held else wanted
    if Level.NOT_CHECKED not in (known.level, level) and level is not known.level:
        changes = (*changes, at)
    return replace(
        _looked(before, state, level, policy, at, kept=level is before.level is known.level),
        looks=looks,
        changes=changes,
        flapping=held or len(changes) > policy.flaps,
        down_since=_down_since(known.down_since, seen, level, at),
    )


def _wanted(level: Level, looks: tuple[Level, ...], policy: Policy) -> Level:
    """The level that the last looks speak for."""
    of_failures, of_successes = looks[-policy.failures :], looks[-policy.successes :]
    worse = min(of_failures, key=_rank) if len(of_failures) == policy.failures else None
    better = max(of_successes, key=_rank) if len(of_successes) == policy.successes else None
    if level is Level.NOT_CHECKED:
        return (worse or level) if looks[-1].away else looks[-1]
    if worse is not None and worse.rank > level.rank:
        return worse
    if better is not None and better.rank < level.rank:
        return better
    return level


def _rank(level: Level) -> int:
    return level.rank


def _better(wanted: Level, level: Level) -> bool:
    return Level.NOT_CHECKED not in (wanted, level) and wanted.rank < level.rank


def _of_late(changes: tuple[datetime, ...], policy: Policy, at: datetime) -> tuple[datetime, ...]:
    oldest = at - timedelta(seconds=policy.window)
    # More than that are too many, however many more.
    return tuple(when for when in changes if when > oldest)[-(policy.flaps + 1) :]


def _too_old(before: Standing, at: datetime) -> bool:
    return before.good_until is not None and at > before.good_until


def _forgotten(before: Standing) -> Standing:
    """What an old look is still worth: that a service was away, until it is seen to be back."""
    level = before.level if before.level.away else Level.NOT_CHECKED
    down_since = before.down_since if level.away else None
    return replace(before, level=level, looks=(), down_since=down_since)


def _down_since(
    before: datetime | None, seen: Level, level: Level, at: datetime
) -> datetime | None:
    if seen.away:
        return before or at
    return before if level.away else None


def _blank(before: Standing, state: ServiceState, policy: Policy, at: datetime) -> Standing:
    """Of a service that is not configured, or is so no more."""
    kept = not before.configured
    looked = _looked(before, state, Level.NOT_CHECKED, policy, at, kept=kept)
    return replace(looked, looks=(), changes=(), flapping=False, down_since=None)


def _looked(
    before: Standing, state: ServiceState, level: Level, policy: Policy, at: datetime, *, kept: bool
) -> Standing:
    return replace(
        before,
        level=level,
        since=(before.since if kept else None) or at,
        looked_at=at,
        good_until=at + timedelta(seconds=policy.good_for),
        cause=state.cause,
        message=state.message,
    )
