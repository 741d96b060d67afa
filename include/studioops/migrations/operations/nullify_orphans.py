"""Nullify orphans: their references are cleared and kept, their rows stay."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from studioops.migrations.operations.lock import Lock
from studioops.migrations.operations.operation import Operation, Stage
from studioops.migrations.operations.reference import Reference
from studioops.migrations.operations.step import Change, Session, Step
from studioops.migrations.quarantine.work import Work


@dataclass(frozen=True)
class NullifyOrphans(Operation):
    """Set the referring columns of orphans to NULL, and keep what they were.

    Args:
        reference: whose orphans.
    """

    kind: ClassVar[str] = "nullify_orphans"
    stage: ClassVar[Stage] = Stage.CLEAN
    asks_itself: ClassVar[bool] = True

    reference: Reference

    @property
    def work(self) -> Work:
        """How it is done."""
        return Work(self.reference, clears=True)

    def words(self) -> str:
        """What it does, in one line for people."""
        return self.work.words

    def steps(self) -> tuple[Step, ...]:
        """One: it is done in a single transaction."""
        work = self.work
        return (Change(self.words(), Lock.ROW, work.forward, Lock.ROW, work.backward),)

    def validate(self, session: Session) -> tuple[str, ...]:
        """The columns take NULL, and nothing refers to them or fires when they change."""
        return self.work.would(session)[1]

    def verify(self, session: Session) -> tuple[str, ...]:
        """No orphan is left."""
        return self.work.left(session)
