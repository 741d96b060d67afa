"""A plan, one operation of which fails on its way there; the journal keeps the plan without it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any, cast

from studioops.migrations.operations import Change, Operation, Session, Step
from studioops.migrations.plan import Placed, Plan

TOLD = "injected fault"


class Moment(Enum):
    """When an operation fails."""

    BEFORE = "before its first step"
    WITHIN = "in a step, after its SQL ran"
    AFTER = "after its last step"


@dataclass(frozen=True)
class Fault:
    """What fails.

    Args:
        number: of the operation in its plan, from 0.
        moment: when.
        place: in which of its steps, from 0 to less than 1; of a failure in a step alone.
    """

    number: int
    moment: Moment
    place: float

    def words(self, plan: Plan) -> str:
        """The operation that fails."""
        return plan.operations[self.number].words()


@dataclass(frozen=True)
class Failing(Plan):
    """A plan with a fault in it.

    Args:
        fault: what fails.
    """

    fault: Fault

    def steps(self) -> Iterator[Placed]:
        """Those of the plan, one of which fails."""
        fault, operation = self.fault, self.operations[self.fault.number]
        every = tuple(Plan.steps(self))
        own = [one for one in every if one.operation is operation]
        within = own[int(fault.place * len(own))]
        for one in every:
            if one is own[0] and fault.moment is Moment.BEFORE:
                yield replace(one, step=_before(one.step))
            elif one is within and fault.moment is Moment.WITHIN:
                yield replace(one, step=_within(one.step))
            elif one is own[-1] and fault.moment is Moment.AFTER:
                yield replace(one, operation=cast(Operation, _Unwell(operation)))
            else:
                yield one


class _Unwell:
    """An operation of which its last look fails."""

    def __init__(self, operation: Operation) -> None:
        self.operation = operation

    def __getattr__(self, name: str) -> Any:
        return getattr(self.operation, name)

    def verify(self, session: Session) -> tuple[str, ...]:
        _fail(session)
        return self.operation.verify(session)


def _fail(session: Session, *_: Any) -> Any:
    """As the server does it: a transaction is lost with all that it did."""
    session.execute(f"DO $$ BEGIN RAISE EXCEPTION '{TOLD}'; END $$")


def _before(step: Step) -> Step:
    if isinstance(step, Change):
        return replace(step, forward=_fail)
    return replace(step, before=_fail)


def _within(step: Step) -> Step:
    def forward(session: Session, *memo: Any) -> Any:
        step.forward(session, *memo)
        _fail(session)

    return replace(step, forward=forward)
