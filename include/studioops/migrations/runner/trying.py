"""Trying a step again: after a lock that could not be had, and after a lost connection."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import stamina

from studioops.errors import DatabaseBusy, DatabaseUnreachable, StudioOpsError
from studioops.migrations.operations import Step
from studioops.migrations.operations.lock import LONGEST_S
from studioops.migrations.runner.blockers import Blockers, watched
from studioops.migrations.runner.hold import Hold
from studioops.migrations.runner.waiting import wait_out

# Seconds that the first try waits for a lock behind which others queue up; each later one twice as
# long. Those who are in the way for longer are seen by it, and waited for in nobody's way.
KNOCK_S = 0.1


@dataclass(frozen=True, slots=True)
class Tries:
    """How often a step is tried.

    Args:
        attempts: at most.
        first: seconds before the second one; each later wait is twice as long, with jitter.
        longest: seconds that no wait exceeds, nor the one for whoever was in the way.
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
    lost, seen = False, Blockers()
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
            wait_out(hold, seen, tries.longest)
            seen = Blockers()
            hold.longest_wait = min(LONGEST_S, KNOCK_S * 2 ** (attempt.num - 1))
            try:
                _once(hold, step, work, seen)
            except DatabaseUnreachable:
                lost = True
                raise


def _once(hold: Hold, step: Step, work: Callable[[], None], seen: Blockers) -> None:
    with watched(hold, seen):
        try:
            work()
        except DatabaseBusy as error:
            raise NoLock(
                f"{step.name}: no lock within {hold.wait_for(step.lock.patience):g} s; {seen}",
                "end that transaction, or run this again when it is quiet",
            ) from error
