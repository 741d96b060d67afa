"""What is to be done on a target: revisions that it has not had, then what its contract asks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from psycopg.rows import dict_row

from studioops.errors import UsageError
from studioops.integrity import Contract
from studioops.migrations.clock import Progress
from studioops.migrations.operations import Lock, RunRevision
from studioops.migrations.plan import Plan
from studioops.migrations.planner import Estimate, Proposal, make_plan
from studioops.migrations.runner import apply, revert
from studioops.postgres import Database, open_database, translated

NOTHING = "there is nothing to plan for: neither a contract nor an Alembic history"
NO_CONTRACT = Contract(Path(), "", (), (), ())
GIVE = "give the contract with --contract, or a plan with --plan"
LATER = "what the contract asks for is planned when the revisions have been applied: plan again"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Where a target shall be brought.

    Args:
        contract: what it must keep; None without one.
        alembic: the path of its own history's ``alembic.ini``; None without one.
    """

    contract: Contract | None
    alembic: Path | None = None


def propose(database: Database, wanted: Wanted, *, progress: Progress | None = None) -> Proposal:
    """The way from a target to where it shall be; what is not there yet can't be planned for.

    One processor of the server's has to do for it: others work there.

    Args:
        database: the target, read-only.
        wanted: where it shall be.
        progress: told what is being looked at.

    Returns:
        the revisions that it has not had; where it has had all, what its contract asks for.

    Raises:
        UsageError: neither is given, or the history can't be read.
        Refused: the target is at a revision that the history does not know.
        DatabaseError: it can't be asked.
    """
    if wanted.alembic is not None:
        revisions = _pending(database, wanted.alembic)
        if revisions:
            remarks = (LATER,) if wanted.contract else ()
            estimates = tuple(_estimate(one) for one in revisions)
            return Proposal(Plan(revisions), estimates, remarks=remarks)
    if wanted.contract is None and wanted.alembic is None:
        raise UsageError(NOTHING, GIVE)
    gentle = replace(database, limits=replace(database.limits, alone=True))
    return _contracts(gentle, wanted, 1, progress)


def at_hand(plan: Plan, alembic: Path | None) -> Plan:
    """A plan that was made elsewhere, its revisions where they lie here: it is the same plan.

    Args:
        plan: of a file, or of the journal.
        alembic: the path of the ``alembic.ini`` here; None without one.
    """
    if alembic is None:
        return plan
    here = str(alembic.absolute())
    return Plan(
        tuple(
            replace(one, script=here)
            if isinstance(one, RunRevision) and not Path(one.script).is_file()
            else one
            for one in plan.operations
        )
    )


def complete(
    dsn: str, proposal: Proposal, wanted: Wanted, *, run_by: str, connections: int = 1
) -> Proposal:
    """Plan the rest on a copy: its revisions are applied there, and taken back afterwards.

    Args:
        dsn: of the copy, which nobody else uses.
        proposal: the revisions.
        wanted: where the target shall be.
        run_by: for the copy's journal.
        connections: used at the same time.

    Returns:
        the revisions, and what the contract asks for after them.

    Raises:
        LeftInBetween: a revision can't be applied, or not be taken back.
    """
    revisions = any(isinstance(one, RunRevision) for one in proposal.plan.operations)
    if not revisions:
        return proposal
    apply(dsn, proposal.plan, run_by=run_by)
    with open_database(dsn, application="rehearsal") as copy:
        rest = _contracts(copy, wanted, connections)
    revert(dsn)
    plan = Plan((*proposal.plan.operations, *rest.plan.operations))
    estimates = (*proposal.estimates, *rest.estimates)
    return replace(rest, plan=plan, estimates=estimates)


def _contracts(
    database: Database, wanted: Wanted, connections: int, progress: Progress | None = None
) -> Proposal:
    """What the contract asks for, and the types that the history says, when all of it is there."""
    types = {}
    if wanted.alembic is not None:
        from studioops.migrations.revisions.pending import types_said

        types = types_said(str(wanted.alembic))
    if wanted.contract is None and not types:
        return Proposal(Plan(()))
    contract = wanted.contract or NO_CONTRACT
    return make_plan(database, contract, connections=connections, progress=progress, types=types)


def _pending(database: Database, ini: Path) -> tuple[RunRevision, ...]:
    # Alembic takes a while to import, and most targets have no history.
    from studioops.migrations.revisions.pending import pending

    with translated(database.dsn):
        session = database.connector()
        try:
            session.row_factory = dict_row
            return pending(session, str(ini))
        finally:
            session.close()


def _estimate(one: RunRevision) -> Estimate:
    """What its file says; how much it writes only the rehearsal knows."""
    lock, back = Lock(one.lock), Lock.ACCESS_EXCLUSIVE
    words = "how long it takes the rehearsal tells"
    return Estimate(0, 0, lock.value, lock.blocks, back.value, back.blocks, words)
