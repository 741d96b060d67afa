"""SQL lives in files beside the code that asks it; identifiers go through psycopg.sql."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, LiteralString, cast

from psycopg import Connection as DriverConnection
from psycopg.rows import dict_row
from psycopg.sql import SQL, Composed
from sqlalchemy import Connection


@cache
def load_sql(package: str, name: str) -> SQL:
    """The text of a ``.sql`` file.

    Args:
        package: the package that it lies in, as in ``__package__``.
        name: its name without the ending.
    """
    return SQL(files(package).joinpath(f"{name}.sql").read_text(encoding="utf-8"))


def fetch(
    connection: Connection,
    statement: SQL | Composed | LiteralString,
    values: Mapping[str, Any] | None = None,
) -> list[dict[str, Any]]:
    """All rows of one statement, as dictionaries.

    Runs on psycopg itself, since SQLAlchemy would take a ``%`` inside an identifier for a
    placeholder.

    Args:
        connection: in a transaction.
        statement: composed, or a literal.
        values: bound by name, as ``%(name)s``.
    """
    return list(stream(connection, statement, values))


def stream(
    connection: Connection,
    statement: SQL | Composed | LiteralString,
    values: Mapping[str, Any] | None = None,
) -> Iterator[dict[str, Any]]:
    """The rows of one statement one by one, for whoever keeps little of each.

    Args:
        connection: in a transaction.
        statement: composed, or a literal.
        values: bound by name, as ``%(name)s``.
    """
    driver = cast(DriverConnection[Any], connection.connection.driver_connection)
    with driver.cursor(row_factory=dict_row) as cursor:
        cursor.execute(statement, values)
        yield from cursor
