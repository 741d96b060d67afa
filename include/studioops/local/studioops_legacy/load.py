"""Loading the legacy database: all of it in one transaction, or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from psycopg import Connection
from psycopg.sql import SQL, Identifier, Placeholder

from studioops.errors import Refused
from studioops.local.studioops_legacy.rows import Row, legacy_rows
from studioops.postgres import load_sql

OWNED = """
    SELECT format('ALTER %%s %%s OWNER TO %%I',
                  CASE c.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END,
                  c.oid::regclass, %(owner)s::text)
    FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE n.nspname IN ('public', 'reporting') AND c.relkind = 'r'
"""


def legacy_is_loaded(connection: Connection[Any]) -> bool:
    """Whether the legacy database is there, whatever became of its rows since.

    Args:
        connection: to the database.
    """
    row = connection.execute("SELECT to_regclass('public.chat_messages') IS NOT NULL").fetchone()
    return bool(row and row[0])


def load_legacy(connection: Connection[Any], owner: str) -> None:
    """Load schema, rows and their broken references into an empty database.

    Args:
        connection: a superuser's, in no transaction: the broken references are written with
            every trigger off, which nobody else may.
        owner: the role that shall own everything.

    Raises:
        Refused: the database has tables already; nothing was changed.
    """
    with connection.transaction():
        _refuse_unless_empty(connection)
        connection.execute(load_sql(__package__, "schema"))
        connection.execute("SET LOCAL session_replication_role = replica")
        for table, rows in legacy_rows():
            _insert(connection, table, rows)
        _give_to(connection, owner)


def _refuse_unless_empty(connection: Connection[Any]) -> None:
    found = connection.execute(
        "SELECT c.oid::regclass::text FROM pg_class AS c"
        " JOIN pg_namespace AS n ON n.oid = c.relnamespace"
        " WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname !~ '^pg_'"
        " AND n.nspname <> 'information_schema' LIMIT 1"
    ).fetchone()
    if found is not None:
        raise Refused(
            f"the database {connection.info.dbname} is not empty: it has {found[0]}",
            "load the legacy StudioOps database into a new one",
        )


def _insert(connection: Connection[Any], table: str, rows: Sequence[Row]) -> None:
    columns = list(rows[0])
    statement = SQL("INSERT INTO {} ({}) VALUES ({})").format(
        Identifier(*table.split(".")),
        SQL(", ").join(map(Identifier, columns)),
        SQL(", ").join(Placeholder(column) for column in columns),
    )
    with connection.cursor() as cursor:
        cursor.executemany(statement, rows)


def _give_to(connection: Connection[Any], owner: str) -> None:
    for schema in ("public", "reporting"):
        connection.execute(
            SQL("ALTER SCHEMA {} OWNER TO {}").format(Identifier(schema), Identifier(owner))
        )
    for (statement,) in connection.execute(OWNED, {"owner": owner}).fetchall():
        connection.execute(statement)
