"""SQLAlchemy on a psycopg session that somebody else owns, and keeps."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, cast
from uuid import uuid4

import psycopg
from psycopg.rows import tuple_row
from psycopg.sql import SQL, Identifier
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import StaticPool

from studioops.errors import LeftInBetween
from studioops.migrations.operations.step import Session
from studioops.migrations.revisions.failed import RevisionFailed
from studioops.postgres import load_sql

# A statement that ends the transaction, or begins one.
BOUNDARY = re.compile(
    r"(?:--[^\n]*\n|\s)*(?:COMMIT|END|ABORT|ROLLBACK(?!\s+(?:(?:WORK|TRANSACTION)\s+)?TO\b)|BEGIN"
    r"|START\s+TRANSACTION|PREPARE\s+TRANSACTION)\b[^;]*;?\s*",
    re.IGNORECASE,
)
SHARES = "it shares its transaction with the journal"
ALEMBICS = "transactions are Alembic's to begin and end"
MARK = "studioops.revision"
USE_BLOCK = "use `with op.get_context().autocommit_block():` in the revision, then plan again"


class Shared(PGDialect_psycopg):
    """PostgreSQL in a transaction that is not ours: we neither begin nor end it."""

    supports_statement_cache = True

    def do_begin(self, dbapi_connection: Any) -> None:
        """It is begun already."""

    def do_commit(self, dbapi_connection: Any) -> None:
        """Whoever began it commits."""

    def do_rollback(self, dbapi_connection: Any) -> None:
        """Whoever began it rolls back; a revision that wants to, alone, is told."""


registry.register("postgresql.studioops_shared", __name__, "Shared")


@dataclass(frozen=True, slots=True)
class Borrowed:
    """What a revision works on.

    Args:
        connection: SQLAlchemy's, on the runner's session.
        shared: whether the journal's transaction is open around it.
    """

    connection: Connection
    shared: bool


@contextmanager
def borrowed(session: Session, who: str, *, shared: bool) -> Iterator[Borrowed]:
    """SQLAlchemy's connection on a session of the runner, with the role's own search path.

    Args:
        session: the runner's; as it was afterwards.
        who: works on it, such as ``the revision 0001``.
        shared: whether it is in a transaction that stays open; otherwise SQLAlchemy begins and
            commits its own.

    Raises:
        RevisionFailed: the transaction was to be ended or rolled back inside.
        LeftInBetween: it was ended, among other statements.
    """
    plain = cast("psycopg.Connection[Any]", session)
    mark, rows = str(uuid4()), plain.row_factory
    _own_path(session, mark, local=shared)
    plain.row_factory = tuple_row
    try:
        if not shared:
            plain.autocommit = False
        yield from _on(plain, shared)
        if not shared:
            plain.commit()
    except BaseException:
        if not shared:
            with suppress(psycopg.Error):
                plain.rollback()
        raise
    finally:
        plain.row_factory = rows
        if not shared and not plain.closed:
            with suppress(psycopg.Error):
                plain.autocommit = True
    if shared and _mark(session) != mark:
        raise LeftInBetween(
            f"{who}: it ended its transaction, and {SHARES}, which does not know what it did",
            "take it back by hand, then use `with op.get_context().autocommit_block():` in it",
        )
    session.execute("SELECT set_config('search_path', 'pg_catalog', %s)", (shared,))


def _on(plain: psycopg.Connection[Any], shared: bool) -> Iterator[Borrowed]:
    engine = create_engine(
        f"postgresql+{'studioops_shared' if shared else 'psycopg'}://",
        creator=lambda: plain,
        poolclass=StaticPool,
        pool_reset_on_return=None,
        use_native_hstore=False,
        hide_parameters=True,
    )
    connection = engine.connect()
    if shared:
        connection.begin()
    else:
        connection.commit()
    events = _watch(engine, SHARES if shared else ALEMBICS)
    try:
        yield Borrowed(connection, shared)
        if not shared and connection.in_transaction():
            connection.commit()
    finally:
        for name, listener in events.items():
            event.remove(engine, name, listener)
        # Now, and not whenever it is collected: the runner has its session back by then. The pool
        # keeps what it was given open.
        with suppress(SQLAlchemyError, psycopg.Error):
            connection.close()


def _watch(engine: Engine, why: str) -> Mapping[str, Callable[..., None]]:
    def rollback(connection: Connection) -> None:
        if isinstance(connection.dialect, Shared):
            raise RevisionFailed(f"it rolls back its transaction, and {why}", USE_BLOCK)

    def before_cursor_execute(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if BOUNDARY.fullmatch(statement):
            raise RevisionFailed(f"it runs {statement.strip()[:40]!r}, and {why}", USE_BLOCK)

    events: dict[str, Callable[..., None]] = {
        "rollback": rollback,
        "before_cursor_execute": before_cursor_execute,
    }
    for name, listener in events.items():
        event.listen(engine, name, listener)
    return events


def _own_path(session: Session, mark: str, *, local: bool) -> None:
    """What the role would have, without the journal's schema: its owner may be called the same."""
    scope = SQL("LOCAL" if local else "SESSION")
    for name in ("search_path", "datestyle"):
        session.execute(SQL("SET {} {} TO DEFAULT").format(scope, Identifier(name)))
    session.execute(load_sql(__package__, "own_path"), {"local": local, "mark": mark})


def _mark(session: Session) -> str | None:
    row = session.execute("SELECT current_setting(%s, true) AS mark", (MARK,)).fetchone()
    return row["mark"] if row else None
