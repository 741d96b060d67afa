"""A pooled SQLAlchemy engine on psycopg 3 whose every session has limits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from traceback import clear_frames
from typing import TYPE_CHECKING, Any, Self

import psycopg
from sqlalchemy import Connection, Engine, create_engine

from studioops.postgres.dsn import Dsn, parse_dsn
from studioops.postgres.failure import translated

if TYPE_CHECKING:
    from studioops.settings import Settings

CONNECT_TIMEOUT_S = 10
# A peer that vanished without a word is noticed after about half a minute.
KEEPALIVES = {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 4}
# The other way round: a statement whose client was killed ends, and its locks with it. From 14 on,
# where the server's platform can tell; elsewhere any value but 0 is refused.
WATCH_CLIENT = (
    "CASE WHEN current_setting('client_connection_check_interval', true) = '0'"
    " AND position('linux' IN version()) > 0"
    " THEN set_config('client_connection_check_interval', '2s', {local}) END"
)
# How many others may help: with looking at rows, and with building an index.
PARALLEL = ("max_parallel_workers_per_gather", "max_parallel_maintenance_workers")


@dataclass(frozen=True, slots=True)
class Limits:
    """What a session may do, and for how long.

    Args:
        statement_timeout: seconds for one statement.
        lock_timeout: seconds to wait for one lock.
        read_only: whether writes are refused by the server.
        alone: whether a statement has to do with one processor, for the sake of those whose
            database it is.
    """

    statement_timeout: float = 900
    lock_timeout: float = 10
    read_only: bool = True
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Pool:
    """How many connections are kept.

    Args:
        size: kept open.
        overflow: opened beyond that for a while.
        timeout: seconds to wait for a free one.
        recycle: seconds after which one is replaced.
    """

    size: int = 5
    overflow: int = 10
    timeout: float = 15
    recycle: int = 1800

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """The pool that the settings ask for; never less than a scan's connections take."""
        return cls(
            max(settings.db_pool_size, settings.scan_connections + 1),
            settings.db_max_overflow,
            settings.db_pool_timeout,
            settings.db_pool_recycle,
        )


@dataclass(frozen=True)
class Database:
    """One database and the engine that speaks with it.

    Args:
        dsn: how it is reached.
        limits: of every transaction.
        engine: with its pool.
        connector: makes a connection outside the pool, for whoever brings an engine of its own.
    """

    dsn: Dsn
    limits: Limits
    engine: Engine = field(repr=False)
    connector: Callable[[], psycopg.Connection[Any]] = field(repr=False)

    @contextmanager
    def transaction(
        self, *, isolation: str = "REPEATABLE READ", snapshot: str = ""
    ) -> Iterator[Connection]:
        """One transaction under this database's limits; commits at the end.

        Limits are set for the transaction alone, so that a pooler in transaction mode (pgbouncer)
        keeps them too.

        Args:
            isolation: PostgreSQL's isolation level.
            snapshot: the name of one that another transaction has exported and still holds.

        Raises:
            DatabaseError: in our own words, whatever the driver said.
        """
        with translated(self.dsn), self.engine.connect() as connection:
            connection.execution_options(
                isolation_level=isolation, postgresql_readonly=self.limits.read_only
            )
            with connection.begin():
                if snapshot:
                    # Before any statement: the first one would take a snapshot of its own.
                    connection.exec_driver_sql(f"SET TRANSACTION SNAPSHOT '{snapshot}'")
                connection.exec_driver_sql(*session_settings(self.limits))
                yield connection

    def close(self) -> None:
        """Give every pooled connection back."""
        self.engine.dispose()

    def __enter__(self) -> Database:
        """Use as a context: closed at the end."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close."""
        self.close()


def open_database(
    dsn: str, *, limits: Limits | None = None, pool: Pool | None = None, application: str = ""
) -> Database:
    """An engine for a database. Connects at the first transaction, not here.

    Args:
        dsn: connection URL or libpq's words.
        limits: of every session.
        pool: sizes of the pool.
        application: what pg_stat_activity shows after ``studioops``.

    Raises:
        UsageError: the connection string can't be read.
    """
    parsed = parse_dsn(dsn)
    sizes = pool or Pool()
    defaults: dict[str, Any] = {
        "connect_timeout": CONNECT_TIMEOUT_S,
        "application_name": f"studioops {application}".strip(),
        # The server converts: a database in LATIN1 could not even be asked in our own words.
        "client_encoding": "utf8",
        **KEEPALIVES,
    }
    # Prepared statements are off: a pooler in transaction mode has none.
    words = {**defaults, **parsed.params, "prepare_threshold": None}
    connector = partial(_connect, **words)
    engine = create_engine(
        "postgresql+psycopg://",
        creator=connector,
        pool_size=sizes.size,
        max_overflow=sizes.overflow,
        pool_timeout=sizes.timeout,
        pool_recycle=sizes.recycle,
        pool_pre_ping=True,
        hide_parameters=True,
    )
    return Database(parsed, limits or Limits(), engine, connector)


def _connect(**words: Any) -> psycopg.Connection[Any]:
    """A connection; one that a signal cuts off while it is made is closed at once.

    The error would keep it half open for as long as it is handled. Its server process, which waits
    for our password, hears nobody meanwhile, and DROP DATABASE waits for every server process: a
    ``finally`` that drops a database would wait for ourselves.
    """
    try:
        return psycopg.connect(**words)
    except BaseException as error:
        if not isinstance(error, Exception):
            clear_frames(error.__traceback__)
        raise


def session_settings(limits: Limits, *, lasting: bool = False) -> tuple[str, dict[str, str]]:
    """One statement that sets all of them until the transaction ends, and its values.

    An empty search path makes every name in an answer a full one, and leaves nothing for a
    hostile schema to shadow; row_security off makes a policy raise instead of hiding rows.

    Args:
        limits: what a statement may take.
        lasting: whether they stay until the session ends, for one whose statements are
            transactions of their own.
    """
    local = "false" if lasting else "true"
    values = {
        "statement_timeout": f"{limits.statement_timeout * 1000:.0f}",
        "lock_timeout": f"{limits.lock_timeout * 1000:.0f}",
        "search_path": "pg_catalog",
        "row_security": "off",
        "quote_all_identifiers": "off",
        # A value that one session has written as text is read by another one.
        "datestyle": "ISO, MDY",
        **(dict.fromkeys(PARALLEL, "0") if limits.alone else {}),
    }
    calls = ", ".join(f"set_config('{name}', %({name})s, {local})" for name in values)
    return f"SELECT {calls}, {WATCH_CLIENT.format(local=local)}", values
