"""What a revision asks before it changes anything: it stops with one line where it may not go on.

A revision that was cut off is run again, when columns may have their new types already: what was
asked of the old ones is asked only as long as they have them.
"""

from __future__ import annotations

from collections.abc import Mapping

from psycopg.sql import SQL, Composable, Composed, Literal

from studioops.migrations.operations import Reference, Session, TableName
from studioops.migrations.operations.converting.casting import malformed, respelled
from studioops.migrations.operations.converting.model import Converted
from studioops.migrations.quarantine.edges import read_edges

Types = Mapping[tuple[TableName, str], str]
TYPE = SQL(
    "(SELECT format_type(a.atttypid, a.atttypmod) FROM pg_attribute AS a "
    "WHERE a.attrelid = {}::regclass AND a.attname = {})"
)
RAISE = SQL("RAISE EXCEPTION '%', {}").format
SPELLED = SQL("EXISTS (SELECT FROM ONLY {} WHERE {})")


def guarded(condition: Composable, line: str, types: Types | None = None) -> Composed:
    """A statement that raises.

    Args:
        condition: where it does.
        line: what it says: what, where, and what to type.
        types: of columns; where one of them has another, nothing is asked.
    """
    inner = SQL("IF {} THEN {}; END IF;").format(condition, RAISE(Literal(line)))
    if types:
        inner = SQL("IF {} THEN {} END IF;").format(_typed(types), inner)
    return SQL("DO $guard$ BEGIN {} END $guard$").format(inner)


def no_orphans(session: Session, reference: Reference, types: Types, line: str) -> Composed:
    """Raises where a reference has orphans.

    Args:
        session: in a transaction.
        reference: whose.
        types: that its columns have now.
        line: what to say then.
    """
    counts = read_edges(session, reference).own.counts
    found = SQL("(SELECT bad.orphans > 0 FROM ({}) AS bad)").format(counts)
    return guarded(found, line, types)


def of_type(one: Converted, line: str) -> Composed:
    """Raises where a column has not the type that something else was to give it."""
    return guarded(SQL("{} <> {}").format(_type(one), Literal(one.type)), line)


def comes_back(session: Session, one: Converted, line: str) -> Composed:
    """Raises where a value could not be converted, or would not come back as it is spelled."""
    found = SPELLED.format(one.table.sql, _lost(session, one, "true"))
    return guarded(found, line, {(one.table, one.column): one.was})


def lost_now(session: Session, one: Converted) -> Composed:
    """A question: whether a value would not come back as it is spelled. Of values that can't be
    converted nothing is said: they are of orphans, which go before.
    """
    return SQL("SELECT {} AS lost").format(
        SPELLED.format(one.table.sql, _lost(session, one, "false"))
    )


def _lost(session: Session, one: Converted, otherwise: str) -> Composed:
    bad, lost = malformed(session, one), respelled(one)
    if bad is None:
        return lost
    word = SQL("true" if otherwise == "true" else "false")
    return SQL("CASE WHEN {} THEN {} ELSE {} END").format(bad, word, lost)


def _typed(types: Types) -> Composed:
    return SQL(" AND ").join(
        SQL("{} = {}").format(TYPE.format(Literal(str(table)), Literal(column)), Literal(kind))
        for (table, column), kind in types.items()
    )


def _type(one: Converted) -> Composed:
    return TYPE.format(Literal(str(one.table)), Literal(one.column))
