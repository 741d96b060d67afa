"""A walk over the distinct keys of an index: as many probes as there are values, not rows."""

from __future__ import annotations

from psycopg.sql import SQL, Identifier

from studioops.integrity.scan.question import Question, source
from studioops.integrity.scan.relationship import PresentRelationship
from studioops.integrity.scan.strategies.strategy import Strategy

# A step of the walk costs about as much as a hundred rows of a merge.
ROWS_PER_VALUE = 200
WALK = """
WITH RECURSIVE walk(value) AS (
    (SELECT c.{column} FROM {child} AS c WHERE c.{column} IS NOT NULL ORDER BY 1 LIMIT 1)
    UNION ALL
    SELECT (SELECT c.{column} FROM {child} AS c WHERE c.{column} > walk.value ORDER BY 1 LIMIT 1)
    FROM walk WHERE walk.value IS NOT NULL
),
lost(value) AS MATERIALIZED (
    SELECT walk.value FROM walk WHERE walk.value IS NOT NULL
    AND NOT EXISTS (SELECT FROM {parent} AS p WHERE p.{key} = walk.value)
)
SELECT count(*) AS orphans, 0::bigint AS malformed
FROM {child} AS c JOIN lost ON c.{column} = lost.value
"""


def key_walk(planned: PresentRelationship, question: Question) -> Strategy | None:
    """Fits a reference in one indexed column that has few values for its rows.

    Args:
        planned: the relationship.
        question: composed for it.
    """
    child, parent = planned.child_end, planned.parent_end
    column, key = child.columns[0], parent.columns[0]
    # "=" and ">" must be the index's own: those of a type of PostgreSQL itself are.
    native = column.type.equality == ("pg_catalog", "=")
    rows, values = child.relation.rows, planned.distinct
    few = values is not None and rows > ROWS_PER_VALUE * values
    # It goes through the whole index: of a range of the table it would count too much.
    few = few and planned.part is None
    if not (few and native and question.plain and planned.merges and child.relation.kind == "r"):
        return None
    counts = SQL(WALK).format(
        column=Identifier(column.name),
        key=Identifier(key.name),
        child=source(child.relation),
        parent=source(parent.relation),
    )
    return Strategy("key_walk", f"about {values:.0f} values in {rows} rows", counts)
