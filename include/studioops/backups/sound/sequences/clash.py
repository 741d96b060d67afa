"""The first number that a sequence would hand out although its column has it already."""

from __future__ import annotations

from collections.abc import Sequence

from psycopg.sql import SQL, Composed, Literal
from sqlalchemy import Connection

from studioops.backups.sound.sequences.feeding import Feeding
from studioops.postgres import fetch

# Bounds on the bare column, so that an index answers; the step alone needs a wider type. Names are
# as the server has quoted them; without values a percent in one stays what it is.
UP = "FROM {table} WHERE {column} >= {next} AND {column} <= {end}"
DOWN = "FROM {table} WHERE {column} <= {next} AND {column} >= {end}"
NEAR = {True: "min({column})", False: "max({column})"}
FAR = {True: "max({column})", False: "min({column})"}
STEP = " AND mod({column}::numeric - {next}, {step}) = 0"


def next_number(connection: Connection, one: Feeding) -> int:
    """What the sequence hands out next.

    Args:
        connection: in a transaction.
        one: whose ``last`` tells all where a number was handed out.

    Raises:
        DatabaseError: nobody can tell.
    """
    return next_numbers(connection, [one])[0]


def next_numbers(connection: Connection, fed: Sequence[Feeding]) -> list[int]:
    """The same of several, by one statement for those whose ``last`` does not tell."""
    states = [
        SQL("SELECT {} AS at, last_value, is_called FROM {}").format(
            Literal(at), SQL(one.sequence or "")
        )
        for at, one in enumerate(fed)
        if one.last is None
    ]
    rows = fetch(connection, SQL(" UNION ALL ").join(states)) if states else []
    read = {
        row["at"]: row["last_value"] + (fed[row["at"]].increment if row["is_called"] else 0)
        for row in rows
    }
    return [
        read[at] if one.last is None else one.last + one.increment for at, one in enumerate(fed)
    ]


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
    nearest = fetch(connection, _nearest(one, following))[0]["it"]
    if nearest is None:
        return None
    farthest = _question(one, following, f"SELECT {FAR[one.increment > 0]} AS it {{bounds}}")
    return int(nearest), int(fetch(connection, farthest)[0]["it"])


def all_clear(connection: Connection, fed: Sequence[Feeding]) -> bool:
    """Whether no sequence of several comes to a number that is taken, looked at together.

    Args:
        connection: in a transaction.
        fed: that can be compared.

    Raises:
        DatabaseError: nobody can tell of all of them.
    """
    following = next_numbers(connection, fed)
    questions = [_nearest(one, number) for one, number in zip(fed, following, strict=True)]
    rows = fetch(connection, SQL(" UNION ALL ").join(questions))
    return all(row["it"] is None for row in rows)


def _nearest(one: Feeding, following: int) -> Composed:
    if not one.low <= following <= one.high:
        return SQL("SELECT NULL::numeric AS it").format()
    step = STEP if abs(one.increment) > 1 else ""
    text = f"SELECT {NEAR[one.increment > 0]}::numeric AS it {{bounds}}{step}"
    return _question(one, following, text)


def _question(one: Feeding, following: int, text: str) -> Composed:
    up = one.increment > 0
    return SQL(text.replace("{bounds}", UP if up else DOWN)).format(
        column=SQL(one.column),
        table=SQL(one.table),
        next=Literal(following),
        end=Literal(one.high if up else one.low),
        step=Literal(abs(one.increment)),
    )
