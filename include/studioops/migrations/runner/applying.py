"""Applying a plan: from its first step, or from where a run of it was left."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from studioops.errors import LeftInBetween, Refused, StudioOpsError
from studioops.migrations.clock import Progress
from studioops.migrations.journal import RunState
from studioops.migrations.journal.journal import (
    begin,
    finish,
    line_of,
    lines,
    make_journal,
    not_finished,
    take_over,
    unfinished,
)
from studioops.migrations.operations import Operation, Stage
from studioops.migrations.plan import Placed, Plan
from studioops.migrations.runner.hold import Hold, hold
from studioops.migrations.runner.leaving import left
from studioops.migrations.runner.stepping import Stepping
from studioops.migrations.runner.trying import Tries, tried
from studioops.migrations.state import digests, read_schema

# Given the digests of the schema; hands over what the journal keeps of its reasons.
Admit = Callable[[Mapping[str, str]], Mapping[str, Any]]
LAST = max(Stage)
BOTH_WAYS = "studioops migrate apply goes on, studioops migrate rollback goes back"


def apply(
    dsn: str,
    plan: Plan,
    *,
    run_by: str,
    tries: Tries | None = None,
    progress: Progress | None = None,
    admit: Admit | None = None,
    upto: Stage | None = None,
) -> UUID:
    """Apply a plan. Where a run of it was left in between, the rest of it is applied.

    Args:
        dsn: of the target.
        plan: what to do.
        run_by: such as ``cli``; the journal keeps it.
        tries: how often a step is tried.
        progress: told the step, how many are done, and of how many.
        admit: asked before a new run begins, when nobody else can migrate the target any more;
            raises where it must not. A run that goes on was admitted when it began.
        upto: the last stage that is applied now; None for all of them. Until the last one is, the
            run is unfinished, and refuses every other migration.

    Returns:
        the run's id in the journal.

    Raises:
        Refused: nothing was changed: another migration runs or was left in between, the run is
            not admitted, or the first operation can't be done on this database.
        LeftInBetween: a step failed; the run can be finished or taken back.
        DatabaseError: the target can't be reached, and nothing was changed.
    """
    with hold(dsn) as held:
        run = _left(held, plan) or _new(held, plan, run_by, admit)
        way, steps = _Way(Stepping(held, run), tries or Tries()), tuple(plan.steps())
        now = [one for one in steps if upto is None or one.operation.stage <= upto]
        with _told(held, run):
            for one in now:
                if progress is not None:
                    progress(one.step.name, one.number, len(steps))
                way.go(one)
            if upto in (None, LAST):
                with held.transaction() as session:
                    finish(session, run, held.owner, RunState.APPLIED)
        return run


@dataclass(frozen=True)
class _Way:
    """The way there: an operation is asked before its first step, looked at after its last."""

    stepping: Stepping
    tries: Tries

    def go(self, one: Placed) -> None:
        if one.first and not one.operation.asks_itself:
            self._validated(one)
        try:
            tried(self.stepping.hold, one.step, partial(self.stepping.there, one), self.tries)
        except StudioOpsError:
            # Whoever goes on or back looks again; this spares the others what is half done.
            with suppress(StudioOpsError):
                self.stepping.tidy(one)
            raise
        if one.last:
            self._verified(one.operation)

    def _validated(self, one: Placed) -> None:
        with self.stepping.hold.transaction() as session:
            if line_of(session, self.stepping.run, one.number) is not None:
                return
            refusals = one.operation.validate(session)
        if refusals:
            raise Refused(
                f"{one.operation.words()}: {'; '.join(refusals)}",
                "plan again: studioops migrate plan",
            )

    def _verified(self, operation: Operation) -> None:
        with self.stepping.hold.transaction() as session:
            faults = operation.verify(session)
        if faults:
            raise LeftInBetween(f"{operation.words()}: {'; '.join(faults)}", BOTH_WAYS)


def _left(held: Hold, plan: Plan) -> UUID | None:
    """The run of this plan that was left in between, taken over; None where there is none."""
    with held.transaction() as session:
        found = unfinished(session)
        if found is None:
            return None
        if found.state is not RunState.APPLYING or found.plan.hash != plan.hash:
            raise not_finished(found)
        take_over(session, found.id, held.owner, RunState.APPLYING)
        return found.id


def _new(held: Hold, plan: Plan, run_by: str, admit: Admit | None) -> UUID:
    with held.database.transaction() as connection:
        before = digests(read_schema(connection))
    admitted = {} if admit is None else admit(before)
    run = uuid4()
    with held.transaction() as session:
        make_journal(session)
        begin(
            session,
            run,
            plan,
            owner=held.owner,
            run_by=run_by,
            admitted=admitted,
            before=before,
        )
    return run


@contextmanager
def _told(held: Hold, run: UUID) -> Iterator[None]:
    """An error says whether anything was changed; a run that changed nothing is closed."""
    try:
        yield
    except StudioOpsError as error:
        if _untouched(held, run) or isinstance(error, LeftInBetween):
            raise
        raise left("the migration stopped", BOTH_WAYS, error) from error


def _untouched(held: Hold, run: UUID) -> bool:
    """Whether no step has a line in the journal; where nobody can tell, not."""
    try:
        with held.transaction() as session:
            if lines(session, run):
                return False
            finish(session, run, held.owner, RunState.REVERTED)
    except StudioOpsError:
        return False
    return True
