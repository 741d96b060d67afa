"""What was put into the quarantine and is not there any more: nobody can put it back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from studioops.migrations.quarantine.shelf import TABLE, is_shelf_there

if TYPE_CHECKING:
    from studioops.migrations.journal import Line
    from studioops.migrations.operations.step import Memo, Session

COUNTS = (
    "SELECT batch, count(*) AS count FROM studioops.quarantine WHERE batch = ANY (%s) GROUP BY 1"
)
GET_IT_BACK = (
    f"put {TABLE} back from a backup that was taken since (studioops backup list), then "
    "studioops migrate rollback; or go back to a backup from before: studioops recover plan"
)


@dataclass(frozen=True, slots=True)
class Lost:
    """What a step has taken out and nobody has any more.

    Args:
        step: its name.
        taken: rows and references that it took out.
        count: how many of them are gone.
    """

    step: str
    taken: int
    count: int


def lost(session: Session, lines: Iterable[Line]) -> tuple[Lost, ...]:
    """What steps have taken out and is not in the quarantine, whether it was put back or not.

    Args:
        session: in a transaction.
        lines: the journal's, of those steps.
    """
    with_rows = [one for one in lines if taken(one.memo)]
    there = _counts(session, [UUID(one.memo["batch"]) for one in with_rows])
    found = [
        Lost(one.name, taken(one.memo), taken(one.memo) - there.get(UUID(one.memo["batch"]), 0))
        for one in with_rows
    ]
    return tuple(one for one in found if one.count > 0)


def taken(memo: Memo) -> int:
    """How many rows and references a step has taken out, as its memo tells it."""
    return int(memo.get("removed", 0)) + int(memo.get("cleared", 0)) if "batch" in memo else 0


def gone(count: int) -> str:
    """What it means that the quarantine is not there.

    Args:
        count: of the rows and references that were in it.
    """
    several = "row or reference" if count == 1 else "rows and references"
    return f"there is no {TABLE} any more, and {count} {several} that were taken out went with it"


def _counts(session: Session, batches: list[UUID]) -> dict[UUID, int]:
    if not batches or not is_shelf_there(session):
        return {}
    return {row["batch"]: row["count"] for row in session.execute(COUNTS, (batches,))}
