"""Where a revision stopped that commits in its middle: told by a mark that went with its commit."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress

from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

from studioops.migrations.operations.lock import Lock
from studioops.migrations.operations.step import Session
from studioops.migrations.revisions.failed import MEND, RevisionFailed

THERE, BACK = "there", "back"
WRITE = text(
    "INSERT INTO studioops.revision_marks (revision, way) VALUES (:revision, :way) "
    "ON CONFLICT DO NOTHING"
)
LIMITS = text(
    "SELECT current_setting('lock_timeout') AS lock, "
    "current_setting('statement_timeout') AS statement"
)
SET_LIMITS = text(
    "SELECT set_config('lock_timeout', :lock, false), "
    "set_config('statement_timeout', :statement, false)"
)
MAKE = """
CREATE TABLE IF NOT EXISTS studioops.revision_marks (
    revision text NOT NULL, way text NOT NULL, PRIMARY KEY (revision, way)
)
"""


def make_marks(session: Session) -> None:
    """Make the table of marks where it is not there, in the journal's schema.

    Args:
        session: in a transaction.
    """
    session.execute(MAKE)


def marked(session: Session, revision: str, *, up: bool) -> bool:
    """Whether a revision has committed a part of itself on this way.

    Args:
        session: in a transaction.
        revision: its name.
        up: there, or back.
    """
    row = session.execute(
        "SELECT count(*) AS marks FROM studioops.revision_marks WHERE revision = %s AND way = %s",
        (revision, _way(up=up)),
    ).fetchone()
    return bool(row and row["marks"])


def forget(session: Session, revision: str, *, up: bool) -> None:
    """Remove the mark of a way that was gone to its end.

    Args:
        session: outside a transaction.
        revision: its name.
        up: there, or back.
    """
    session.execute(
        "DELETE FROM studioops.revision_marks WHERE revision = %s AND way = %s",
        (revision, _way(up=up)),
    )


def marking(context: MigrationContext, revision: str, *, up: bool) -> None:
    """Let each autocommit block of a revision leave a mark in the transaction that it commits.

    Args:
        context: that the revision runs in.
        revision: its name.
        up: there, or back.
    """
    block = context.autocommit_block

    def marked_block() -> AbstractContextManager[None]:
        return _marked(context, block(), revision, _way(up=up))

    vars(context)["autocommit_block"] = marked_block


@contextmanager
def _marked(
    context: MigrationContext, block: AbstractContextManager[None], revision: str, way: str
) -> Iterator[None]:
    if context.connection is None:
        raise RevisionFailed("its context has no connection", MEND)
    context.connection.execute(WRITE, {"revision": revision, "way": way})
    # Inside the block the context has another connection: one without a transaction.
    with block, _patient(context.connection):
        yield


@contextmanager
def _patient(connection: Connection) -> Iterator[None]:
    """What runs by itself and blocks nobody waits for whoever is older, as CONCURRENTLY does."""
    before = connection.execute(LIMITS).mappings().one()
    patience = Lock.CONCURRENTLY.patience
    connection.execute(
        SET_LIMITS, {"lock": f"{patience.lock:.0f}s", "statement": f"{patience.statement:.0f}s"}
    )
    try:
        yield
    finally:
        # Where the connection is lost, its limits are too.
        with suppress(SQLAlchemyError):
            connection.execute(SET_LIMITS, dict(before))


def _way(*, up: bool) -> str:
    return THERE if up else BACK
