"""amcheck in the copy: what is there, or a schema of our own for as long as it is needed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.sql import SQL, Composed, Identifier

from studioops.errors import CouldNotCheck, PermissionDenied
from studioops.postgres import Database, fetch, load_sql, translated

# Nobody else's: what a killed run has left is taken over, and dropped at the end.
SCHEMA = "studioops_amcheck"
MAKE = SQL(
    "CREATE SCHEMA IF NOT EXISTS {schema}; CREATE EXTENSION IF NOT EXISTS amcheck SCHEMA {schema}"
).format(schema=Identifier(SCHEMA))
DROP = SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(Identifier(SCHEMA))
NOT_INSTALLED = ("0A000", "58P01")
WITH_UNIQUE = 3
MEMORY = "SELECT set_config('maintenance_work_mem', %(memory)s, false)"
HEAP = (
    "SELECT count(*), min(msg), min(blkno) "
    "FROM {}.verify_heapam(relation => %(oid)s::oid, check_toast => true)"
)


@dataclass(frozen=True, slots=True)
class Functions:
    """What of amcheck this server has.

    Args:
        index: the call for a b-tree; takes its ``oid``, ``memory`` as a setting has it, and
            whether its ``whole`` table is held against it.
        heap: the call for a heap, which takes its ``oid``; None before PostgreSQL 14.
    """

    index: Composed
    heap: Composed | None


@contextmanager
def functions(database: Database) -> Iterator[Functions]:
    """The functions of amcheck, for as long as they are used.

    Args:
        database: the copy; the extension is made on a connection of its own where it is absent.

    Raises:
        PermissionDenied: the role may not make the extension, or not call its functions.
        CouldNotCheck: the server has no amcheck.
    """
    if _known(database):
        yield _allowed(database)
        return
    _install(database)
    try:
        yield _allowed(database)
    except BaseException:
        with suppress(CouldNotCheck):
            _run(database, DROP)
        raise
    _run(database, DROP)


def _known(database: Database) -> bool:
    """Whether the copy has it from the original; ours, left by a killed run, is made anew."""
    with database.transaction() as connection:
        found = fetch(
            connection,
            "SELECT n.nspname FROM pg_extension AS e JOIN pg_namespace AS n "
            "ON n.oid = e.extnamespace WHERE e.extname = 'amcheck'",
        )
    return bool(found) and found[0]["nspname"] != SCHEMA


def _install(database: Database) -> None:
    try:
        _run(database, MAKE)
    except PermissionDenied as error:
        raise PermissionDenied(
            f"{error.message}: amcheck takes a superuser to be made",
            # Not in the original: its dumps could then be restored by superusers alone.
            "drill on a server where the role is a superuser: --server URL, "
            "STUDIOOPS_TARGETS__NAME__DRILL, or STUDIOOPS_DRILL_URL for all targets",
        ) from None


def _run(database: Database, statement: Composed) -> None:
    with translated(database.dsn), database.connector() as connection:
        # Somebody's event triggers must not see what is gone again in a moment.
        connection.execute(
            "SELECT set_config('session_replication_role', 'replica', true) "
            "FROM pg_roles WHERE rolname = current_user AND rolsuper"
        )
        with _explained(database):
            connection.execute(statement)


@contextmanager
def _explained(database: Database) -> Iterator[None]:
    try:
        yield
    except psycopg.Error as error:
        if error.sqlstate not in NOT_INSTALLED:
            raise
        raise CouldNotCheck(
            f"{database.dsn.where}: the server has no amcheck",
            "install PostgreSQL's contrib package on that server",
        ) from None


def _allowed(database: Database) -> Functions:
    with database.transaction() as connection:
        rows = fetch(connection, load_sql(__package__, "functions"))
    denied = [row["signatures"] for row in rows if not row["allowed"]]
    if denied:
        role = database.dsn.user or "THE_ROLE"
        raise PermissionDenied(
            f"{database.dsn.where}: {role} may not call amcheck's functions",
            f"in the original, so that its backups have it: {_grant(role, *denied)}",
        )
    return _calls({row["name"]: row for row in rows})


def _calls(known: Mapping[str, Mapping[str, Any]]) -> Functions:
    index, heap = known["bt_index_check"], known.get("verify_heapam")
    unique = ", checkunique => true" if index["arguments"] >= WITH_UNIQUE else ""
    # The call takes the relation as a value, so a percent in the schema's name is doubled.
    schema = SQL(index["schema"].replace("%", "%%"))
    look = (
        f"{MEMORY}, {{}}.bt_index_check(index => %(oid)s::oid, heapallindexed => %(whole)s{unique})"
    )
    return Functions(SQL(look).format(schema), SQL(HEAP).format(schema) if heap else None)


def _grant(role: str, *signatures: str) -> str:
    return f"GRANT EXECUTE ON FUNCTION {', '.join(signatures)} TO {role};"
