"""Looking at b-trees and heaps, on several connections."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import psycopg

from studioops.backups.sound.amcheck.extension import Functions
from studioops.errors import DatabaseUnreachable
from studioops.postgres import Database, translated
from studioops.postgres.connect import session_settings
from studioops.postgres.failure import translate

# A corrupt page, index or catalog; and a relation whose file is gone.
CORRUPT = ("XX", "58P01")
LEAST_KB, MOST_KB = 1024, 65536
NO_HEAPS = "amcheck of this server looks at indexes alone (PostgreSQL 14 and newer know heaps)"


@dataclass(frozen=True, slots=True)
class Relation:
    """One b-tree or heap.

    Args:
        oid: its own.
        kind: ``index`` or ``heap``.
        rows: by the statistics.
        name: as reports call it.
        whole: whether every row of an index's table is looked for in it.
    """

    oid: int
    kind: str
    rows: int
    name: str
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Look:
    """What was seen of one.

    Args:
        relation: which.
        fault: what amcheck says is wrong; empty where nothing is.
        unseen: why nobody could look; empty otherwise.
    """

    relation: Relation
    fault: str = ""
    unseen: str = ""


class Looker:
    """Looks at relations, each by one statement, on connections of its own.

    Args:
        database: the copy.
        functions: of amcheck.
        connections: how many are used at the same time.
    """

    def __init__(self, database: Database, functions: Functions, connections: int) -> None:
        self._database = database
        self._functions = functions
        self._connections = connections
        self._running: list[psycopg.Connection[Any]] = []

    def look(self, relations: Sequence[Relation]) -> list[Look]:
        """Look at all of them.

        Args:
            relations: the heaviest first, so that no connection is left alone with it at the end.

        Raises:
            DatabaseUnreachable: the server is gone.
        """
        work, seen = deque(relations), list[Look]()
        with ThreadPoolExecutor(self._connections, "amcheck") as threads:
            try:
                crew = [threads.submit(self._work, work, seen) for _ in range(self._connections)]
                for one in crew:
                    one.result()
            except BaseException:
                # Ctrl-C: nobody waits for statements that may take hours.
                work.clear()
                self._cancel()
                raise
        return seen

    def _work(self, work: deque[Relation], seen: list[Look]) -> None:
        if not work:
            return
        with self._session() as connection, suppress(IndexError):
            while True:
                seen.append(self._look_at(connection, work.popleft()))

    @contextmanager
    def _session(self) -> Iterator[psycopg.Connection[Any]]:
        with translated(self._database.dsn), self._database.connector() as connection:
            connection.autocommit = True
            connection.execute(*session_settings(self._database.limits, lasting=True))
            self._running.append(connection)
            yield connection

    def _look_at(self, connection: psycopg.Connection[Any], one: Relation) -> Look:
        try:
            if one.kind == "index":
                memory = f"{filter_size(one.rows)}kB"
                values = {"oid": one.oid, "memory": memory, "whole": one.whole}
                connection.execute(self._functions.index, values)
                return Look(one)
            if self._functions.heap is None:
                return Look(one, unseen=NO_HEAPS)
            row = connection.execute(self._functions.heap, {"oid": one.oid}).fetchone()
            return Look(one, _told(*row) if row is not None else "")
        except psycopg.Error as error:
            return self._failed(error, one)

    def _failed(self, error: psycopg.Error, one: Relation) -> Look:
        if str(error.sqlstate or "").startswith(CORRUPT):
            return Look(one, fault=str(error.diag.message_primary))
        failure = translate(error, self._database.dsn)
        if isinstance(failure, DatabaseUnreachable):
            raise failure from None
        return Look(one, unseen=failure.reason)

    def _cancel(self) -> None:
        for connection in self._running:
            # A server that is gone has nothing left to cancel.
            with suppress(psycopg.Error):
                connection.cancel_safe(timeout=2)


def filter_size(rows: int) -> int:
    """Kilobytes for the filter in which amcheck keeps an index's entries to find rows without one.

    Its own measure, two bytes a row, costs as much as making the index once more. One byte a row
    is a quarter cheaper, and still sees 49 of 50 rows that an index lacks.

    Args:
        rows: in the index.
    """
    return min(max(rows // 1024, LEAST_KB), MOST_KB)


def _told(count: int, first: str | None, block: int | None) -> str:
    """The heap's faults in one line."""
    return f"{count} faults, the first on page {block}: {first}" if count else ""
