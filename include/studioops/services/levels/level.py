"""The levels, and the one that a single look shows."""

from __future__ import annotations

from enum import StrEnum

from studioops.model import Status
from studioops.services.failure import BY_HAND
from studioops.services.state import Cause, ServiceState


class Level(StrEnum):
    """How a service, or the whole, is doing.

    ``not_checked`` is the word for what nobody knows: a service that was never looked at, that
    is not configured, or whose last look is too old to go by. It has no place in the order of the
    others, and it is never well.
    """

    NORMAL = "normal"
    DEGRADED = "degraded"
    CRITICAL = "critical"
    OFFLINE = "offline"
    NOT_CHECKED = "not_checked"

    @property
    def away(self) -> bool:
        """Whether it can't be used: what has a fallback goes round it."""
        return self in (Level.CRITICAL, Level.OFFLINE)

    @property
    def rank(self) -> int:
        """How bad it is, among those that are known.

        Raises:
            ValueError: nothing is known.
        """
        return KNOWN.index(self)


KNOWN = (Level.NORMAL, Level.DEGRADED, Level.CRITICAL, Level.OFFLINE)


def level_of(state: ServiceState) -> Level:
    """The level that one look shows, taken by itself.

    Args:
        state: what was seen.

    Returns:
        offline for an outage; critical where the service is there and can't be used until somebody
        acts (a wrong key, a disk that is full); degraded where it works, and not as it should;
        not_checked where nobody looked.
    """
    if state.status is Status.PASSED:
        return Level.DEGRADED if state.cause.degraded else Level.NORMAL
    if state.status is not Status.FAILED:
        return Level.NOT_CHECKED
    if state.cause is Cause.MISSING_BUCKET:
        return Level.DEGRADED
    by_hand = state.cause in BY_HAND or state.cause.degraded
    return Level.CRITICAL if by_hand else Level.OFFLINE
