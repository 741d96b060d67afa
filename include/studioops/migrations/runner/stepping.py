"""One step there or back. Each begins by asking the journal, so that it can be called again."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from studioops.errors import LeftInBetween
from studioops.migrations.journal import Line, StepState
from studioops.migrations.journal.journal import line_of, owned_line, write
from studioops.migrations.operations import Batches, Change, Outside, Presence, Session
from studioops.migrations.operations.step import Memo
from studioops.migrations.plan import Placed
from studioops.migrations.runner.hold import Hold

# Debris is cleared, the work is done, and then it stands: more rounds than that help nobody.
ROUNDS = 4
# Of the time that a batch took; and seconds that are enough, should it have waited for somebody.
REST, LONG_REST_S = 1.0, 1.0


@dataclass(frozen=True)
class Stepping:
    """A run on its way.

    Args:
        hold: of the target.
        run: its id.
    """

    hold: Hold
    run: UUID

    def there(self, placed: Placed) -> None:
        """Apply a step that is not applied.

        Args:
            placed: the step.

        Raises:
            DatabaseError: it failed; nothing of it is left, or the journal says that it is begun.
        """
        step = placed.step
        if isinstance(step, Change):
            with self.hold.transaction(step.lock.patience) as session:
                line = self._line(session, placed)
                if line is None or line.state is not StepState.APPLIED:
                    write(session, self.run, placed, StepState.APPLIED, step.forward(session))
            return
        if isinstance(step, Batches):
            while not _rested(partial(self._batch_there, step, placed)):
                pass
            return
        begun = self._begun(step, placed)
        if begun is not None:
            self._until(step, begun, Presence.APPLIED)
            self._written(placed, StepState.APPLIED, begun)

    def back(self, placed: Placed) -> None:
        """Take a step back that is applied, or begun.

        Args:
            placed: the step.

        Raises:
            DatabaseError: it failed; what it does in a transaction is as it was before.
        """
        step = placed.step
        if isinstance(step, Change):
            with self.hold.transaction(step.lock_back.patience) as session:
                line = self._line(session, placed)
                if line is not None and line.state is StepState.APPLIED:
                    step.backward(session, line.memo)
                    write(session, self.run, placed, StepState.REVERTED, line.memo)
            return
        if isinstance(step, Batches):
            while not _rested(partial(self._batch_back, step, placed)):
                pass
            return
        turned = self._turned(placed)
        if turned is not None:
            self._until(step, turned, Presence.NOT_APPLIED)
            self._written(placed, StepState.REVERTED, turned)

    def _line(self, session: Session, placed: Placed) -> Line | None:
        return owned_line(session, self.run, self.hold.owner, placed.number)

    def _batch_there(self, step: Batches, placed: Placed) -> bool:
        """One batch, from where the journal says that the last one ended; whether all is done."""
        with self.hold.transaction(step.lock.patience) as session:
            line = self._line(session, placed)
            if line is not None and line.state is StepState.APPLIED:
                return True
            fresh = line is None or line.state is StepState.REVERTED
            batch = step.forward(session, line.memo if line and not fresh else step.before(session))
            state = StepState.APPLIED if batch.done else StepState.BEGUN
            write(session, self.run, placed, state, batch.memo)
            return batch.done

    def _batch_back(self, step: Batches, placed: Placed) -> bool:
        with self.hold.transaction(step.lock_back.patience) as session:
            line = self._line(session, placed)
            if line is None or line.state is StepState.REVERTED:
                return True
            batch = step.backward(session, line.memo)
            state = StepState.REVERTED if batch.done else StepState.REVERTING
            write(session, self.run, placed, state, batch.memo)
            return batch.done

    def _begun(self, step: Outside, placed: Placed) -> Memo | None:
        """The intent, written down before; None where the step is applied already."""
        with self.hold.transaction() as session:
            line = self._line(session, placed)
            if line is not None and line.state is not StepState.REVERTED:
                return None if line.state is StepState.APPLIED else line.memo
            memo = step.before(session)
            write(session, self.run, placed, StepState.BEGUN, memo)
            return memo

    def _turned(self, placed: Placed) -> Memo | None:
        with self.hold.transaction() as session:
            line = self._line(session, placed)
            if line is None or line.state is StepState.REVERTED:
                return None
            write(session, self.run, placed, StepState.REVERTING, line.memo)
            return line.memo

    def _written(self, placed: Placed, state: StepState, memo: Memo) -> None:
        with self.hold.transaction() as session:
            self._line(session, placed)
            write(session, self.run, placed, state, memo)

    def _until(self, step: Outside, memo: Memo, wanted: Presence) -> None:
        """Look how far it stands, clear what is half done, and do what is missing."""
        for _ in range(ROUNDS):
            with self.hold.transaction() as session:
                presence = step.presence(session, memo)
            if presence is wanted:
                return
            with self.hold.outside(step.lock.patience) as session:
                if presence is Presence.HALF:
                    step.clear(session, memo)
                elif wanted is Presence.APPLIED:
                    step.forward(session, memo)
                else:
                    step.backward(session, memo)
        raise LeftInBetween(
            f"{step.name}: it is not as it should be after {ROUNDS} rounds",
            "studioops migrate status shows how it stands",
        )

    def tidy(self, placed: Placed) -> None:
        """Remove what a step that failed has left half done.

        Args:
            placed: the step.
        """
        step = placed.step
        if not isinstance(step, Outside):
            return
        with self.hold.transaction() as session:
            line = line_of(session, self.run, placed.number)
            half = line is not None and step.presence(session, line.memo) is Presence.HALF
        if half and line is not None:
            with self.hold.outside(step.lock.patience) as session:
                step.clear(session, line.memo)


def _rested(batch: Callable[[], bool]) -> bool:
    """One batch, then a rest as long: disk and processors are others' too."""
    began = time.monotonic()
    done = batch()
    if not done:
        time.sleep(min(LONG_REST_S, REST * (time.monotonic() - began)))
    return done
