"""The target's server, spoken to from a database that a recovery does not rename."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Any, cast

from psycopg import Connection as DriverConnection
from psycopg.conninfo import make_conninfo
from psycopg.sql import SQL, Composed
from sqlalchemy import Connection

from studioops.errors import (
    DatabaseBusy,
    DatabaseError,
    NoSuchDatabase,
    PermissionDenied,
    Refused,
    UsageError,
)
from studioops.postgres import (
    Database,
    Dsn,
    Limits,
    Pool,
    fetch,
    load_sql,
    open_database,
    parse_dsn,
)

FIRST, LAST = "postgres", "template1"
APPLICATION = "recover"
# Number of our advisory locks of this kind, the first of the two that PostgreSQL takes.
LOCK_CLASS = 0x5EC0


def target_database(dsn: str) -> str:
    """The target's database by name.

    Raises:
        UsageError: the connection names none.
    """
    name = parse_dsn(dsn).database
    if not name:
        raise UsageError(
            "the connection names no database, so nothing can be recovered into it",
            "end the URL with /NAME",
        )
    return name


def to_database(dsn: str | Dsn, name: str) -> str:
    """The same connection to another database.

    Args:
        dsn: a connection.
        name: of the other database.
    """
    parsed = parse_dsn(dsn) if isinstance(dsn, str) else dsn
    return make_conninfo(**{**parsed.params, "dbname": name})


@contextmanager
def maintenance(dsn: str, *, timeout: float = 900) -> Iterator[Database]:
    """A database of the target's server to work from: never the target, nor a scratch one.

    ``template1`` comes last: while somebody is in it, nobody can create a database.

    Args:
        dsn: of the target.
        timeout: seconds for every statement.

    Raises:
        Refused: this role may connect to none.
        DatabaseError: the server can't be reached.
    """
    target, trouble = target_database(dsn), list[str]()
    limits = Limits(statement_timeout=timeout, read_only=False)
    for name in _candidates(dsn, target):
        database = open_database(
            to_database(dsn, name), limits=limits, pool=Pool(2, 2), application=APPLICATION
        )
        with database:
            try:
                with database.transaction() as connection:
                    fetch(connection, "SELECT 1 AS one")
            except (PermissionDenied, NoSuchDatabase) as error:
                trouble.append(error.message)
                continue
            except DatabaseBusy as error:
                if "not currently accepting connections" not in error.message:
                    raise
                trouble.append(error.message)
                continue
            yield database
            return
    role = parse_dsn(dsn).user or "THE_ROLE"
    raise Refused(
        f"a recovery works from another database than {target}, and none lets {role} in: "
        + "; ".join(trouble),
        f"GRANT CONNECT ON DATABASE {FIRST} TO {role}",
    )


@contextmanager
def alone(server: Database, target: str) -> Iterator[None]:
    """Nobody else recovers this target meanwhile.

    Args:
        server: from :func:`maintenance`.
        target: the target's database.

    Raises:
        DatabaseBusy: somebody does.
    """
    key = {"kind": LOCK_CLASS, "target": zlib.crc32(target.encode()) - (1 << 31)}
    held = ExitStack()
    try:
        connection = held.enter_context(server.transaction(isolation="READ COMMITTED"))
        # The session waits for minutes while a backup is restored.
        execute(connection, SQL("SET LOCAL idle_in_transaction_session_timeout = 0"))
        found = fetch(connection, load_sql(__package__, "lock"), key)
        if not found[0]["ours"]:
            raise DatabaseBusy(
                f"somebody else recovers {target} (process {found[0]['holder']} of the server)",
                "wait for it: see `studioops recover plan`, then run this again",
            )
        yield
    finally:
        # Should the server have been away meanwhile, the lock is gone, and the work may be done.
        with suppress(DatabaseError):
            held.close()


def execute(connection: Connection, statement: SQL | Composed) -> None:
    """Run a statement that answers nothing.

    Args:
        connection: in a transaction.
        statement: composed.
    """
    driver = cast(DriverConnection[Any], connection.connection.driver_connection)
    driver.execute(statement)


def _candidates(dsn: str, target: str) -> Iterator[str]:
    yield from (one for one in (FIRST,) if one != target)
    yield from _siblings(dsn, target)
    yield from (one for one in (LAST,) if one != target)


def _siblings(dsn: str, target: str) -> list[str]:
    """Databases that we may connect to, asked for in whichever lets us in."""
    for name in (target, LAST):
        try:
            with (
                open_database(to_database(dsn, name), application=APPLICATION) as database,
                database.transaction() as connection,
            ):
                rows = fetch(connection, load_sql(__package__, "siblings"), {"target": target})
                return [row["name"] for row in rows]
        except DatabaseError:
            continue
    return []
