"""How many values a reference has, and how many different ones: what a scan need not know."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from psycopg.sql import SQL, Composable, Identifier, Literal

from studioops.errors import CouldNotCheck, DatabaseUnreachable
from studioops.integrity.scan.question import source
from studioops.integrity.scan.relationship import PresentRelationship
from studioops.postgres import Database, fetch

# Counting the different values of a large table would cost more than the scan itself.
DISTINCT_OF = 10_000


@dataclass(frozen=True, slots=True)
class Measure:
    """What the values of one reference are like.

    Args:
        filled: rows whose reference has no NULL in it (under MATCH FULL: is not all NULL).
        distinct: different values among the first DISTINCT_OF of these.
        reason: why nobody looked, with the next step.
    """

    filled: int | None = None
    distinct: int | None = None
    reason: str = ""


def measure(database: Database, planned: Sequence[PresentRelationship]) -> dict[str, Measure]:
    """Measure references, one statement a table.

    Args:
        database: read-only, with its limits.
        planned: in any order.

    Returns:
        one an entry, by its key; what can't be measured says why.
    """
    found: dict[str, Measure] = {}
    lost = ""
    ordered = sorted(planned, key=lambda one: one.table)
    for _, group in groupby(ordered, key=lambda one: one.table):
        entries = list(group)
        try:
            measures = [Measure(reason=lost)] * len(entries) if lost else _of(database, entries)
        except CouldNotCheck as error:
            reason = error.reason
            lost = reason if isinstance(error, DatabaseUnreachable) else ""
            measures = [Measure(reason=reason)] * len(entries)
        found.update(zip([one.key for one in entries], measures, strict=True))
    return found


def _of(database: Database, entries: Sequence[PresentRelationship]) -> list[Measure]:
    figures = SQL(", ").join(figure for n, one in enumerate(entries) for figure in _figures(n, one))
    statement = SQL("SELECT {} FROM {}").format(figures, source(entries[0].child_end.relation))
    with database.transaction() as connection:
        (row,) = fetch(connection, statement)
    return [Measure(row[f"f{n}"], row[f"d{n}"]) for n in range(len(entries))]


def _figures(n: int, one: PresentRelationship) -> Iterator[Composable]:
    names = [Identifier(column.name) for column in one.child_end.columns]
    # Under MATCH FULL a partly NULL reference is an orphan, so it counts as a value.
    joint = SQL(" OR ") if one.match == "full" else SQL(" AND ")
    filled = joint.join(SQL("{} IS NOT NULL").format(name) for name in names)
    yield SQL("count(*) FILTER (WHERE {}) AS {}").format(filled, Identifier(f"f{n}"))
    yield SQL(
        "(SELECT count(*) FROM (SELECT DISTINCT * FROM"
        " (SELECT {} FROM {} WHERE {} LIMIT {}) AS filled) AS different) AS {}"
    ).format(
        SQL(", ").join(names),
        source(one.child_end.relation),
        filled,
        Literal(DISTINCT_OF),
        Identifier(f"d{n}"),
    )
