"""PostgreSQL's errors in our own words: what happened, where, what to type next."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
from sqlalchemy.exc import DBAPIError, InterfaceError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from studioops.errors import (
    AuthenticationFailed,
    DatabaseBusy,
    DatabaseError,
    DatabaseUnreachable,
    NoSuchDatabase,
    PermissionDenied,
    RowsHidden,
    StatementTimeout,
)
from studioops.postgres.dsn import Dsn

# A failed connection has no SQLSTATE in libpq, only the server's sentence.
CONNECT_SENTENCES: tuple[tuple[str, str], ...] = (
    ("password authentication failed", "28P01"),
    ("no password supplied", "28P01"),
    ("password retrieved from file", "28P01"),
    ("no pg_hba.conf entry", "28000"),
    ("is not permitted to log in", "28000"),
    ("authentication failed", "28000"),
    (r'role "[^"]*" does not exist', "28000"),
    (r'database "[^"]*" does not exist', "3D000"),
    ("is not currently accepting connections", "55000"),
    ("permission denied for database", "42501"),
    ("too many (clients|connections)", "53300"),
    ("remaining connection slots", "53300"),
    ("the database system is", "57P03"),
)


@contextmanager
def translated(dsn: Dsn) -> Iterator[None]:
    """Raise our own errors for whatever psycopg or SQLAlchemy raises inside.

    Args:
        dsn: the connection in use; its secrets are blotted out of every message.

    Raises:
        DatabaseError: or one of its kinds.
    """
    try:
        yield
    except PoolTimeout:
        raise DatabaseBusy(
            f"{dsn.where}: every connection of the pool is in use",
            "raise DB_POOL_SIZE, or run less at the same time",
        ) from None
    except (DBAPIError, psycopg.Error) as error:
        raise translate(error, dsn) from None


def translate(error: BaseException, dsn: Dsn) -> DatabaseError:
    """One of our errors for one of the driver's.

    Args:
        error: psycopg's error, or SQLAlchemy's around it.
        dsn: the connection it happened on.
    """
    origin = error.orig if isinstance(error, DBAPIError) else error
    state = getattr(origin, "sqlstate", None) or _state_of_connect(str(origin))
    said = _said(origin, dsn)
    if state is None:
        if isinstance(origin, psycopg.OperationalError | psycopg.InterfaceError | InterfaceError):
            return _unreachable(dsn, said)
        return DatabaseError(f"{dsn.where}: {said}", "this is unexpected: report it with the text")
    make = BY_STATE.get(state) or BY_STATE.get(state[:2]) or _other
    return make(dsn, said)


def _state_of_connect(text: str) -> str | None:
    for pattern, state in CONNECT_SENTENCES:
        if re.search(pattern, text):
            return state
    return None


def _said(origin: BaseException | None, dsn: Dsn) -> str:
    """The first line that carries news, without libpq's preamble and without secrets."""
    primary = getattr(getattr(origin, "diag", None), "message_primary", None)
    text = primary or str(origin)
    tail = re.split(r"FATAL:\s+|failed: ", text)[-1]
    return dsn.redact(tail.strip().splitlines()[0] if tail.strip() else "the connection was lost")


def _unreachable(dsn: Dsn, said: str) -> DatabaseError:
    return DatabaseUnreachable(
        f"{dsn.where}: no connection: {said}",
        "check that the server runs and that host and port are right, then run this again",
    )


def _authentication(dsn: Dsn, said: str) -> DatabaseError:
    return AuthenticationFailed(
        f"{dsn.where}: {said}", "check user and password in the connection URL (and pg_hba.conf)"
    )


def _no_database(dsn: Dsn, said: str) -> DatabaseError:
    return NoSuchDatabase(f"{dsn.where}: {said}", "check the database's name in the connection URL")


def _denied(dsn: Dsn, said: str) -> DatabaseError:
    if "row-level security" in said or "row security" in said:
        return RowsHidden(
            f"{dsn.where}: {said}",
            "scan as the tables' owner or as a role with BYPASSRLS (ALTER ROLE … BYPASSRLS)",
        )
    role = dsn.user or "THE_ROLE"
    if "permission denied for database" in said:
        return PermissionDenied(f"{dsn.where}: {said}", f"GRANT CONNECT ON DATABASE … TO {role}")
    return PermissionDenied(
        f"{dsn.where}: {said}",
        f"GRANT USAGE ON SCHEMA … and SELECT ON ALL TABLES IN SCHEMA … TO {role}, "
        "or GRANT pg_read_all_data",
    )


def _cancelled(dsn: Dsn, said: str) -> DatabaseError:
    return StatementTimeout(
        f"{dsn.where}: {said}", "raise --timeout (or STUDIOOPS_STATEMENT_TIMEOUT), both in seconds"
    )


def _locked(dsn: Dsn, said: str) -> DatabaseError:
    return DatabaseBusy(
        f"{dsn.where}: {said}", "another session holds a lock: see pg_blocking_pids, then run again"
    )


def _busy(dsn: Dsn, said: str) -> DatabaseError:
    return DatabaseBusy(f"{dsn.where}: {said}", "wait a moment and run this again")


def _not_ready(dsn: Dsn, said: str) -> DatabaseError:
    if "not currently accepting connections" not in said:
        return _other(dsn, said)
    return DatabaseBusy(
        f"{dsn.where}: {said}",
        "wait until whoever closed it is done, or ALTER DATABASE … ALLOW_CONNECTIONS true",
    )


def _conflict(dsn: Dsn, said: str) -> DatabaseError:
    return DatabaseBusy(
        f"{dsn.where}: {said}",
        "run this again; on a standby raise max_standby_streaming_delay or set "
        "hot_standby_feedback = on",
    )


def _other(dsn: Dsn, said: str) -> DatabaseError:
    return DatabaseError(f"{dsn.where}: {said}", "read the server's log at this moment")


BY_STATE: dict[str, Callable[[Dsn, str], DatabaseError]] = {
    "08": _unreachable,
    "28": _authentication,
    "3D000": _no_database,
    "42501": _denied,
    "53300": _busy,
    "53": _busy,
    "40P01": _locked,
    "55P03": _locked,
    "40001": _conflict,
    "55000": _not_ready,
    "57014": _cancelled,
    "57P01": _unreachable,
    "57P02": _unreachable,
    "57P03": _busy,
}
