"""Taking rows out and clearing references, with all that the way back needs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING
from uuid import UUID

from psycopg.sql import SQL, Composable, Composed, Identifier, Literal

from studioops.errors import Refused
from studioops.integrity.scan.question import source
from studioops.migrations.quarantine.closure import Found, Going
from studioops.migrations.quarantine.edges import Edge
from studioops.migrations.quarantine.places import Places
from studioops.migrations.quarantine.quiet import quietly
from studioops.migrations.quarantine.shelf import make_shelf
from studioops.migrations.quarantine.values import Kept, columns_of, pin, texts, words
from studioops.migrations.storable import storable

if TYPE_CHECKING:
    from studioops.migrations.operations.step import Session

STORE = SQL("""
INSERT INTO studioops.quarantine (batch, ordinal, kind, level, why, schema_name, table_name,
    columns, types, "values", key_columns, key_values, behind)
SELECT {batch}::uuid, {before} + row_number() OVER (ORDER BY c.tableoid, c.ctid), {kind}, {level},
    {why}, {schema}, {table}, {columns}, {types}, {values}, {keys}, {key_values}, {behind}
FROM {child} AS c JOIN ({places}) AS g ON g.relation = c.tableoid AND g.place = c.ctid
""")
DELETE = SQL(
    "{name} AS (DELETE FROM {child} AS c USING ({places}) AS g"
    " WHERE g.relation = c.tableoid AND g.place = c.ctid RETURNING 1)"
)
CLEAR = SQL("""
WITH told AS ({told}),
wanted AS (SELECT relation, place, array_agg(edge) AS edges FROM told GROUP BY relation, place),
done AS (
    UPDATE {child} AS c SET {values} FROM wanted AS g
    WHERE g.relation = c.tableoid AND g.place = c.ctid RETURNING 1
)
SELECT (SELECT count(*) FROM wanted) AS wanted, (SELECT count(*) FROM done) AS done
""")


def take_out(session: Session, going: Going, keys: Sequence[Edge], batch: UUID) -> None:
    """Keep the rows that go and the references that are cleared, then do both.

    Args:
        session: in a transaction that holds the rows.
        going: what was found.
        keys: every key that stands, to be told which of them a row breaks as it is.
        batch: what all of it belongs to.

    Raises:
        Refused: a row was not where it had been found; the transaction must not be committed.
    """
    make_shelf(session)
    pin(session)
    before = 0
    for removed, found in _each(going):
        session.execute(_store(session, found, keys, batch, before, removed=removed))
        before += found.places.count
    with quietly(session):
        for group in _by_table(going.cleared):
            _clear(session, group)
        if going.removed:
            _delete(session, going.removed)


def unclearable(session: Session, going: Going) -> Iterator[str]:
    """Why references can't be cleared and told apart again, by what the tables are.

    Args:
        session: in a transaction.
        going: what was found.
    """
    for group in _by_table(going.cleared):
        child = group[0].edge.child
        columns = columns_of(session, child.schema, child.name)
        cleared = [name for one in group for name in one.edge.columns]
        for one in columns:
            if one.generated and one.name in cleared:
                yield f"{child.display}: the column {one.name} is generated and can't be cleared"
        if len(set(cleared)) < len(cleared):
            yield f"{child.display}: two references that would be cleared share a column"
        if len(group) > 1 and not any(one.in_key for one in columns):
            yield f"{child.display} has no primary key, and two of its references would be cleared"


def _each(going: Going) -> Iterator[tuple[bool, Found]]:
    yield from ((True, one) for one in going.removed)
    yield from ((False, one) for one in going.cleared)


def _by_table(found: Sequence[Found]) -> Iterator[list[Found]]:
    ordered = sorted(found, key=_table)
    return (list(group) for _, group in groupby(ordered, key=_table))


def _table(one: Found) -> tuple[str, int]:
    return (one.edge.child.display, one.edge.child.oid)


def _store(
    session: Session, found: Found, keys: Sequence[Edge], batch: UUID, before: int, *, removed: bool
) -> Composed:
    child = found.edge.child
    all_of_it = [one for one in columns_of(session, child.schema, child.name) if not one.generated]
    kept, key = _columns(all_of_it, found.edge.columns, removed=removed)
    return STORE.format(
        batch=Literal(str(batch)),
        before=Literal(before),
        kind=Literal("removed" if removed else "cleared"),
        level=Literal(found.level),
        why=Literal(storable(session, found.why)),
        schema=Literal(child.schema),
        table=Literal(child.name),
        columns=words([one.name for one in kept]),
        types=words([one.type for one in kept]),
        values=texts(kept, "c"),
        keys=words([one.name for one in key]),
        key_values=texts(key, "c"),
        behind=_behind(session, [one for one in keys if one.child.oid == child.oid]),
        child=source(child),
        places=found.places.sql,
    )


def _columns(
    columns: Sequence[Kept], cleared: Sequence[str], *, removed: bool
) -> tuple[list[Kept], list[Kept]]:
    """The columns whose values are kept, and those that tell which row they belong to."""
    if removed:
        return list(columns), []
    key = [one for one in columns if one.in_key]
    others = [one for one in columns if one.name not in cleared]
    return [one for one in columns if one.name in cleared], key or others


def _behind(session: Session, keys: Sequence[Edge]) -> Composable:
    """The keys that a row breaks as it is."""
    broken = [
        SQL("CASE WHEN {} THEN {} END").format(one.offending, Literal(storable(session, str(one))))
        for one in keys
    ]
    return SQL("array_remove(ARRAY[{}]::text[], NULL)").format(SQL(", ").join(broken))


def _clear(session: Session, group: Sequence[Found]) -> None:
    """All references of one table at once: an update moves a row."""
    told = [
        SQL("SELECT relation, place, {} AS edge FROM ({}) AS g").format(Literal(n), one.places.sql)
        for n, one in enumerate(group)
    ]
    values = [
        SQL("{} = CASE WHEN {} = ANY (g.edges) THEN NULL ELSE {} END").format(
            Identifier(name), Literal(n), Identifier("c", name)
        )
        for n, one in enumerate(group)
        for name in one.edge.columns
    ]
    statement = CLEAR.format(
        told=SQL(" UNION ALL ").join(told),
        child=source(group[0].edge.child),
        values=SQL(", ").join(values),
    )
    row = session.execute(statement).fetchone()
    if row is None or row["wanted"] != row["done"]:
        raise _moved(group[0])


def _delete(session: Session, removed: Sequence[Found]) -> None:
    """All tables in one statement: keys are asked at its end, when everything is gone."""
    tables = [(group[0], _all_of(group)) for group in _by_table(removed)]
    deletes = [
        DELETE.format(name=Identifier(f"d{n}"), child=source(one.edge.child), places=places.sql)
        for n, (one, places) in enumerate(tables)
    ]
    counts = [
        SQL("(SELECT count(*) FROM {}) AS {}").format(Identifier(f"d{n}"), Identifier(f"n{n}"))
        for n in range(len(tables))
    ]
    statement = SQL("WITH {} SELECT {}").format(SQL(", ").join(deletes), SQL(", ").join(counts))
    row = session.execute(statement).fetchone() or {}
    for n, (one, places) in enumerate(tables):
        if row.get(f"n{n}") != places.count:
            raise _moved(one)


def _all_of(group: Sequence[Found]) -> Places:
    rows = Places()
    for one in group:
        rows.add(one.places)
    return rows


def _moved(one: Found) -> Refused:
    return Refused(
        f"{one.edge}: a row was not where it had just been locked; nothing was changed",
        "run this again",
    )
