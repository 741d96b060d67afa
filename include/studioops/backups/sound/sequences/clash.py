"""The first number that a sequence would hand out although its column has it already."""

from __future__ import annotations

from psycopg.sql import SQL, Literal
from sqlalchemy import Connection

from studioops.backups.sound.sequences.feeding import Feeding
from studioops.postgres import fetch

# Bounds on the bare column, so that an index answers; the step alone needs a wider type.
UP = "FROM {table} WHERE {column} >= {next} AND {column} <= {end}"
DOWN = "FROM {table} WHERE {column} <= {next} AND {column} >= {end}"
STEP = " AND mod({column}::numeric - {next}, {step}) = 0"


def next_number(connection: Connection, one: Feeding) -> int:
    """What the sequence hands out next.

    Args:
        connection: in a transaction.
        one: whose ``last`` tells all where a number was handed out.

    Raises:
        DatabaseError: nobody can tell.
    """
    if one.last is not None:
        return one.last + one.increment
    statement = SQL("SELECT last_value, is_called FROM {}").format(_sql(one.sequence or ""))
    row = fetch(connection, statement)[0]
    return int(row["last_value"]) + (one.increment if row["is_called"] else 0)


def first_clash(connection: Connection, one: Feeding, following: int) -> tuple[int, int] | None:
    """The first number that is in the column when the sequence comes to it.

    Args:
        connection: in a transaction.
        one: that can be compared.
        following: what the sequence hands out next.

    Returns:
        that number and the farthest one in the column; None where the sequence never comes to
        one: two with a step of two may fill one column side by side.
    """
    if not one.low <= following <= one.high:
        return None
    up = one.increment > 0
    bounds = UP if up else DOWN
    near, far = ("min", "max") if up else ("max", "min")
    step = STEP if abs(one.increment) > 1 else ""
    nearest = _ask(connection, one, following, f"SELECT {near}({{column}}) AS it {bounds}{step}")
    if nearest is None:
        return None
    farthest = _ask(connection, one, following, f"SELECT {far}({{column}}) AS it {bounds}")
    return nearest, nearest if farthest is None else farthest


def _ask(connection: Connection, one: Feeding, following: int, text: str) -> int | None:
    statement = SQL(text).format(
        column=_sql(one.column),
        table=_sql(one.table),
        next=Literal(following),
        end=Literal(one.high if one.increment > 0 else one.low),
        step=Literal(abs(one.increment)),
    )
    found = fetch(connection, statement)[0]["it"]
    return None if found is None else int(found)


def _sql(quoted: str) -> SQL:
    """A name that the server itself has quoted; without values a percent in it stays one."""
    return SQL(quoted)
