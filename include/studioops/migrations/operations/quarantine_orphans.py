"""Quarantine orphans: whole rows, with everything that their going touches, to the last level."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from studioops.migrations.operations.lock import Lock
from studioops.migrations.operations.operation import Operation, Stage
from studioops.migrations.operations.reference import Reference, Touched
from studioops.migrations.operations.step import Change, Session, Step
from studioops.migrations.quarantine.work import Work


@dataclass(frozen=True)
class QuarantineOrphans(Operation):
    """Take the orphans of a reference out of their table, and keep them.

    Args:
        reference: whose orphans.
        touched: every reference that the going of rows can break, to the last level, with what
            becomes of its rows. A key that stands and is not named here keeps its rows, and the
            whole from being done.
    """

    kind: ClassVar[str] = "quarantine_orphans"
    stage: ClassVar[Stage] = Stage.CLEAN
    asks_itself: ClassVar[bool] = True

    reference: Reference
    touched: tuple[Touched, ...] = ()

    @property
    def work(self) -> Work:
        """How it is done."""
        return Work(self.reference, self.touched)

    def words(self) -> str:
        """What it does, in one line for people."""
        return self.work.words

    def steps(self) -> tuple[Step, ...]:
        """One: it is done in a single transaction."""
        work = self.work
        return (Change(self.words(), Lock.ROW, work.forward, Lock.ROW, work.backward),)

    def validate(self, session: Session) -> tuple[str, ...]:
        """Nothing stands in the way of the rows that would go, and nothing fires when they do."""
        return self.work.would(session)[1]

    def verify(self, session: Session) -> tuple[str, ...]:
        """No orphan is left."""
        return self.work.left(session)
