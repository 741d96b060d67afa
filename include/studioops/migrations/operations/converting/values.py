"""Whether the values that are there can be converted, asked before anything is changed."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
from psycopg.sql import SQL, Composed, Literal

from studioops.migrations.operations.converting.casting import (
    malformed,
    named,
    respelled,
    text,
    there,
)
from studioops.migrations.operations.converting.model import Converted, Keyed, words
from studioops.migrations.operations.names import TableName
from studioops.migrations.operations.step import Session
from studioops.postgres import load_sql

EXAMPLES = 3


def refused_values(
    session: Session, columns: tuple[Converted, ...], keyed: tuple[Keyed, ...]
) -> Iterator[str]:
    """Why the rows can't be converted, or not back: each reason in one line.

    Args:
        session: in a transaction.
        columns: that are to be converted.
        keyed: their tables.
    """
    session.execute(load_sql(__package__, "pinned"))
    lossy: set[TableName] = set()
    for one in columns:
        if one.free:
            continue
        reasons = list(_uncastable(session, one))
        yield from reasons
        if not reasons and _any(session, one, respelled(one)):
            lossy.add(one.table)
    for table in keyed:
        if table.table in lossy:
            if not table.primary_key:
                yield (
                    f"{table.table} has no primary key by which the spelling of its values "
                    "could be kept: give it one"
                )
            yield from _collisions(session, table.table, columns)


def _uncastable(session: Session, one: Converted) -> Iterator[str]:
    bad = malformed(session, one)
    if bad is None:
        yield from _told_by_the_server(session, one)
        return
    row = session.execute(
        SQL(
            "SELECT count(*) AS rows, (array_agg(DISTINCT {value}))[1:{most}] AS examples "
            "FROM ONLY {table} WHERE {bad}"
        ).format(
            value=text(named(one.column)),
            most=Literal(EXAMPLES),
            table=one.table.sql,
            bad=bad,
        )
    ).fetchone()
    if row and row["rows"]:
        shown = ", ".join(repr(value) for value in row["examples"])
        yield (
            f"{row['rows']} values of {one} are no {one.type}, such as {shown}: "
            "repair or quarantine them first"
        )


def _told_by_the_server(session: Session, one: Converted) -> Iterator[str]:
    """Before 16 it says of an unusual type only what the first such value is."""
    statement = SQL("SELECT count({}) FROM ONLY {}").format(there(one), one.table.sql)
    try:
        with session.transaction():
            session.execute(statement)
    except psycopg.errors.DataError as error:
        said = error.diag.message_primary
        yield f"a value of {one} is no {one.type} ({said}): repair or quarantine it first"


def _any(session: Session, one: Converted, condition: Composed) -> bool:
    statement = SQL("SELECT EXISTS (SELECT FROM ONLY {} WHERE {}) AS there")
    row = session.execute(statement.format(one.table.sql, condition)).fetchone()
    return bool(row and row["there"])


def _collisions(
    session: Session, table: TableName, columns: tuple[Converted, ...]
) -> Iterator[str]:
    """Two spellings of one value that a unique index would not take side by side."""
    casts = {one.column: there(one) for one in columns if one.table == table}
    question = load_sql(__package__, "unique")
    for row in session.execute(question, {"table": str(table)}).fetchall():
        if not casts.keys() & set(row["columns"]):
            continue
        values = [casts.get(name, named(name)) for name in row["columns"]]
        found = session.execute(
            SQL(
                "SELECT count(*) AS groups FROM (SELECT FROM ONLY {} WHERE {} AND num_nulls({}) = 0"
                " GROUP BY {} HAVING count(*) > 1) AS g"
            ).format(
                table.sql,
                words(row["predicate"]),
                SQL(", ").join(values),
                SQL(", ").join(values),
            )
        ).fetchone()
        if found and found["groups"]:
            yield (
                f"{found['groups']} values of {row['name']} on {table} are spelled in several "
                "ways and would be one: merge those rows first"
            )
