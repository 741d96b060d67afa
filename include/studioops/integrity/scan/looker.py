"""Looking at many relationships: small ones in batches, the others table by table."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from operator import attrgetter

from sqlalchemy import Connection

from studioops.errors import CouldNotCheck, DatabaseUnreachable
from studioops.integrity.scan.look import Look, count_orphans, not_looked, reason_of, sample
from studioops.integrity.scan.question import ask
from studioops.integrity.scan.relationship import PresentRelationship
from studioops.integrity.scan.small import is_small, look_at_small, portions
from studioops.integrity.scan.strategies import choose
from studioops.model import Stopwatch
from studioops.postgres import Database, fetch, translated

Progress = Callable[[str, int, int], None]
Group = Sequence[PresentRelationship]


class Looker:
    """Looks at relationships.

    Args:
        database: read-only, with its limits.
        server_version: as in ``server_version_num``.
        progress: told the relationship, how many are done, and of how many.
        paranoid: read heaps alone.
    """

    def __init__(
        self,
        database: Database,
        server_version: int,
        progress: Progress | None = None,
        *,
        paranoid: bool = False,
    ) -> None:
        self._database = database
        self._version = server_version
        self._progress = progress
        self._paranoid = paranoid
        self._lost = ""

    def look(self, planned: Group) -> dict[str, Look]:
        """Look at all of them; what can't be looked at says why.

        Args:
            planned: the entries, in any order.

        Returns:
            one look an entry, by its key.
        """
        looks: dict[str, Look] = {}
        for look in self._all(planned):
            looks[look.planned.key] = look
            if self._progress is not None:
                self._progress(look.planned.child, len(looks), len(planned))
        return looks

    def _all(self, planned: Group) -> Iterator[Look]:
        ordered = sorted(planned, key=attrgetter("table"))
        small = [] if self._paranoid else [one for one in ordered if is_small(one)]
        taken = {one.key for one in small}
        for portion in portions(small):
            yield from self._look_at_portion(portion)
        rest = [one for one in ordered if one.key not in taken]
        for _, group in groupby(rest, key=attrgetter("table")):
            yield from self._look_at_table(list(group))

    def _look_at_portion(self, portion: Group) -> list[Look]:
        """All of a portion at once; where that fails, each table by itself, to tell them apart."""
        if not self._lost:
            try:
                with self._database.transaction() as connection:
                    return look_at_small(connection, portion, self._version)
            except DatabaseUnreachable as error:
                self._lost = reason_of(error)
            except CouldNotCheck:
                pass
        tables = groupby(portion, key=attrgetter("table"))
        return [look for _, group in tables for look in self._look_at_table(list(group))]

    def _look_at_table(self, group: Group) -> list[Look]:
        looks: list[Look] = []
        reason = self._lost
        # Knocking again for each of thousands of tables would take hours to say the same.
        if not reason:
            try:
                with self._database.transaction() as connection:
                    looks.extend(self._in_transaction(connection, group))
            except CouldNotCheck as error:
                reason = reason_of(error)
                self._lost = reason if isinstance(error, DatabaseUnreachable) else ""
        return looks + [Look(one, reason=reason) for one in group[len(looks) :]]

    def _in_transaction(self, connection: Connection, group: Group) -> Iterator[Look]:
        rows: int | None = None
        for one in group:
            watch = Stopwatch()
            try:
                with translated(self._database.dsn), connection.begin_nested() as savepoint:
                    look = self._look_at(connection, one, rows)
                    # What was set for this statement goes with the savepoint; nothing was written.
                    savepoint.rollback()
            except DatabaseUnreachable:
                raise
            except CouldNotCheck as error:
                look = not_looked(one, error)
            rows = look.rows if rows is None else rows
            yield replace(look, seconds=watch.seconds)

    def _look_at(self, connection: Connection, one: PresentRelationship, rows: int | None) -> Look:
        question = ask(one, self._version)
        if rows is None:
            rows = int(fetch(connection, question.rows)[0]["rows"])
        strategy = choose(one, question, paranoid=self._paranoid)
        orphans, malformed = count_orphans(connection, strategy)
        return Look(
            one,
            orphans,
            malformed,
            rows,
            sample(connection, question) if orphans else (),
            question.listing.as_string() if orphans else "",
            strategy.name,
            strategy.why,
        )
