"""Trying a call of a service again, where that can help."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import stamina

from studioops.errors import StudioOpsError
from studioops.services.breaker import Breaker
from studioops.services.failure import BreakerOpen

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Retries:
    """How often a call is tried, and how long that may take.

    Args:
        attempts: at most.
        first: seconds before the second one; each later wait is twice as long, with jitter.
        longest: seconds that no wait exceeds. A service that asks for more is not asked again
            in this call.
        within: seconds after which no further attempt is made.
    """

    attempts: int = 3
    first: float = 1
    longest: float = 10
    within: float = 60

    def pause(self, error: Exception) -> bool | float:
        """Whether another attempt can help, and after how many seconds.

        Args:
            error: of the last one.

        Returns:
            False where it can't; the seconds that the service asked for, with jitter, so that
            workers do not come back together; otherwise True, for a wait of our own.
        """
        if not isinstance(error, StudioOpsError) or not error.retryable:
            return False
        asked: float = getattr(error, "retry_after_s", 0.0)
        if isinstance(error, BreakerOpen) or asked > self.longest:
            return False
        # Never less than it asked for, and so a little more.
        return asked + random.uniform(0, self.first) if asked else True  # noqa: S311 - no secret


def retried(work: Callable[[], T], retries: Retries | None = None) -> T:
    """Do some work, again where that can help.

    Args:
        work: one call of a service, with a time limit of its own.
        retries: how often.

    Returns:
        what the work returns.

    Raises:
        StudioOpsError: what a retry can't help, or the last of its attempts.
    """
    rules = retries or Retries()
    again = stamina.retry(
        on=rules.pause,
        attempts=rules.attempts,
        timeout=rules.within,
        wait_initial=rules.first,
        wait_max=rules.longest,
        wait_jitter=rules.first,
    )

    def attempt() -> T:
        return work()

    return again(attempt)()


def guarded(work: Callable[[], T], breaker: Breaker, retries: Retries | None = None) -> T:
    """Do some work behind a breaker, again where that can help.

    Each attempt asks the breaker: one that another worker has opened meanwhile ends the attempts
    of this one.

    Args:
        work: one call of a service, with a time limit of its own.
        breaker: the service's.
        retries: how often.

    Raises:
        BreakerOpen: nobody asked.
        StudioOpsError: what a retry can't help, or the last of its attempts.
    """
    return retried(lambda: breaker.call(work), retries)
