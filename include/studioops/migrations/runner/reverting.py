"""Taking a run back: its steps from the last to the first, as the journal knows them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from uuid import UUID

from studioops.errors import LeftInBetween, Refused, StudioOpsError
from studioops.migrations.clock import Progress
from studioops.migrations.journal import Run, RunState, StepState
from studioops.migrations.journal.journal import (
    finish,
    lines,
    schema_before,
    standing,
    take_over,
)
from studioops.migrations.operations import Session
from studioops.migrations.quarantine.lost import GET_IT_BACK, gone, lost
from studioops.migrations.quarantine.shelf import is_shelf_there
from studioops.migrations.runner.hold import Hold, hold
from studioops.migrations.runner.leaving import left
from studioops.migrations.runner.stepping import Stepping
from studioops.migrations.runner.trying import Tries, tried
from studioops.migrations.state import changed, digests, read_schema

BETWEEN = "THE WAY BACK STOPPED, and the database stands in between"


@dataclass(frozen=True, slots=True)
class Reverted:
    """A run that was taken back.

    Args:
        run: its id.
        changed: definitions that are not as they were before it, a line each: somebody else
            changed them meanwhile.
        unread: why nobody could compare them; empty where somebody did.
    """

    run: UUID
    changed: tuple[str, ...] = ()
    unread: str = ""


def revert(
    dsn: str,
    *,
    tries: Tries | None = None,
    progress: Progress | None = None,
    run_by: str | None = None,
) -> Reverted | None:
    """Take the newest run back: one that was applied, or left in between.

    Args:
        dsn: of the target.
        tries: how often a step is tried.
        progress: told the step, how many are done, and of how many.
        run_by: whose run alone is taken back; None for whoever's.

    Returns:
        what was taken back; None where there is nothing to take back.

    Raises:
        Refused: another migration runs, or somebody dropped what was taken out.
        LeftInBetween: a step could not be taken back; those before it stand as they were applied.
        DatabaseError: the target can't be reached, and nothing was changed.
    """
    with hold(dsn) as held:
        run = _turned(held, run_by)
        if run is None:
            return None
        stepping, placed = Stepping(held, run.id), tuple(run.plan.steps())
        try:
            for done, one in enumerate(reversed(placed)):
                if progress is not None:
                    progress(f"take back: {one.step.name}", done, len(placed))
                tried(held, one.step, partial(stepping.back, one), tries or Tries())
            with held.transaction() as session:
                finish(session, run.id, held.owner, RunState.REVERTED)
        except StudioOpsError as error:
            raise left(
                BETWEEN,
                "studioops migrate rollback goes on; where it can't: studioops recover plan",
                error,
            ) from error
        return _compared(held, run.id)


def _compared(held: Hold, run: UUID) -> Reverted:
    """It is taken back whatever this finds, or does not find."""
    try:
        with held.transaction() as session:
            before = schema_before(session, run)
        with held.database.transaction() as connection:
            now = digests(read_schema(connection))
    except StudioOpsError as error:
        return Reverted(run, unread=error.message)
    return Reverted(run, tuple(changed(before, now)))


def _turned(held: Hold, run_by: str | None) -> Run | None:
    with held.transaction() as session:
        found = standing(session)
        if found is None or run_by not in (None, found.run_by):
            return None
        _require_quarantine(session, found)
        take_over(session, found.id, held.owner, RunState.REVERTING)
        return found


def _require_quarantine(session: Session, run: Run) -> None:
    """Where the way back would stop for want of what was taken out, none is begun."""
    if is_shelf_there(session):
        return
    applied = [one for one in lines(session, run.id).values() if one.state is StepState.APPLIED]
    count = sum(one.count for one in lost(session, applied))
    if count:
        stands = "nothing was taken back" if run.state is RunState.APPLIED else BETWEEN
        kind = Refused if run.state is RunState.APPLIED else LeftInBetween
        raise kind(f"{stands}: {gone(count)}", GET_IT_BACK)
