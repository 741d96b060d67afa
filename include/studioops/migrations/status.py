"""How the migrations of a target stand, as its journal tells it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from studioops.errors import PermissionDenied, Refused
from studioops.migrations.journal import Run, RunState, StepState
from studioops.migrations.journal.journal import lines, not_finished, runs, standing, unfinished
from studioops.migrations.plan import Plan
from studioops.migrations.reading import reading
from studioops.postgres import Database

GO_ON = "studioops migrate apply goes on, studioops migrate rollback goes back"
GO_BACK = "studioops migrate rollback goes on with the way back"


@dataclass(frozen=True, slots=True)
class RunSeen:
    """One run and how far it is.

    Args:
        run: as the journal has it.
        applied: how many of its steps are applied now.
        total: how many it has.
        at: the step that is begun and not finished, or comes next; empty where it is finished.
    """

    run: Run
    applied: int
    total: int
    at: str = ""

    @property
    def next_step(self) -> str:
        """What to type; empty where nothing is left to do."""
        if self.run.state is RunState.APPLYING:
            return GO_ON
        return GO_BACK if self.run.state is RunState.REVERTING else ""

    def as_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        run = self.run
        return {
            "run": str(run.id),
            "plan": run.plan.hash,
            "state": str(run.state),
            "run_by": run.run_by,
            "started_at": run.started_at.isoformat(),
            "ended_at": run.ended_at.isoformat() if run.ended_at else None,
            "applied": self.applied,
            "steps": self.total,
            "at": self.at,
            "operations": [one.words() for one in run.plan.operations],
            "admitted": dict(run.admitted),
            "next": self.next_step,
        }


def read_runs(database: Database, limit: int = 20) -> tuple[RunSeen, ...]:
    """The newest migrations of a target, newest first; none where there is no journal.

    Args:
        database: the target, read-only.
        limit: how many at most; the one that is not finished is always among them.

    Raises:
        DatabaseError: it can't be read.
        Refused: what bears the journal's name is not this release's.
    """
    with reading(database) as session:
        found, left = runs(session, limit), unfinished(session)
        if left is not None and left.id not in {one.id for one in found}:
            found = [*found[: limit - 1], left]
        return tuple(_seen(session, run) for run in found)


def left_in_between(database: Database) -> Plan | None:
    """The plan of a run that is to be gone on with; None where there is none.

    Args:
        database: the target, read-only.

    Raises:
        Refused: this role may not read the journal, or it is not this release's.
    """
    run = _unfinished(database)
    return run.plan if run is not None and run.state is RunState.APPLYING else None


def standing_run(database: Database) -> Run | None:
    """The newest run that is not taken back: what a rollback would take.

    Args:
        database: the target, read-only.
    """
    with reading(database) as session:
        return standing(session)


def require_finished(database: Database) -> None:
    """Refuse where a migration was left in between, whichever way.

    Args:
        database: the target, read-only.

    Raises:
        Refused: there is one.
    """
    run = _unfinished(database)
    if run is not None:
        raise not_finished(run)


def _unfinished(database: Database) -> Run | None:
    try:
        with reading(database) as session:
            return unfinished(session)
    except PermissionDenied as error:
        role = f'"{database.dsn.user or "THE_ROLE"}"'
        raise Refused(
            f"this role may not read the journal: {error.message}",
            f"GRANT USAGE, CREATE ON SCHEMA studioops TO {role}; "
            f"GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA studioops TO {role};",
        ) from None


def _seen(session: Any, run: Run) -> RunSeen:
    known = lines(session, run.id)
    names = [f"{one.operation.words()}: {one.step.name}" for one in run.plan.steps()]
    applied = [n for n, line in known.items() if line.state is StepState.APPLIED]
    return RunSeen(run, len(applied), len(names), _at(run, names, applied))


def _at(run: Run, names: Sequence[str], applied: Sequence[int]) -> str:
    if run.state is RunState.APPLYING:
        return next((name for n, name in enumerate(names) if n not in applied), "")
    if run.state is RunState.REVERTING:
        return names[max(applied)] if applied else ""
    return ""
