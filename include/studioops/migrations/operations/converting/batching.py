"""A table's rows a few blocks at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from psycopg.sql import SQL, Composed, Literal

from studioops.errors import LeftInBetween
from studioops.migrations.operations.names import TableName
from studioops.migrations.operations.step import Batch, Memo, Session
from studioops.postgres import load_sql

# Some thousand rows, which nobody else can change for a tenth of a second; and whoever commits then
# waits until the disk has what was written for them.
BLOCKS = 16
# Whoever rewrites the table meanwhile moves rows behind our back; so often is looked again.
PASSES = 5
HAS_RANGES_OF_TIDS = 140000
MOST_ROWS_IN_A_BLOCK = 291
Work = Callable[[Session, Composed, Memo], int]


def started(session: Session, table: TableName) -> dict[str, Any]:
    """The memo that the first batch begins with.

    Args:
        session: in a transaction.
        table: whose rows.
    """
    row = session.execute(
        "SELECT pg_relation_size(to_regclass(%s)) / current_setting('block_size')::int AS blocks",
        (str(table),),
    ).fetchone()
    return {"next": 0, "end": row["blocks"] if row else 0, "passes": 1, "rows": 0}


def one_batch(session: Session, memo: Memo, table: TableName, work: Work, left: Composed) -> Batch:
    """Work on the next blocks; behind the last, look whether any row was missed.

    Rows that come or are changed meanwhile are nobody's concern: the trigger knows them.

    Args:
        session: in a transaction.
        memo: of the batch before.
        table: whose rows.
        work: does it where a condition holds, and hands back how many rows it were.
        left: true where a row has still to be worked on.

    Raises:
        LeftInBetween: rows are missed again and again.
    """
    session.execute(load_sql(__package__, "pinned"))
    until = memo["next"] + BLOCKS
    rows = memo["rows"] + work(session, _within(session, memo["next"], until), memo)
    after = {**memo, "next": until, "rows": rows}
    if until < memo["end"]:
        return Batch(after, done=False)
    missed = SQL("SELECT EXISTS (SELECT FROM ONLY {} WHERE {}) AS missed")
    row = session.execute(missed.format(table.sql, left)).fetchone()
    if row is None or not row["missed"]:
        return Batch(after, done=True)
    if memo["passes"] >= PASSES:
        raise LeftInBetween(
            f"rows of {table} are moved faster than they are worked on",
            "stop what rewrites the table, then: studioops migrate apply",
        )
    again = {**started(session, table), "passes": memo["passes"] + 1, "rows": rows}
    return Batch({**after, **again}, done=False)


def _within(session: Session, first: int, until: int) -> Composed:
    if session.info.server_version >= HAS_RANGES_OF_TIDS:
        low, high = Literal(f"({first},0)"), Literal(f"({until},0)")
        return SQL("ctid >= {}::tid AND ctid < {}::tid").format(low, high)
    # Before 14 a range of them reads the whole table.
    return SQL(
        "ctid = ANY (ARRAY(SELECT format('(%s,%s)', b, n)::tid"
        " FROM generate_series({}, {}) AS b, generate_series(1, {}) AS n))"
    ).format(Literal(first), Literal(until - 1), Literal(MOST_ROWS_IN_A_BLOCK))
