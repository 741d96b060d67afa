"""One migration a target: the lock, the working session, and what dead runners have left."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import psycopg
from psycopg import Connection
from psycopg.rows import dict_row

from studioops.errors import DatabaseUnreachable, Refused
from studioops.migrations.operations import Lock, Patience, Session
from studioops.migrations.operations.lock import LONGEST_S
from studioops.postgres import Database, Limits, load_sql, open_database, translated
from studioops.postgres.connect import session_settings

# Any number will do, as long as it stays: every migration of a database asks for this one. Locks
# of this kind belong to one database.
KEY = 0x5354_5544_494F_4D31
TRY = "SELECT pg_try_advisory_lock(%(key)s) AS held"
END = "SELECT pg_terminate_backend(%(pid)s)"
# Whose client has vanished without a word, as with its network, is noticed after half a minute.
# What a role's own settings would do to a session is not for the journal to stumble over: end it
# in between, show it yesterday's rows after it has waited for a lock, or read our SQL otherwise.
# One processor has to do for rows and indexes: the others are for those whose database it is.
NOTICED = """
SET max_parallel_workers_per_gather = 0;
SET max_parallel_maintenance_workers = 0;
SELECT
    set_config('statement_timeout', '60s', false),
    set_config('tcp_keepalives_idle', '10', false),
    set_config('tcp_keepalives_interval', '5', false),
    set_config('tcp_keepalives_count', '4', false),
    set_config('default_transaction_isolation', 'read committed', false),
    set_config('standard_conforming_strings', 'on', false),
    (
        SELECT count(set_config(s.name, '0', false)) FROM pg_catalog.pg_settings AS s
        WHERE s.name IN ('idle_session_timeout', 'idle_in_transaction_session_timeout',
                         'transaction_timeout')
    )
