"""There, back and there again on a copy, and what that shows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from studioops.backups.seen import Seen, fault
from studioops.errors import StudioOpsError
from studioops.migrations.clock import Clock, Progress
from studioops.migrations.plan import Plan
from studioops.migrations.runner import apply, revert
from studioops.migrations.state import State, read_state
from studioops.model import Finding
from studioops.postgres import Limits, Pool, open_database

# A copy is looked at by nobody else, so a statement may take as long as it needs.
PATIENCE = Limits(statement_timeout=6 * 3600, lock_timeout=60)
WHY_BACK = "what can't be taken back must not be applied"
WHY_AGAIN = "a plan that was taken back could not be applied afterwards"
MENDING = "mend the operation or the revision, then rehearse again"


@dataclass
class Walk:
    """The ways on one copy.

    Args:
        dsn: of the copy.
        plan: what is rehearsed.
        jobs: connections that look at the same time.
        run_by: who rehearses.
        progress: told each step.
    """

    dsn: str = field(repr=False)
    plan: Plan
    jobs: int
    run_by: str
    progress: Progress | None = None
    steps: list[dict[str, Any]] = field(default_factory=list)

    def go(self) -> Seen:
        """There, back and there again; what could not be gone any more is not checked."""
        before = self._state()
        there, failed = self._timed("there", self._apply)
        if failed:
            return Seen.together([there, self._back(before, "there"), _unseen("there again")])
        after = self._state()
        back = self._back(before, "there")
        if back.findings:
            return Seen.together([there, back, _unseen("there again")])
        again, failed = self._timed("there again", self._apply)
        if not failed:
            lines = self._state().differences(after)
            found = _findings("other_end", lines, "was reached the second time", WHY_AGAIN)
            again = Seen.of("there again", found)
        return Seen.together([there, back, again])

    def _back(self, before: State, after: str) -> Seen:
        back, failed = self._timed("back", partial(revert, self.dsn), forward=False)
        if failed:
            return back
        lines = self._state().differences(before)
        return Seen.of(
            "back", _findings("not_as_before", lines, f"after {after} and back", WHY_BACK)
        )

    def _apply(self, *, progress: Progress) -> object:
        return apply(self.dsn, self.plan, run_by=self.run_by, progress=progress)

    def _timed(
        self, way: str, work: Callable[..., object], *, forward: bool = True
    ) -> tuple[Seen, bool]:
        """One way, and whether it failed."""
        clock = Clock(self.progress)
        try:
            work(progress=clock)
        except StudioOpsError as error:
            found = fault("step_failed", way, error.message, WHY_BACK, error.next_step)
            return Seen.of(way, [found]), True
        timed = clock.steps(self.plan, back=not forward)
        self.steps += [{"way": way, **one} for one in timed]
        return Seen.of(way), False

    def _state(self) -> State:
        pool = Pool(size=self.jobs + 1, overflow=2)
        with open_database(
            self.dsn, limits=PATIENCE, pool=pool, application="rehearsal"
        ) as database:
            return read_state(database, connections=self.jobs)


def _unseen(way: str) -> Seen:
    return Seen.unseen(way, f"it was not gone, for the way before it failed; next: {MENDING}")


def _findings(check: str, lines: list[str], when: str, why: str) -> Iterator[Finding]:
    for line in lines:
        yield fault(check, line, f"{line}, {when}", why, MENDING)
