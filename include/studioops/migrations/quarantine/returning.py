"""Putting back what was taken out, as far as nobody has written something else meanwhile."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

import psycopg
from psycopg.sql import SQL, Composed, Literal

from studioops.errors import Refused
from studioops.migrations.quarantine.edges import Edge, keys_of
from studioops.migrations.quarantine.quiet import objections, quietly
from studioops.migrations.quarantine.shapes import Shape, shapes_of
from studioops.migrations.quarantine.shelf import hold
from studioops.migrations.quarantine.values import pin
from studioops.migrations.storable import storable
from studioops.postgres import load_sql

if TYPE_CHECKING:
    from studioops.migrations.operations.step import Session

# What a row that meets another one's work is refused with; anything else is no conflict.
CONFLICTS = (psycopg.IntegrityError, psycopg.DataError, psycopg.errors.GeneratedAlways)
NEXT = "then run studioops migrate rollback again"
NO_ROW = "its row is gone, or refers to something else by now"
STRAYS = SQL("""
SELECT r.ordinal FROM ({placed}) AS r
JOIN {child} AS c ON c.tableoid = r.relation AND c.ctid = r.place
JOIN studioops.quarantine AS q ON q.batch = {batch}::uuid AND q.ordinal = r.ordinal
WHERE {offending} AND NOT ({key} = ANY (q.behind))
""")


def put_back(session: Session, batch: UUID) -> None:
    """Put a batch back; what conflicts with others' work stays, with the reason.

    Args:
        session: in a transaction.
        batch: of :func:`studioops.migrations.quarantine.taking.take_out`.

    Raises:
        Refused: a trigger of the application would fire, or this role has no right to do it.
    """
    pin(session)
    session.execute("SET CONSTRAINTS ALL IMMEDIATE")
    # Whoever guesses how many rows a batch has joins them one by one: hours.
    session.execute("ANALYZE studioops.quarantine")
    shapes = _usable(session, batch)
    keys = keys_of(session, [one.table for one in shapes])
    _refuse(session, batch, shapes, keys)
    with quietly(session) as quiet:
        back = Back(session, batch, keys if quiet else ())
        for removed in (True, False):
            back.bring([one for one in shapes if one.removed is removed])
    session.execute(load_sql(__package__, "returned"), {"batch": batch})


@dataclass
class Back:
    """The way back of one batch.

    Args:
        session: in a transaction.
        batch: which.
        keys: those that nobody else heeds meanwhile.
    """

    session: Session
    batch: UUID
    keys: Sequence[Edge]
    _placed: list[tuple[Shape, dict[str, Any]]] = field(default_factory=list)

    def bring(self, shapes: Sequence[Shape]) -> None:
        """Bring rows back, or references.

        Args:
            shapes: all of one kind.
        """
        if not shapes:
            return
        self._placed = []
        first, last = min(one.first for one in shapes), max(one.last for one in shapes)
        for ordinal, why in self._halved(shapes, first, last):
            hold(self.session, self.batch, [ordinal], why)
        while self._strays():
            pass

    def _halved(self, shapes: Sequence[Shape], low: int, high: int) -> Iterator[tuple[int, str]]:
        """All at once; where that fails each half by itself, down to the rows that conflict."""
        try:
            with self.session.transaction():
                found = list(self._some(shapes, low, high))
        except CONFLICTS as error:
            if low == high:
                yield low, _said(error)
                return
            middle = (low + high) // 2
            yield from self._halved(shapes, low, middle)
            yield from self._halved(shapes, middle + 1, high)
        else:
            self._placed += found

    def _some(
        self, shapes: Sequence[Shape], low: int, high: int
    ) -> Iterator[tuple[Shape, dict[str, Any]]]:
        inside = [one for one in shapes if one.first <= high and one.last >= low]
        if not inside:
            return
        if inside[0].removed:
            parts = [one.inserted(n, self.batch, low, high) for n, one in enumerate(inside)]
            ends = [one.placed(n, self.batch, low, high) for n, one in enumerate(inside)]
            ctes, selects = SQL(", ").join(parts), SQL(" UNION ALL ").join(ends)
            yield from self._asked(inside, SQL("WITH {} {}").format(ctes, selects))
            return
        for one in inside:
            yield from self._asked([one], one.restored(self.batch, low, high))

    def _asked(
        self, shapes: Sequence[Shape], statement: Composed
    ) -> Iterator[tuple[Shape, dict[str, Any]]]:
        for row in self.session.execute(statement).fetchall():
            if not row["whole"]:
                raise Refused("a trigger kept rows from coming back; nothing was changed", NEXT)
            if row["missed"]:
                hold(self.session, self.batch, row["missed"], NO_ROW)
            if row["ordinals"] is not None:
                yield shapes[row["shape"]], row

    def _strays(self) -> bool:
        """Take out again what breaks a key that it did not break before; whether there was any."""
        found = False
        for key in self.keys:
            for shape, ordinals in self._broken(key):
                found = True
                hold(self.session, self.batch, ordinals, f"{key}: there is no such parent")
                placed = _places([row for one, row in self._placed if one is shape])
                self.session.execute(shape.taken_again(placed, ordinals))
        return found

    def _broken(self, key: Edge) -> Iterator[tuple[Shape, list[int]]]:
        for shape in {id(one): one for one, _ in self._placed}.values():
            if shape.table != (key.child.schema, key.child.name):
                continue
            statement = STRAYS.format(
                placed=_places([row for one, row in self._placed if one is shape]),
                child=shape.source,
                batch=Literal(str(self.batch)),
                offending=key.offending,
                key=Literal(storable(self.session, str(key))),
            )
            ordinals = [row["ordinal"] for row in self.session.execute(statement)]
            if ordinals:
                yield shape, ordinals


def _usable(session: Session, batch: UUID) -> list[Shape]:
    """The batch by tables; what has no such table or column any more stays where it is."""
    usable = []
    for shape, why_not in shapes_of(session, batch):
        if why_not:
            hold(session, batch, shape.ordinals(session, batch), why_not)
        else:
            usable.append(shape)
    return usable


def _refuse(session: Session, batch: UUID, shapes: Sequence[Shape], keys: Sequence[Edge]) -> None:
    rows = session.execute(
        "SELECT DISTINCT unnest(behind) AS key FROM studioops.quarantine WHERE batch = %s", (batch,)
    )
    behind = sorted({row["key"] for row in rows} & {storable(session, str(one)) for one in keys})
    reasons = objections(session, [one.written for one in shapes], lambda: behind)
    if reasons:
        raise Refused("; ".join(reasons), NEXT)


def _places(rows: Iterable[Mapping[str, Any]]) -> Composed:
    """A query of where rows lie now: ``relation``, ``ordinal`` and ``place``."""
    part = SQL(
        "SELECT * FROM unnest({}::oid[], {}::bigint[], {}::tid[]) AS u (relation, ordinal, place)"
    )
    names = ("relations", "ordinals", "places")
    return SQL(" UNION ALL ").join(
        part.format(*(Literal(row[name]) for name in names)) for row in rows
    )


def _said(error: psycopg.Error) -> str:
    told = (error.diag.message_primary, error.diag.message_detail)
    return ": ".join(one for one in told if one)
