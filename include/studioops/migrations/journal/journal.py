"""Reading and writing the journal, in whatever transaction the caller is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from studioops.errors import Refused
from studioops.migrations.journal.model import Line, Run, RunState, StepState
from studioops.migrations.journal.there import is_there
from studioops.migrations.operations import Session
from studioops.migrations.plan import Placed, Plan
from studioops.migrations.storable import storable
from studioops.postgres import load_sql

SCHEMA = "studioops"
NO_STEP = -1
SCHEMA_THERE = "SELECT to_regnamespace(%s) IS NOT NULL AS there"


def make_journal(session: Session) -> None:
    """Make the journal's tables where they are not there; in a transaction.

    Args:
        session: in a transaction.
    """
    # Asking first: CREATE SCHEMA IF NOT EXISTS wants a right on the database even where it exists.
    row = session.execute(SCHEMA_THERE, (SCHEMA,)).fetchone()
    if not (row and row["there"]):
        session.execute("CREATE SCHEMA studioops")
    if not is_there(session):
        session.execute(load_sql(__package__, "tables"))


def runs(session: Session, limit: int = 20) -> list[Run]:
    """The runs of this target, newest first; none where there is no journal.

    Args:
        session: in a transaction.
        limit: how many at most.
    """
    return _newest(session, RunState, limit)


def unfinished(session: Session) -> Run | None:
    """The run that is neither applied nor reverted; there is one at most."""
    return next(iter(_newest(session, (one for one in RunState if not one.finished), 1)), None)


def standing(session: Session) -> Run | None:
    """The newest run that is not taken back."""
    states = (one for one in RunState if one is not RunState.REVERTED)
    return next(iter(_newest(session, states, 1)), None)


def not_finished(run: Run) -> Refused:
    """The refusal of whatever has to wait for a run.

    Args:
        run: that was left in between.
    """
    return Refused(
        f"the migration {run.id} of {run.started_at:%Y-%m-%d %H:%M} is not finished ({run.state})",
        "studioops migrate rollback takes it back, studioops migrate status shows it",
    )


def lines(session: Session, run: UUID) -> dict[int, Line]:
    """What is known of each step of a run, by number.

    Args:
        session: in a transaction.
        run: its id.
    """
    rows = session.execute(
        "SELECT number, name, state, memo FROM studioops.migration_steps WHERE run = %s", (run,)
    )
    return {
        row["number"]: Line(row["number"], row["name"], StepState(row["state"]), row["memo"])
        for row in rows
    }


def line_of(session: Session, run: UUID, number: int) -> Line | None:
    """What is known of one step; None where it has not been touched.

    Args:
        session: in a transaction.
        run: its run.
        number: of the step.
    """
    row = session.execute(
        "SELECT name, state, memo FROM studioops.migration_steps WHERE run = %s AND number = %s",
        (run, number),
    ).fetchone()
    return Line(number, row["name"], StepState(row["state"]), row["memo"]) if row else None


def begin(
    session: Session,
    run: UUID,
    plan: Plan,
    *,
    owner: UUID,
    run_by: str,
    admitted: Mapping[str, Any],
    before: Mapping[str, str],
) -> None:
    """Write down that a plan is going to be applied.

    Args:
        session: in a transaction.
        run: its id.
        plan: what it carries out.
        owner: whoever does.
        run_by: such as ``cli``.
        admitted: what opened the gates, or who went round them and why.
        before: the digest of each definition.

    Raises:
        psycopg.errors.UniqueViolation: another run is not finished.
    """
    session.execute(
        "INSERT INTO studioops.migration_runs "
        "(id, plan_hash, plan, state, owner, run_by, admitted, before) "
        "VALUES (%(run)s, %(hash)s, %(plan)s, %(state)s, %(owner)s, %(run_by)s, %(admitted)s, "
        "%(before)s)",
        {
            "run": run,
            "hash": plan.hash,
            "plan": Jsonb(plan.as_json()),
            "state": RunState.APPLYING,
            "owner": owner,
            "run_by": run_by,
            "admitted": Jsonb(dict(admitted)),
            "before": Jsonb(dict(before)),
        },
    )


def schema_before(session: Session, run: UUID) -> dict[str, str]:
    """The digest of each definition from before a run.

    Args:
        session: in a transaction.
        run: its id.
    """
    row = session.execute(
        "SELECT before FROM studioops.migration_runs WHERE id = %s", (run,)
    ).fetchone()
    return dict(row["before"]) if row else {}


def take_over(session: Session, run: UUID, owner: UUID, state: RunState) -> None:
    """Go on with a run, or turn it round; whoever worked on it before finds out.

    Args:
        session: in a transaction.
        run: its id.
        owner: whoever works on it from now on.
        state: ``APPLYING`` or ``REVERTING``.
    """
    session.execute(
        "UPDATE studioops.migration_runs SET owner = %s, state = %s, ended_at = NULL WHERE id = %s",
        (owner, state, run),
    )


def finish(session: Session, run: UUID, owner: UUID, state: RunState) -> None:
    """Write down that a run has come to its end.

    Args:
        session: in a transaction.
        run: its id.
        owner: whoever worked on it.
        state: ``APPLIED`` or ``REVERTED``.

    Raises:
        Refused: somebody else works on it now.
    """
    owned_line(session, run, owner, NO_STEP)
    session.execute(
        "UPDATE studioops.migration_runs SET state = %s, ended_at = clock_timestamp() "
        "WHERE id = %s",
        (state, run),
    )


def owned_line(session: Session, run: UUID, owner: UUID, number: int) -> Line | None:
    """What is known of a step; the run's line is held until the transaction ends.

    Args:
        session: in a transaction.
        run: its run.
        owner: whoever works on it.
        number: of the step.

    Raises:
        Refused: somebody else works on it now.
    """
    row = session.execute(
        "SELECT r.owner, s.name, s.state, s.memo FROM studioops.migration_runs AS r "
        "LEFT JOIN studioops.migration_steps AS s ON s.run = r.id AND s.number = %s "
        "WHERE r.id = %s FOR UPDATE OF r",
        (number, run),
    ).fetchone()
    if row is None or row["owner"] != owner:
        raise Refused(
            f"somebody else went on with the migration {run}",
            "studioops migrate status shows how it stands",
        )
    if row["state"] is None:
        return None
    return Line(number, row["name"], StepState(row["state"]), row["memo"])


def write(session: Session, run: UUID, placed: Placed, state: StepState, memo: Any) -> None:
    """Write down how a step stands.

    Args:
        session: in a transaction, the change's own where it has one.
        run: its run.
        placed: the step.
        state: how it stands.
        memo: what its way back needs.
    """
    session.execute(
        "INSERT INTO studioops.migration_steps (run, number, name, state, memo) "
        "VALUES (%(run)s, %(number)s, %(name)s, %(state)s, %(memo)s) "
        "ON CONFLICT (run, number) DO UPDATE SET state = excluded.state, memo = excluded.memo, "
        "changed_at = clock_timestamp()",
        {
            "run": run,
            "number": placed.number,
            "name": storable(session, placed.step.name),
            "state": state,
            "memo": Jsonb(dict(memo)),
        },
    )


def _newest(session: Session, states: Iterable[RunState], limit: int) -> list[Run]:
    if not is_there(session):
        return []
    rows = session.execute(
        "SELECT id, plan, state, owner, run_by, admitted, started_at, ended_at "
        "FROM studioops.migration_runs WHERE state = ANY (%s::text[]) "
        "ORDER BY started_at DESC, id LIMIT %s",
        ([one.value for one in states], limit),
    )
    return [_run(row) for row in rows]


def _run(row: dict[str, Any]) -> Run:
    try:
        plan = Plan.from_json(row["plan"])
    except (KeyError, TypeError, ValueError):
        raise Refused(
            f"the journal's plan of the migration {row['id']} was not written by this release",
            "use the release that applied it, for every migration of this target",
        ) from None
    return Run(
        id=row["id"],
        plan=plan,
        state=RunState(row["state"]),
        owner=row["owner"],
        run_by=row["run_by"],
        admitted=row["admitted"],
        started_at=row["started_at"],
        ended_at=row["ended_at"],
    )
