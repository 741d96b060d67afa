"""The plan that a command works with: planned anew, or read from a file."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from studioops.cli.options import Chosen
from studioops.cli.output import SCHEMA_VERSION
from studioops.errors import Refused, UsageError
from studioops.migrations.planner import Proposal
from studioops.migrations.proposing import Wanted, at_hand, propose
from studioops.model import Status
from studioops.postgres import Database

Progress = Callable[[str, int, int], None] | None
AGAIN = "plan again: studioops migrate plan --json"


def wanted_of(chosen: Chosen, alembic: Path | None) -> Wanted:
    """Where a target shall be brought.

    Args:
        chosen: the target.
        alembic: a history, in place of the target's own.
    """
    return Wanted(chosen.contract, alembic or chosen.alembic)


def proposed(database: Database, file: Path | None, wanted: Wanted, progress: Progress) -> Proposal:
    """The plan of a file, or what is planned now.

    Args:
        database: the target's, read-only.
        file: that `studioops migrate plan --json` wrote; None to plan.
        wanted: where it shall be brought.
        progress: told what is being looked at.

    Raises:
        UsageError: the file is no plan, or there is nothing to plan for.
        Refused: the plan was edited, or there can be none.
    """
    if file is not None:
        found = read_proposal(file)
        proposal = replace(found, plan=at_hand(found.plan, wanted.alembic))
    else:
        proposal = propose(database, wanted, progress=progress)
    proposal.require_possible()
    return proposal


def document_of(target: str, proposal: Proposal) -> dict[str, Any]:
    """A plan as ``--json`` prints it and ``--plan`` takes it.

    Args:
        target: what it is called.
        proposal: what the planner said.
    """
    return {**head_of(target, proposal), **proposal.as_json()}


def head_of(target: str, proposal: Proposal) -> dict[str, Any]:
    """What stands first in a plan's document.

    Args:
        target: what it is called.
        proposal: what the planner said.
    """
    status = Status.FAILED if proposal.refusals else Status.PASSED
    return {"schema_version": SCHEMA_VERSION, "target": target, "status": str(status)}


def read_proposal(file: Path) -> Proposal:
    """The plan of a file.

    Args:
        file: as `studioops migrate plan --json` wrote it.

    Raises:
        UsageError: it can't be read, or is no plan.
        Refused: it was edited since it was written.
    """
    document = _document(file)
    try:
        found = Proposal.from_json(document)
        written = str(document["hash"])
    except (KeyError, TypeError, ValueError):
        raise UsageError(f"{file} is no plan of this release", AGAIN) from None
    if found.plan.hash != written:
        raise Refused(
            f"the plan in {file} was edited: its hash is {found.plan.hash[:12]}, and it says "
            f"{written[:12]}",
            AGAIN,
        )
    return found


def _document(file: Path) -> Mapping[str, Any]:
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        reason = getattr(error, "strerror", None) or "it is no JSON"
        raise UsageError(f"{file} can't be read: {reason}", AGAIN) from None
    if not isinstance(found, dict):
        raise UsageError(f"{file} is no plan", AGAIN)
    return found
