"""Keeping what a value was before, where casting it back would say it otherwise."""

from __future__ import annotations

from typing import Protocol
from uuid import UUID

from psycopg.sql import SQL, Composed, Literal

from studioops.migrations.operations.converting.casting import (
    assigned,
    back,
    named,
    respelled,
    text,
    there,
)
from studioops.migrations.operations.converting.model import Converted, Keyed, Leading
from studioops.migrations.operations.step import Session
from studioops.postgres import load_sql

KEEP = (
    "INSERT INTO studioops.spellings (kept, place, key, spelling, value) "
    "SELECT {kept}, {place}, jsonb_build_array({key}), {spelling}, {value} "
    "FROM ONLY {table} WHERE {differs} AND {condition} ON CONFLICT DO NOTHING"
)
PARENT = "(SELECT {} FROM ONLY {} AS p WHERE {} = {})"
Columns = tuple[Converted, ...]


class Beside(Protocol):
    """A conversion, as far as columns that are kept beside go."""

    @property
    def columns(self) -> Columns:
        """What was converted."""

    @property
    def keyed(self) -> tuple[Keyed, ...]:
        """Their tables."""

    @property
    def leading(self) -> tuple[Leading, ...]:
        """The keys that stand between them."""


def make_spellings(session: Session) -> None:
    """Make the table where it is not there."""
    row = session.execute("SELECT to_regclass('studioops.spellings') IS NULL AS missing").fetchone()
    if row and row["missing"]:
        session.execute(load_sql(__package__, "spellings"))


def keep(
    session: Session, kept: UUID, place: int, columns: Columns, keyed: tuple[Keyed, ...]
) -> None:
    """Keep the spellings of a column that has its old type.

    Args:
        session: in a transaction.
        kept: what they are found by again.
        place: of the column among those that are going to be converted.
        columns: all of them.
        keyed: their tables.
    """
    one = columns[place]
    casts = {other.column: there(other) for other in columns if other.table == one.table}
    key = [casts.get(name, named(name)) for name in _primary_key(one, keyed)]
    if not one.free and key:
        statement = SQL(KEEP).format(
            kept=Literal(kept),
            place=Literal(place),
            key=SQL(", ").join(key),
            spelling=text(named(one.column)),
            value=text(there(one)),
            table=one.table.sql,
            differs=respelled(one),
            condition=SQL("true"),
        )
        session.execute(statement)


def keep_beside(
    session: Session, kept: UUID, place: int, beside: Beside, condition: Composed
) -> None:
    """Keep the spellings of a column that stands beside the one that took its place.

    Args:
        session: in a transaction.
        kept: what they are found by again.
        place: of the column among those that were converted.
        beside: all of them.
        condition: which rows.
    """
    one = beside.columns[place]
    key, own, old = _primary_key(one, beside.keyed), named(one.column), named(one.old)
    if not one.free and key:
        differs = SQL("CASE WHEN {} IS NOT NULL THEN {} <> {} END")
        statement = SQL(KEEP).format(
            kept=Literal(kept),
            place=Literal(place),
            key=SQL(", ").join(map(named, key)),
            spelling=text(old),
            value=text(own),
            table=one.table.sql,
            differs=differs.format(old, back(one, own), text(old)),
            condition=condition,
        )
        session.execute(statement)


def places_kept(session: Session, kept: UUID) -> set[int]:
    """Which columns have spellings that were kept."""
    rows = session.execute(
        "SELECT DISTINCT place FROM studioops.spellings WHERE kept = %s", (kept,)
    )
    return {row["place"] for row in rows}


def forget(session: Session, kept: UUID) -> None:
    """Remove what the way back has used."""
    session.execute("DELETE FROM studioops.spellings WHERE kept = %s", (kept,))


def spelled_again(
    kept: UUID, place: int, columns: Columns, keyed: tuple[Keyed, ...], others: list[int]
) -> Composed:
    """The expression that a column of the new type goes back by, through ``studioops.respelled``.

    Args:
        kept: what the spellings are found by.
        place: of the column among those that were converted.
        columns: all of them.
        keyed: their tables.
        others: the columns that it refers to, whose spellings were kept together with its own.
    """
    one = columns[place]
    plain, key = back(one, named(one.column)), _primary_key(one, keyed)
    first = [Literal(kept), Literal(place), Literal(others)]
    return assigned(_call(first, one, key, plain), one.was)


def spelled_beside(kept: UUID, place: int, beside: Beside) -> Composed:
    """The same for a column beside, whose parents in other tables have theirs again.

    Args:
        kept: what the spellings are found by.
        place: of the column among those that were converted.
        beside: all of them.
    """
    columns, leading = beside.columns, beside.leading
    one = columns[place]
    found = [
        SQL(PARENT).format(
            text(named("p", parent.old)),
            parent.table.sql,
            named("p", parent.column),
            named(one.table.schema, one.table.name, one.column),
        )
        for parent in (columns[lead.parent] for lead in leading if lead.child == place)
        if parent.table != one.table
    ]
    plain = SQL("coalesce({})").format(SQL(", ").join([*found, back(one, named(one.column))]))
    own = [each for each in above(place, leading) if columns[each].table == one.table]
    key = _primary_key(one, beside.keyed)
    return assigned(_call([Literal(kept), Literal(place), Literal(own)], one, key, plain), one.was)


def above(place: int, leading: tuple[Leading, ...]) -> list[int]:
    """The columns that one refers to through keys, directly or not."""
    found: list[int] = []
    waiting = [place]
    while waiting:
        now = waiting.pop()
        for one in leading:
            if one.child == now and one.parent not in (place, *found):
                found.append(one.parent)
                waiting.append(one.parent)
    return found


def _primary_key(one: Converted, keyed: tuple[Keyed, ...]) -> tuple[str, ...]:
    return next(each.primary_key for each in keyed if each.table == one.table)


def _call(
    first: list[Literal], one: Converted, names: tuple[str, ...], plain: Composed
) -> Composed:
    key = SQL(", ").join(map(named, names)) if names else SQL("NULL::text")
    call = SQL("studioops.respelled({}, jsonb_build_array({}), {}, {})")
    return call.format(SQL(", ").join(first), key, text(named(one.column)), plain)
