"""What an operation on rows would do, looked up without doing it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from studioops.migrations.quarantine.closure import Going
from studioops.migrations.quarantine.work import Work

if TYPE_CHECKING:
    from studioops.migrations.operations.quarantine_orphans import QuarantineOrphans
    from studioops.migrations.operations.step import Session


@dataclass(frozen=True, slots=True)
class GoingCount:
    """What would become of rows, counted.

    Args:
        orphans: rows that would be taken out for their own sake.
        with_them: by table, in full, rows that would go with those.
        cleared: by table, references that would be cleared.
        refusals: why it can't be done, each with its name and how many rows stand in the way.
    """

    orphans: int = 0
    with_them: Mapping[str, int] = field(default_factory=dict)
    cleared: Mapping[str, int] = field(default_factory=dict)
    refusals: tuple[str, ...] = ()


def what_would_go(session: Session, operation: QuarantineOrphans) -> GoingCount:
    """What a quarantine would take out, and what it would clear.

    Args:
        session: in a transaction, which may be read-only.
        operation: the quarantine.

    Raises:
        psycopg.Error: a table can't be read.
    """
    return counted(*Work(operation.reference, operation.touched).would(session))


def counted(going: Going, refusals: tuple[str, ...] = ()) -> GoingCount:
    """What was found, counted.

    Args:
        going: what was found.
        refusals: why it can't be done.
    """
    with_them, cleared = Counter[str](), Counter[str]()
    for one in going.removed:
        if one.level:
            with_them[one.edge.child.display] += one.places.count
    for one in going.cleared:
        cleared[one.edge.child.display] += one.places.count
    orphans = sum(one.places.count for one in going.removed if one.level == 0)
    return GoingCount(orphans, dict(with_them), dict(cleared), refusals)
