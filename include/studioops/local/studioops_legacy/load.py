"""Loading the legacy database: all of it in one transaction, or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from psycopg import Connection
from psycopg.sql import SQL, Identifier, Placeholder

from studioops.errors import PermissionDenied, Refused
from studioops.local.studioops_legacy.rows import Row, legacy_rows
from studioops.local.studioops_legacy.scaled import (
    Progress,
    insert_scaled,
    set_sequences,
    shares,
)
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


def load_legacy(
    connection: Connection[Any],
    owner: str,
    *,
    scale: int = 0,
    progress: Progress | None = None,
) -> None:
    """Load schema, rows and their broken references into an empty database.

    Args:
        connection: a superuser's: the broken references are written with every trigger off,
            which nobody else may. In an open transaction, nothing is kept until that commits.
        owner: the role that shall own everything.
        scale: so many further rows, whole ones, over all tables; the rows that were found and
            their faults stay as they are.
        progress: told of the further rows: the table, how many there are, and of how many.

    Raises:
        Refused: the database is not empty, or there is no such owner; nothing was changed.
        PermissionDenied: the role is no superuser.
        UsageError: no such scale.
    """
    further = shares(scale)
    with connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(hashtext('studioops legacy'))")
        _refuse_unless_ready(connection, owner)
        connection.execute(load_sql(__package__, "schema"))
        insert_scaled(connection, further, progress)
        connection.execute(load_sql(__package__, "keys"))
        connection.execute("SET LOCAL session_replication_role = replica")
        for table, rows in legacy_rows():
            _insert(connection, table, rows)
        # A caller may be in a transaction already, which SET LOCAL outlives this one in.
        connection.execute("SET LOCAL session_replication_role = origin")
        _give_to(connection, owner)
        if scale:
            set_sequences(connection)
            # Without statistics the first scan would take every table for a small one.
            connection.execute("ANALYZE")


def _refuse_unless_ready(connection: Connection[Any], owner: str) -> None:
    """Before the first change; a second loader waits here and then finds the first one's tables."""
    row = connection.execute(load_sql(__package__, "ready"), {"owner": owner}).fetchone()
    superuser, owned, found = row or (False, False, None)
    if not superuser:
        raise PermissionDenied(
            f"{connection.info.user} is no superuser: orphans are written with every trigger off",
            "connect as a superuser of the local server",
        )
    if not owned:
        raise Refused(f"there is no role {owner!r} to own the tables", "CREATE ROLE it first")
    if found is not None:
        raise Refused(
            f"the database {connection.info.dbname} is not empty: it has {found}",
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
