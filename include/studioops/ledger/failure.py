"""What keeps the ledger from being used, in one class and with the next step."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection
from sqlalchemy.exc import ProgrammingError

from studioops.errors import DatabaseError, LedgerUnavailable, PermissionDenied
from studioops.ledger.tables import SCHEMA

# In order. Known here too, so that a look at the version does not import Alembic.
REVISIONS = ("0001", "0002", "0003", "0004")
MIGRATE = (
    "run `studioops up` for the local stack's ledger, "
    "or `python -m studioops.ledger` for the one of LEDGER_URL"
)
VERSION = "SELECT version_num FROM ledger.alembic_version"
NOT_THERE = frozenset({"42P01", "3F000"})


@contextmanager
def as_ledger() -> Iterator[None]:
    """Raise LedgerUnavailable for whatever our PostgreSQL room raises inside.

    Raises:
        LedgerUnavailable: with the cause's own words.
    """
    try:
        yield
    except PermissionDenied as error:
        raise LedgerUnavailable(
            f"the ledger: {error.message}",
            f"let LEDGER_URL name the role that owns the ledger's schema {SCHEMA}",
        ) from None
    except DatabaseError as error:
        raise LedgerUnavailable(f"the ledger: {error.message}", error.next_step) from None


def require_current(connection: Connection, where: str) -> None:
    """Make sure that the ledger's tables are the ones this code knows.

    Args:
        connection: in a transaction.
        where: the ledger's place, to be shown.

    Raises:
        LedgerUnavailable: it was never migrated, is behind, or is ahead of this code.
    """
    version = _version(connection)
    if version == REVISIONS[-1]:
        return
    if version is not None and version not in REVISIONS:
        raise ahead(where, version)
    state = f"is behind, at {version}" if version else "has no tables yet"
    raise LedgerUnavailable(f"the ledger at {where} {state}", MIGRATE)


def ahead(where: str, version: str) -> LedgerUnavailable:
    """The error for a ledger that a newer release has migrated."""
    return LedgerUnavailable(
        f"the ledger at {where} is at {version}, which this release does not know",
        "install the newer StudioOps Maintenance that migrated it",
    )


def _version(connection: Connection) -> str | None:
    try:
        found = connection.exec_driver_sql(VERSION)
    except ProgrammingError as error:
        if getattr(error.orig, "sqlstate", None) in NOT_THERE:
            return None
        raise
    return found.scalar_one_or_none()
