"""Looking: one transaction a child table, one savepoint a relationship."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from operator import attrgetter
from typing import Any

from psycopg.sql import SQL
from sqlalchemy import Connection

from studioops.errors import CouldNotCheck, DatabaseUnreachable
from studioops.integrity.scan.question import STRATEGY, Question, ask, source
from studioops.integrity.scan.relationship import PresentRelationship
from studioops.model import Stopwatch
from studioops.postgres import Database, fetch, translated

Progress = Callable[[str, int, int], None]


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
        reason: why nobody looked, with the next step.
        seconds: how long it took.
    """

    planned: PresentRelationship
    orphans: int | None = None
    malformed: int | None = None
    rows: int | None = None
    sample: tuple[dict[str, Any], ...] = ()
    listing: str = ""
    reason: str = ""
    seconds: float = 0.0

    @property
    def strategy(self) -> str | None:
        """How it was looked at."""
        return None if self.orphans is None else STRATEGY


class Looker:
    """Looks at relationships, table by table.

    Args:
        database: read-only, with its limits.
        server_version: as in ``server_version_num``.
        progress: told the relationship, how many are done, and of how many.
    """

    def __init__(
        self, database: Database, server_version: int, progress: Progress | None = None
    ) -> None:
        self._database = database
        self._version = server_version
        self._progress = progress
        self._lost = ""

    def look(self, planned: Sequence[PresentRelationship]) -> dict[str, Look]:
        """Look at all of them; what can't be looked at says why.

        Args:
            planned: the entries, in any order.

        Returns:
            one look an entry, by its key.
        """
        looks: dict[str, Look] = {}
        ordered = sorted(planned, key=attrgetter("table"))
        for _, group in groupby(ordered, key=attrgetter("table")):
            for look in self._look_at_table(list(group)):
                looks[look.planned.key] = look
                if self._progress is not None:
                    self._progress(look.planned.child, len(looks), len(planned))
        return looks

    def _look_at_table(self, group: list[PresentRelationship]) -> list[Look]:
        looks: list[Look] = []
        reason = self._lost
        # Knocking again for each of thousands of tables would take hours to say the same.
        if not reason:
            try:
                with self._database.transaction() as connection:
                    looks.extend(self._in_transaction(connection, group))
            except CouldNotCheck as error:
                reason = _reason(error)
                self._lost = reason if isinstance(error, DatabaseUnreachable) else ""
        return looks + [Look(one, reason=reason) for one in group[len(looks) :]]

    def _in_transaction(
        self, connection: Connection, group: list[PresentRelationship]
    ) -> Iterator[Look]:
        rows: int | None = None
        for one in group:
            watch = Stopwatch()
            try:
                with translated(self._database.dsn), connection.begin_nested():
                    rows = self._count(connection, one) if rows is None else rows
                    look = self._ask(connection, one)
            except DatabaseUnreachable:
                raise
            except CouldNotCheck as error:
                look = Look(one, reason=_reason(error))
            known = rows if look.orphans is not None else None
            yield replace(look, rows=known, seconds=watch.seconds)

    def _count(self, connection: Connection, one: PresentRelationship) -> int:
        statement = SQL("SELECT count(*) AS rows FROM {}").format(source(one.child_end.relation))
        return int(fetch(connection, statement)[0]["rows"])

    def _ask(self, connection: Connection, one: PresentRelationship) -> Look:
        question = ask(one, self._version)
        counts = fetch(connection, question.counts)[0]
        sample = _sample(connection, question) if counts["orphans"] else ()
        return Look(
            one, counts["orphans"], counts["malformed"], sample=sample, listing=question.listing
        )


def _sample(connection: Connection, question: Question) -> tuple[dict[str, Any], ...]:
    return tuple(
        {
            "row": {name: row[f"k{n}"] for n, name in enumerate(question.key_names)},
            "reference": {name: row[f"r{n}"] for n, name in enumerate(question.reference_names)},
        }
        for row in fetch(connection, question.sample)
    )


def _reason(error: CouldNotCheck) -> str:
    return f"{error.message}; next: {error.next_step}"
