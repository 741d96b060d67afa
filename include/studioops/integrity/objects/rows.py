"""The database's side: what the rows of a column name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast

import psycopg
from psycopg.sql import SQL, Composed, Identifier, Literal
from sqlalchemy import Connection

from studioops.errors import CouldNotCheck
from studioops.integrity.contract.model import DeclaredObject
from studioops.postgres import fetch
from studioops.postgres.catalog import Catalog, Column, Relation

CHUNK = 10_000
CREATE = "create it with a migration, or take it out of the contract"


class Absent(CouldNotCheck):
    """The contract names a table or a column that the database does not have."""

    code = "absent"


class NoNames(CouldNotCheck):
    """The values of the column are no names but hold some."""

    code = "no_names"


@dataclass(frozen=True, slots=True)
class NamingColumn:
    """A column whose values name objects, as it stands in the database.

    Args:
        relation: its table.
        column: the one with the names.
        sha256: the one with the SHA-256 of each object's content; None without one.
        lacking: what the contract names and the table does not have; names can be held against
            their objects all the same, contents can't.
    """

    relation: Relation
    column: Column
    sha256: Column | None
    lacking: str = ""


def find_column(catalog: Catalog, declared: DeclaredObject) -> NamingColumn:
    """The column that a contract's entry means.

    Args:
        catalog: of the target.
        declared: the entry.

    Raises:
        Absent: it is not there.
        NoNames: it holds arrays or documents.
    """
    names, digest = declared.column, declared.sha256
    relation = catalog.find(names.schema, names.table)
    if relation is None:
        raise Absent(f"table {names.schema}.{names.table} is absent", CREATE)
    if names.columns[0] not in relation.columns:
        raise Absent(f"column {relation.display}.{names.columns[0]} is absent", CREATE)
    column = relation.columns[names.columns[0]]
    if column.type.category == "A" or column.type.name in ("json", "jsonb"):
        raise NoNames(
            f"{relation.display}.{column.display} is {column.type.name}: its values are no names",
            "name a column of a view in the contract that gives one name a row",
        )
    if digest is None:
        return NamingColumn(relation, column, None)
    if (digest.schema, digest.table) != (names.schema, names.table):
        lacking = f"{digest} lies in another table; next: name a column of {relation.display}"
        return NamingColumn(relation, column, None, lacking)
    if digest.columns[0] not in relation.columns:
        lacking = (
            f"column {relation.display}.{digest.columns[0]} is absent, so no content can be held "
            f"against it; next: {CREATE}"
        )
        return NamingColumn(relation, column, None, lacking)
    return NamingColumn(relation, column, relation.columns[digest.columns[0]])


def read_names(
    connection: Connection, column: NamingColumn
) -> Iterator[list[tuple[str, str | None]]]:
    """Every name with its SHA-256 in lower-case hex, in portions, by a cursor of the server's.

    Args:
        connection: in a transaction.
        column: where they stand; NULL names nothing.
    """
    driver = cast("psycopg.Connection[Any]", connection.connection.driver_connection)
    with driver.cursor(name="studioops_names") as cursor:
        cursor.itersize = CHUNK
        cursor.execute(_statement(column))
        while rows := cursor.fetchmany(CHUNK):
            yield rows


def still_named(connection: Connection, column: NamingColumn, keys: Sequence[str]) -> set[str]:
    """Which of these names a row has now.

    Args:
        connection: in a transaction of its own, which sees what was committed meanwhile.
        column: where they stand.
        keys: the names.
    """
    statement = SQL(
        "SELECT DISTINCT {name}::text AS key FROM {table} AS t WHERE {name}::text = ANY({keys})"
    ).format(name=_name(column), table=_table(column), keys=Literal(list(keys)))
    return {row["key"] for row in fetch(connection, statement)}


def claimed(
    connection: Connection, column: NamingColumn, keys: Sequence[str]
) -> set[tuple[str, str]]:
    """The names and SHA-256 that rows claim now.

    Args:
        connection: in a transaction of its own.
        column: where they stand.
        keys: the names.
    """
    # No placeholder: a name with a % in it would be taken for another one.
    statement = SQL("{} AND {}::text = ANY({})").format(
        _statement(column), _name(column), Literal(list(keys))
    )
    return {(row["key"], row["sha256"]) for row in fetch(connection, statement)}


def _statement(column: NamingColumn) -> Composed:
    digest: Any = SQL("NULL::text")
    if column.sha256 is not None:
        value = Identifier("t", column.sha256.name)
        text = SQL("encode({}, 'hex')") if column.sha256.type.name == "bytea" else SQL("{}::text")
        # An empty text claims nothing.
        digest = SQL("nullif(btrim(lower({})), '')").format(text.format(value))
    return SQL(
        "SELECT {name}::text AS key, {digest} AS sha256 FROM {table} AS t WHERE {name} IS NOT NULL"
    ).format(name=_name(column), digest=digest, table=_table(column))


def _name(column: NamingColumn) -> Identifier:
    return Identifier("t", column.column.name)


def _table(column: NamingColumn) -> Identifier:
    return Identifier(column.relation.schema, column.relation.name)
