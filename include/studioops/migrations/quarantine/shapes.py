"""The rows of a batch that were taken from one table, and the statements that put them back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from psycopg.sql import SQL, Composable, Composed, Identifier, Literal

from studioops.integrity.contract.names import quoted
from studioops.migrations.quarantine.quiet import Written
from studioops.migrations.quarantine.values import Kept, columns_of, texts, words
from studioops.postgres import load_sql

if TYPE_CHECKING:
    from studioops.migrations.operations.step import Session

INSERT = SQL("""
{name} AS (
    INSERT INTO {table} ({columns}) OVERRIDING SYSTEM VALUE
    SELECT {values} FROM (
        SELECT q."values" AS v FROM studioops.quarantine AS q WHERE {here} ORDER BY q.ordinal
    ) AS s
    RETURNING tableoid AS relation, ctid AS place
)
""")
# Rows come out of an INSERT in the order in which they went in: the arrays fit one another.
PLACED = SQL("""
SELECT {shape} AS shape, i.relations, i.places, o.ordinals, i.count = o.count AS whole,
    NULL::bigint[] AS missed
FROM (
    SELECT count(*) AS count, array_agg(relation)::text AS relations,
        array_agg(place)::text AS places
    FROM {name}
) AS i
CROSS JOIN (
    SELECT count(*) AS count, array_agg(q.ordinal ORDER BY q.ordinal)::text AS ordinals
    FROM studioops.quarantine AS q WHERE {here}
) AS o
""")
RESTORE = SQL("""
WITH wanted AS (
    SELECT q.ordinal, q."values" AS v, q.key_values AS k,
        row_number() OVER (PARTITION BY q.key_values ORDER BY q.ordinal) AS n
    FROM studioops.quarantine AS q WHERE {here}
),
there AS (
    SELECT c.tableoid AS relation, c.ctid AS place, {keys} AS k, {number} AS n
    FROM {table} AS c WHERE num_nonnulls({columns}) = 0
),
done AS (
    UPDATE {table} AS c SET {values} FROM wanted AS s JOIN there AS t ON t.k = s.k AND t.n = s.n
    WHERE c.tableoid = t.relation AND c.ctid = t.place
    RETURNING s.ordinal, c.tableoid AS relation, c.ctid AS place
)
SELECT 0 AS shape, array_agg(relation)::text AS relations, array_agg(place)::text AS places,
    array_agg(ordinal)::text AS ordinals, true AS whole,
    (
        SELECT array_agg(m.ordinal)
        FROM (SELECT ordinal FROM wanted EXCEPT SELECT ordinal FROM done) AS m
    ) AS missed
