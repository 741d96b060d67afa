"""What was seen of one relationship, and the statements that see it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from psycopg.sql import SQL
from sqlalchemy import Connection

from studioops.errors import CouldNotCheck
from studioops.integrity.scan.question import Question
from studioops.integrity.scan.relationship import PresentRelationship
from studioops.integrity.scan.strategies import Strategy
from studioops.postgres import fetch


@dataclass(frozen=True, slots=True)
class Look:
    """What was seen of one relationship.

    Args:
        planned: what was looked at.
        orphans: rows without a parent, malformed ones among them; None where nobody looked.
        malformed: rows whose value can't be what it must.
        rows: rows of the child's table.
        sample: up to five of them, each ``{"row": …, "reference": …}``.
        listing: the SQL that lists all of them.
        offending: the condition that is true of them, the child's row called ``c``.
        strategy: how it was looked at.
        why: why that way.
        reason: why nobody looked, with the next step.
        retryable: whether another try may see what this one could not.
        seconds: how long it took; within a batch, its share of it.
    """

    planned: PresentRelationship
    orphans: int | None = None
    malformed: int | None = None
    rows: int | None = None
    sample: tuple[dict[str, Any], ...] = ()
    listing: str = ""
    offending: str = ""
    strategy: str | None = None
    why: str = ""
    reason: str = ""
    retryable: bool = False
    seconds: float = 0.0


def not_looked(planned: PresentRelationship, error: CouldNotCheck) -> Look:
    """The look that nobody could take."""
    return Look(planned, reason=error.reason, retryable=error.retryable)


def count_orphans(connection: Connection, strategy: Strategy) -> tuple[int, int]:
    """Orphans and malformed values, by a strategy's statement.

    Args:
        connection: in a savepoint that will be rolled back, with the settings made here.
        strategy: chosen for the relationship.
    """
    if strategy.settings:
        calls = SQL(", ").join(
            SQL("set_config({}, {}, true)").format(name, value)
            for name, value in strategy.settings.items()
        )
        fetch(connection, SQL("SELECT {}").format(calls))
    counts = fetch(connection, strategy.counts)[0]
    return counts["orphans"], counts["malformed"]


def sample(connection: Connection, question: Question) -> tuple[dict[str, Any], ...]:
    """A few of the orphans, by their keys.

    Args:
        connection: in the transaction that counted them.
        question: composed for the relationship.
    """
    return tuple(
        {
            "row": {name: row[f"k{n}"] for n, name in enumerate(question.key_names)},
            "reference": {name: row[f"r{n}"] for n, name in enumerate(question.reference_names)},
        }
        for row in fetch(connection, question.sample)
    )
