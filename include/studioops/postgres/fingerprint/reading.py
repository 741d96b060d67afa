"""Reading many tables on several connections of one snapshot."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from operator import attrgetter
from queue import Empty, SimpleQueue
from threading import Event, Lock
from typing import Any, cast

import psycopg
from sqlalchemy import Connection

from studioops.errors import (
    AuthenticationFailed,
    DatabaseError,
    DatabaseUnreachable,
    NoSuchDatabase,
)
from studioops.postgres.connect import Database
from studioops.postgres.fingerprint.model import TableRows
from studioops.postgres.fingerprint.statement import pin, read_rows
from studioops.postgres.fingerprint.tables import Table

Progress = Callable[[str, int, int], None]
# What says nothing of one table: the next would fare no better.
LOST = (DatabaseUnreachable, AuthenticationFailed, NoSuchDatabase)
# Each table that was read stays locked until the transaction ends, and a server has so many locks.
A_TRANSACTION = 200
LOOK_UP_S = 0.2


def fingerprint_tables(
    database: Database,
    tables: Iterable[Table],
    *,
    snapshot: str = "",
    connections: int = 1,
    progress: Progress | None = None,
    contents: bool = True,
    stop: Event | None = None,
) -> dict[str, TableRows]:
    """Count the rows of tables, and fingerprint what is in them. The largest go first.

    Args:
        database: read-only, with its limits for each table.
        tables: which.
        snapshot: an exported one that is held meanwhile; else each transaction has its own.
        connections: how many are used at the same time.
        progress: told the table, how many are done, and of how many; it may raise, which ends this.
        contents: whether contents are fingerprinted; else rows are only counted.
        stop: set by another thread where nobody wants it any more.

    Returns:
        what each holds, by name; what could not be read says why.

    Raises:
        CancelledError: ``stop`` was set.
        DatabaseError: the connection was lost, or the snapshot is gone.
    """
    ordered = sorted(tables, key=attrgetter("pages"), reverse=True)
    reading = _Reading(database, snapshot, contents, iter(ordered))
    found: dict[str, TableRows] = {}
    with ThreadPoolExecutor(max(1, connections), "contents") as threads:
        for _ in ordered[:connections]:
            threads.submit(reading.work)
        try:
            for done in range(1, len(ordered) + 1):
                name, rows = reading.next(stop)
                found[name] = rows
                if progress is not None:
                    progress(name, done, len(ordered))
        finally:
            reading.stop()
    return {name: found[name] for name in sorted(found)}


@dataclass
class _Reading:
    """The work that several threads share."""

    database: Database
    snapshot: str
    contents: bool
    left: Iterator[Table]
    answers: SimpleQueue[tuple[str, TableRows] | BaseException] = field(default_factory=SimpleQueue)
    stopped: Event = field(default_factory=Event)
    lock: Lock = field(default_factory=Lock)
    running: set[psycopg.Connection[Any]] = field(default_factory=set)

    def next(self, stop: Event | None) -> tuple[str, TableRows]:
        """The next answer of any thread.

        Args:
            stop: set where nobody wants it any more.

        Raises:
            CancelledError: nobody does.
            DatabaseError: a thread could not go on.
        """
        while True:
            with suppress(Empty):
                answer = self.answers.get(timeout=LOOK_UP_S)
                break
            if stop is not None and stop.is_set():
                raise CancelledError
        if isinstance(answer, BaseException):
            raise answer
        return answer

    def stop(self) -> None:
        """End what still runs: nobody waits for statements that may take hours."""
        self.stopped.set()
        with self.lock:
            running = list(self.running)
        for connection in running:
            with suppress(psycopg.Error):
                connection.cancel_safe(timeout=5)

    def work(self) -> None:
        """Read tables until none is left; one thread."""
        try:
            while self._some():
                pass
        except BaseException as error:  # noqa: BLE001
            self.answers.put(error)

    def _take(self) -> Table | None:
        with self.lock:
            return None if self.stopped.is_set() else next(self.left, None)

    @contextmanager
    def _known(self, connection: Connection) -> Iterator[None]:
        """As long as a connection reads, :meth:`stop` can cancel what it runs."""
        driver = cast(psycopg.Connection[Any], connection.connection.driver_connection)
        with self.lock:
            self.running.add(driver)
        try:
            yield
        finally:
            with self.lock:
                self.running.discard(driver)

    def _some(self) -> bool:
        """Read some tables in a transaction; False where none is left."""
        table: Table | None = None
        try:
            with (
                self.database.transaction(snapshot=self.snapshot) as connection,
                self._known(connection),
            ):
                pin(connection)
                for _ in range(A_TRANSACTION):
                    table = self._take()
                    if table is None:
                        return False
                    rows = read_rows(connection, table, contents=self.contents)
                    self.answers.put((table.name, rows))
                    table = None
        except DatabaseError as error:
            if table is None or isinstance(error, LOST):
                raise
            unread = error.reason
            self.answers.put((table.name, TableRows(0, "", unread)))
        return True