FROM done
""")


@dataclass(frozen=True)
class Shape:
    """Rows, or references of rows, of one table.

    Args:
        removed: whether whole rows were taken out; else references were cleared.
        schema: of the table.
        name: of the table.
        oid: of the table, as it stands now; 0 where it is gone.
        kind: ``r``, or ``p`` where it is partitioned.
        columns: whose values are kept.
        key: the columns that tell which row a reference belongs to.
        first: of their ordinals.
        last: of their ordinals.
    """

    removed: bool
    schema: str
    name: str
    oid: int
    kind: str
    columns: tuple[Kept, ...]
    key: tuple[Kept, ...]
    first: int
    last: int

    @property
    def table(self) -> tuple[str, str]:
        """Its schema and name."""
        return (self.schema, self.name)

    @property
    def written(self) -> Written:
        """What is done to the table."""
        return Written(self.oid, self.removed)

    @property
    def source(self) -> Composed:
        """The table without what inherits from it, and with its partitions."""
        only = SQL("ONLY " if self.kind == "r" else "")
        return SQL("{}{}").format(only, Identifier(self.schema, self.name))

    def here(self, batch: UUID, low: int, high: int) -> Composed:
        """What is true of its rows in the quarantine, called ``q``.

        Args:
            batch: theirs.
            low: the first ordinal.
            high: the last one.
        """
        return SQL(
            "q.batch = {}::uuid AND q.ordinal BETWEEN {} AND {} AND q.conflict IS NULL"
            " AND q.kind = {} AND q.schema_name = {} AND q.table_name = {} AND q.columns = {}"
        ).format(
            Literal(str(batch)),
            Literal(low),
            Literal(high),
            Literal("removed" if self.removed else "cleared"),
            Literal(self.schema),
            Literal(self.name),
            words([one.name for one in self.columns]),
        )

    def inserted(self, number: int, batch: UUID, low: int, high: int) -> Composed:
        """A part of a statement that puts its rows back."""
        return INSERT.format(
            name=Identifier(f"i{number}"),
            table=Identifier(self.schema, self.name),
            columns=SQL(", ").join(Identifier(one.name) for one in self.columns),
            values=SQL(", ").join(self._values()),
            here=self.here(batch, low, high),
        )

    def placed(self, number: int, batch: UUID, low: int, high: int) -> Composed:
        """A query of where they lie now, for the end of that statement."""
        return PLACED.format(
            shape=Literal(number), name=Identifier(f"i{number}"), here=self.here(batch, low, high)
        )

    def restored(self, batch: UUID, low: int, high: int) -> Composed:
        """The statement that sets its references where they still are NULL."""
        keys = texts(self.key, "c")
        each = SQL("row_number() OVER (PARTITION BY {})").format(keys)
        return RESTORE.format(
            here=self.here(batch, low, high),
            keys=keys,
            # Rows that are equal in everything else are told apart by counting them.
            number=SQL("1") if all(one.in_key for one in self.key) else each,
            table=self.source,
            columns=SQL(", ").join(Identifier("c", one.name) for one in self.columns),
            values=SQL(", ").join(
                SQL("{} = {}").format(Identifier(one.name), value)
                for one, value in zip(self.columns, self._values(), strict=True)
            ),
        )

    def taken_again(self, placed: Composable, ordinals: Sequence[int]) -> Composed:
        """The statement that takes some of them out again.

        Args:
            placed: where they all lie, a query of ``relation``, ``ordinal`` and ``place``.
            ordinals: which.
        """
        which = SQL(
            "r.relation = c.tableoid AND r.place = c.ctid AND r.ordinal = ANY ({}::bigint[])"
        ).format(Literal(list(ordinals)))
        if self.removed:
            statement = SQL("DELETE FROM {} AS c USING ({}) AS r WHERE {}")
            return statement.format(self.source, placed, which)
        cleared = SQL(", ").join(
            SQL("{} = NULL").format(Identifier(one.name)) for one in self.columns
        )
        statement = SQL("UPDATE {} AS c SET {} FROM ({}) AS r WHERE {}")
        return statement.format(self.source, cleared, placed, which)

    def ordinals(self, session: Session, batch: UUID) -> list[int]:
        """Which rows of the quarantine they are."""
        here = self.here(batch, self.first, self.last)
        question = SQL("SELECT q.ordinal FROM studioops.quarantine AS q WHERE {}")
        rows = session.execute(question.format(here))
        return [row["ordinal"] for row in rows]

    def _values(self) -> list[Composed]:
        return [
            one.value(SQL("s.v[{}]").format(Literal(n))) for n, one in enumerate(self.columns, 1)
        ]


def shapes_of(session: Session, batch: UUID) -> Iterator[tuple[Shape, str]]:
    """What a batch holds by table, and why it can't go back there; nothing where it can.

    Args:
        session: in a transaction.
        batch: which.
    """
    for row in session.execute(load_sql(__package__, "shapes"), {"batch": batch}).fetchall():
        yield _shape(session, row)


def _shape(session: Session, row: Mapping[str, Any]) -> tuple[Shape, str]:
    schema, name = row["schema_name"], row["table_name"]
    table = f"{quoted(schema)}.{quoted(name)}"
    found = session.execute(load_sql(__package__, "relation"), {"table": table}).fetchone()
    there = {one.name: one for one in columns_of(session, schema, name)} if found else {}
    kept = dict(zip(row["columns"], row["types"], strict=True))
    unlike = [one for one in kept if one not in there or there[one].type != kept[one]]
    gone = [one for one in row["key_columns"] if one not in there]
    shape = Shape(
        row["removed"],
        schema,
        name,
        found["oid"] if found else 0,
        found["kind"] if found else "r",
        tuple(there.get(one) or _absent(one) for one in row["columns"]),
        tuple(there[one] for one in row["key_columns"] if one in there),
        row["first"],
        row["last"],
    )
    if found is None:
        return shape, f"there is no table {table} any more"
    if unlike or gone:
        names = ", ".join(map(quoted, (*unlike, *gone)))
        return shape, f"{table} has no such column any more, or of another type: {names}"
    return shape, ""


def _absent(name: str) -> Kept:
    return Kept(name, "", "", None, generated=False, in_key=False)
