"""Trying a step again: after a lock that could not be had, and after a lost connection."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import stamina

from studioops.errors import DatabaseBusy, DatabaseUnreachable, StudioOpsError
from studioops.migrations.operations import Step
from studioops.migrations.runner.blockers import watched
from studioops.migrations.runner.hold import Hold


@dataclass(frozen=True, slots=True)
class Tries:
    """How often a step is tried.

    Args:
        attempts: at most.
        first: seconds before the second one; each later wait is twice as long, with jitter.
        longest: seconds that no wait exceeds.
    """

    attempts: int = 8
    first: float = 0.5
    longest: float = 30.0


class NoLock(StudioOpsError):
    """A step did not get its lock in any of its tries."""

    code = "no_lock"
    retryable = True
    exit_code = 3


def tried(hold: Hold, step: Step, work: Callable[[], None], tries: Tries) -> None:
    """Do a step; try it again where that can help, never inside an open transaction.

    Args:
        hold: of the target.
        step: which one, to be told.
        work: does it, and knows by the journal what is done already.
        tries: how often.

    Raises:
        NoLock: somebody was in the way each time; the line names who.
        DatabaseError: what a retry can't help, or the last of its tries.
    """
    lost = False
    for attempt in stamina.retry_context(
        on=(NoLock, DatabaseUnreachable),
        attempts=tries.attempts,
        timeout=None,
        wait_initial=tries.first,
        wait_max=tries.longest,
        wait_jitter=tries.first,
    ):
        with attempt:
            if lost:
                hold.reopen()
            try:
                _once(hold, step, work)
            except DatabaseUnreachable:
                lost = True
                raise


def _once(hold: Hold, step: Step, work: Callable[[], None]) -> None:
    with watched(hold) as blockers:
        try:
            work()
        except DatabaseBusy as error:
            raise NoLock(
                f"{step.name}: no lock within {step.lock.patience.lock:.0f} s; {blockers}",
                "end that transaction, or run this again when it is quiet",
            ) from error