"""
GONE_WITHIN_S = 60.0
# A killed runner's lock goes when the server has noticed: in a moment.
JUST_KILLED_S = 2.0
LOOK_EVERY_S = 0.1


@dataclass
class Hold:
    """A target that nobody else migrates.

    Args:
        database: the target, which may be written.
        owner: whoever works on it.
        guard: the session that holds the lock, and idles: the server ends it the moment that we
            are gone, while a working session may go on with its statement.
        longest_wait: seconds that a lock is waited for now behind which others queue up.
    """

    database: Database
    owner: UUID
    guard: Session
    longest_wait: float = LONGEST_S
    _work: Session | None = field(default=None, repr=False)

    @contextmanager
    def transaction(self, patience: Patience = Lock.ROW.patience) -> Iterator[Session]:
        """One transaction of the working session.

        Args:
            patience: how long its locks and statements may take.

        Raises:
            DatabaseError: in our own words. Where the connection is lost, nobody knows whether
                it was committed: the journal does.
        """
        with translated(self.database.dsn):
            session = self._working()
            session.execute("BEGIN")
            try:
                session.execute(*self._limits(patience))
                yield session
                session.execute("COMMIT")
            except BaseException:
                with suppress(psycopg.Error):
                    session.execute("ROLLBACK")
                raise

    @contextmanager
    def outside(self, patience: Patience) -> Iterator[Session]:
        """The working session, each of whose statements is a transaction.

        Args:
            patience: how long its locks and statements may take.
        """
        with translated(self.database.dsn):
            session = self._working()
            session.execute(*self._limits(patience, lasting=True))
            yield session

    @property
    def pid(self) -> int | None:
        """The server process of the working session; None where there is none."""
        return None if self._work is None else self._work.info.backend_pid

    def wait_for(self, patience: Patience) -> float:
        """Seconds that a lock is waited for in this try.

        Args:
            patience: for that lock.
        """
        return min(patience.lock, self.longest_wait) if patience.brief else patience.lock

    def _limits(self, patience: Patience, *, lasting: bool = False) -> tuple[str, dict[str, str]]:
        limits = Limits(patience.statement, self.wait_for(patience))
        return session_settings(limits, lasting=lasting)

    def reopen(self) -> None:
        """Begin again after a lost connection: the lock, and no session of ours that still works.

        Raises:
            DatabaseUnreachable: the server is still away.
            Refused: somebody else migrates the target meanwhile.
        """
        self._forget()
        with translated(self.database.dsn):
            if not _alive(self.guard):
                with suppress(psycopg.Error):
                    self.guard.close()
                self.guard = _lock(self.database, self.owner)
            _end_others(self.guard, self.database)

    def close(self) -> None:
        """Give the target back."""
        self._forget()
        with suppress(psycopg.Error):
            self.guard.close()

    def _working(self) -> Session:
        if not _alive(self.guard):
            where = self.database.dsn.where
            raise DatabaseUnreachable(f"{where}: the connection was lost", "run this again")
        if self._work is None or self._work.closed:
            self._work = _session(self.database)
        return self._work

    def _forget(self) -> None:
        work, self._work = self._work, None
        if work is not None:
            with suppress(psycopg.Error):
                work.close()


@contextmanager
def hold(dsn: str) -> Iterator[Hold]:
    """Keep every other migration away from a target, and end what dead ones have left running.

    Args:
        dsn: of the target.

    Raises:
        Refused: somebody else migrates it.
        DatabaseError: it can't be reached.
    """
    owner = uuid4()
    limits = Limits(read_only=False, alone=True)
    with open_database(dsn, limits=limits, application=f"migrate {owner}") as database:
        with translated(database.dsn):
            guard = _lock(database, owner)
        held = Hold(database, owner, guard)
        try:
            with translated(database.dsn):
                _end_others(guard, database)
            yield held
        finally:
            held.close()


def _session(database: Database) -> Session:
    connection: Connection[Any] = database.connector()
    connection.autocommit = True
    connection.row_factory = dict_row
    try:
        connection.execute(NOTICED)
    except BaseException:
        connection.close()
        raise
    return connection


def _lock(database: Database, owner: UUID) -> Session:
    guard = _session(database)
    try:
        began = time.monotonic()
        while not _has_lock(guard):
            _end_own(guard, database, owner, seconds=time.monotonic() - began)
            time.sleep(LOOK_EVERY_S)
    except BaseException:
        guard.close()
        raise
    return guard


def _has_lock(guard: Session) -> bool:
    row = guard.execute(TRY, {"key": KEY}).fetchone()
    return bool(row and row["held"])


def _end_own(guard: Session, database: Database, owner: UUID, *, seconds: float) -> None:
    """End a lost guard of ours, which the server still takes for alive; others' are respected."""
    row = guard.execute(load_sql(__package__, "holder"), {"key": KEY}).fetchone()
    if row is None:
        return
    own = row["application"].endswith(str(owner))
    if seconds > (GONE_WITHIN_S if own else JUST_KILLED_S):
        raise Refused(
            f"{database.dsn.where}: another migration runs there "
            f"(process {row['pid']} for {row['seconds']:.0f} s)",
            "wait for it: studioops migrate status shows how far it is",
        )
    if own:
        guard.execute(END, {"pid": row["pid"]})


def _end_others(guard: Session, database: Database) -> None:
    """Whoever else calls himself so is dead: he would hold the lock that we hold."""
    until = time.monotonic() + GONE_WITHIN_S
    while others := guard.execute(load_sql(__package__, "leftover")).fetchall():
        if time.monotonic() > until:
            pids = ", ".join(str(one["pid"]) for one in others)
            raise Refused(
                f"{database.dsn.where}: a session of a dead migration still works (process {pids})",
                f"end it as a superuser: SELECT pg_terminate_backend({others[0]['pid']});",
            )
        for one in others:
            # Another role's: then it is waited for.
            with suppress(psycopg.errors.InsufficientPrivilege):
                guard.execute(END, {"pid": one["pid"]})
        time.sleep(LOOK_EVERY_S)


def _alive(session: Session) -> bool:
    try:
        session.execute("SELECT 1")
    except psycopg.Error:
        return False
    return True
