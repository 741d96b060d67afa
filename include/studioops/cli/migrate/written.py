"""A plan written as an Alembic revision, and what is said of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from studioops.cli.migrate.planned import head_of
from studioops.cli.output import print_note
from studioops.cli.pasted import Typed
from studioops.errors import UsageError
from studioops.migrations.planner import Proposal
from studioops.migrations.proposing import Wanted
from studioops.migrations.reading import reading
from studioops.postgres import Database

# Alembic takes a while to import, and a plan that is not written has no use for it.
if TYPE_CHECKING:
    from studioops.migrations.revisions.writing import Place, Written


def asked_place(wanted: Wanted, directory: Path | None, *, write: bool) -> Place | None:
    """Where a revision is to be written; None where none is.

    Args:
        wanted: where the target shall be brought.
        directory: that was named; None for the history's own, else the current one.
        write: whether one is to be written.

    Raises:
        UsageError: a directory was named for nothing, or is not there.
    """
    if write:
        from studioops.migrations.revisions.writing import place_of

        return place_of(wanted.alembic, directory)
    if directory is not None:
        raise UsageError(f"nothing is to be written into {directory}", "give --write, or leave it")
    return None


def written(database: Database, target: str, proposal: Proposal, place: Place) -> Written | None:
    """Write the plan.

    Args:
        database: of the target, read-only.
        target: what it is called.
        proposal: what the planner said.
        place: where to.

    Returns:
        what was written; None where there is no plan, or nothing to do.

    Raises:
        Refused: a revision can carry nothing of it, or has others before it.
        UsageError: there is a file already, or none can be written.
    """
    from studioops.migrations.revisions.writing import write_revision

    if proposal.refusals:
        return None
    with reading(database) as session:
        return write_revision(session, proposal, place, head_of(target, proposal))


def tell(found: Written | None, place: Place, typed: Typed) -> None:
    """Say on stderr where it is, and what it can't carry.

    Args:
        found: what was written; None where nothing was.
        place: where to.
        typed: the words that named the target.
    """
    if found is None:
        print_note("no revision is written: there is nothing to do, or no plan")
        return
    for line in found.notes:
        print_note(typed.pasted(line))
    if place.outside:
        print_note(f"the history does not look for revisions in {place.directory}: move it there")
    print_note(f"written: {found.file}")
