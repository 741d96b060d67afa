"""What a column has besides its type: read from one, given to another in its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from psycopg.sql import SQL, Composed, Identifier, Literal

from studioops.migrations.operations.converting.model import words
from studioops.migrations.operations.names import TableName
from studioops.migrations.operations.step import Session
from studioops.postgres import load_sql

STORAGES = {"p": "PLAIN", "e": "EXTERNAL", "x": "EXTENDED", "m": "MAIN"}


def attributes(session: Session, table: TableName, column: str) -> dict[str, Any]:
    """What a column has, as plain JSON values.

    Args:
        session: in a transaction.
        table: its table.
        column: its name.
    """
    values = {"table": str(table), "column": column}
    return session.execute(load_sql(__package__, "attributes"), values).fetchone() or {}


def stored_as(table: TableName, column: str, read: Mapping[str, Any]) -> Iterator[Composed]:
    """The statements that bring back how its values are stored."""
    if read.get("storage"):
        yield _set(table, column, SQL("STORAGE {}").format(words(STORAGES[read["storage"]])))
    if read.get("compression"):
        yield _set(table, column, SQL("COMPRESSION {}").format(words(read["compression"])))


def described_as(table: TableName, column: str, read: Mapping[str, Any]) -> Iterator[Composed]:
    """The statements that give a column the comment, statistics and privileges of another."""
    name = Identifier(column)
    if read["comment"] is not None:
        said = SQL("COMMENT ON COLUMN {}.{} IS {}")
        yield said.format(table.sql, name, Literal(read["comment"]))
    if read["statistics"] is not None:
        yield _set(table, column, SQL("STATISTICS {}").format(Literal(read["statistics"])))
    for option in read["options"]:
        yield _set(table, column, SQL("({})").format(words(option)))
    for one in read["privileges"]:
        grant = SQL("GRANT {} ({}) ON {} TO {}{}")
        further = SQL(" WITH GRANT OPTION" if one["grantable"] else "")
        # Names of roles as PostgreSQL quotes them.
        yield grant.format(words(one["privilege"]), name, table.sql, words(one["role"]), further)


def _set(table: TableName, column: str, what: Composed) -> Composed:
    return SQL("ALTER TABLE {} ALTER COLUMN {} SET {}").format(table.sql, Identifier(column), what)
