"""The roles and databases of the local server."""

from __future__ import annotations

from collections.abc import Mapping

import psycopg
from psycopg import sql

DATABASES = ("studioops", "ledger", "airflow")
# Proves restored copies: amcheck and foreign keys behind orphans take a superuser.
DRILL_ROLE = "studioops_drill"
# A recovery makes the database anew beside the old one.
MAKES_DATABASES = frozenset({"studioops"})
# A migration returns orphans behind a key that stands; from 15 on that right can be granted.
RETURNS_ORPHANS = "studioops"
GRANTABLE_SINCE = 150_000


def ensure_databases(dsn: str, secrets: Mapping[str, str]) -> None:
    """Make the role and the database of each name of DATABASES, where they are absent.

    Args:
        dsn: of the superuser, on a server that is known to be ours.
        secrets: the stack's; ``NAME_password`` is that role's.
    """
    with psycopg.connect(dsn, autocommit=True) as connection:
        roles = _names(connection, "SELECT rolname FROM pg_catalog.pg_roles")
        databases = _names(connection, "SELECT datname FROM pg_catalog.pg_database")
        for name in DATABASES:
            may = "CREATEDB" if name in MAKES_DATABASES else "NOCREATEDB"
            _role(connection, name, secrets[f"{name}_password"], may, known=name in roles)
            if name not in databases:
                _database(connection, name)
        if connection.info.server_version >= GRANTABLE_SINCE:
            grant = "GRANT SET ON PARAMETER session_replication_role TO {}"
            connection.execute(sql.SQL(grant).format(sql.Identifier(RETURNS_ORPHANS)))
        known = DRILL_ROLE in roles
        _role(connection, DRILL_ROLE, secrets["drill_password"], "SUPERUSER", known=known)


def _names(connection: psycopg.Connection, question: str) -> set[str]:
    return {str(row[0]) for row in connection.execute(question.encode())}


def _role(
    connection: psycopg.Connection, name: str, password: str, may: str, *, known: bool
) -> None:
    """The password is set anew each time, so that the role and secrets.json never differ."""
    verb = sql.SQL("ALTER" if known else "CREATE")
    connection.execute(
        sql.SQL("{} ROLE {} LOGIN {} PASSWORD {}").format(
            verb, sql.Identifier(name), sql.SQL(may), sql.Literal(password)
        )
    )


def _database(connection: psycopg.Connection, name: str) -> None:
    for statement in (
        "CREATE DATABASE {0} OWNER {0} TEMPLATE template0",
        "REVOKE ALL ON DATABASE {0} FROM PUBLIC",
    ):
        connection.execute(sql.SQL(statement).format(sql.Identifier(name)))
