"""Many small references in one statement: a round trip each would cost more than the looking."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from psycopg.sql import SQL, Composed, Literal
from sqlalchemy import Connection

from studioops.integrity.scan.compare import CannotCompare
from studioops.integrity.scan.look import Look, not_looked, sample
from studioops.integrity.scan.question import Question, ask
from studioops.integrity.scan.relationship import PresentRelationship
from studioops.model import Stopwatch
from studioops.postgres import fetch

SMALL_ROWS = 20_000
# Each relation takes a lock until the transaction ends; a server has some thousands of them.
PORTION = 50
NAME, WHY = "batched_anti_join", f"fewer than {SMALL_ROWS} rows: one of many in a statement"
# Compiling a plan of fifty joins takes longer than running it.
NO_JIT = "SELECT set_config('jit', 'off', true)"


def is_small(planned: PresentRelationship) -> bool:
    """Whether a relationship is looked at together with others.

    Args:
        planned: with its statistics.
    """
    ends = (planned.child_end.relation, planned.parent_end.relation)
    whole = planned.part is None
    return whole and planned.cost < SMALL_ROWS and all(end.kind == "r" for end in ends)


def portions(planned: Sequence[PresentRelationship]) -> Iterator[Sequence[PresentRelationship]]:
    """The relationships in portions of one statement each."""
    for start in range(0, len(planned), PORTION):
        yield planned[start : start + PORTION]


def look_at_small(
    connection: Connection, portion: Sequence[PresentRelationship], server_version: int
) -> list[Look]:
    """Look at a portion in one statement.

    Args:
        connection: in a transaction, whose snapshot all of them share.
        portion: the relationships.
        server_version: as in ``server_version_num``.

    Returns:
        one look each, in order.
    """
    watch = Stopwatch()
    asked: dict[int, Question] = {}
    looks: dict[int, Look] = {}
    for n, one in enumerate(portion):
        try:
            asked[n] = ask(one, server_version)
        except CannotCompare as error:
            looks[n] = not_looked(one, error)
    fetch(connection, NO_JIT)
    found = fetch(connection, _together(asked)) if asked else []
    rows = {portion[row["n"]].table: row["rows"] for row in found if row["rows"] is not None}
    for row in found:
        n, question = row["n"], asked[row["n"]]
        looks[n] = Look(
            portion[n],
            row["orphans"],
            row["malformed"],
            rows[portion[n].table],
            sample(connection, question) if row["orphans"] else (),
            question.listing.as_string() if row["orphans"] else "",
            question.offending.as_string() if row["orphans"] else "",
            NAME,
            WHY,
            seconds=round(watch.seconds / len(portion), 6),
        )
    return [looks[n] for n in range(len(portion))]


def _together(asked: dict[int, Question]) -> Composed:
    parts: list[Composed] = []
    counted: set[str] = set()
    for n, question in asked.items():
        table = question.planned.table
        rows = SQL("NULL::bigint") if table in counted else question.rows
        counted.add(table)
        parts.append(
            SQL("SELECT {} AS n, ({}) AS rows, counts.* FROM ({}) AS counts").format(
                Literal(n), rows, question.counts
            )
        )
    return SQL(" UNION ALL ").join(parts)
