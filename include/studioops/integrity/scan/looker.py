"""Looking at many relationships, on a bounded number of connections."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from functools import partial
from itertools import groupby
from operator import attrgetter

from sqlalchemy import Connection

from studioops.errors import CouldNotCheck, DatabaseUnreachable
from studioops.integrity.scan.apart import Apart, is_heavy
from studioops.integrity.scan.look import Look, count_orphans, not_looked, sample
from studioops.integrity.scan.question import ask, count_rows
from studioops.integrity.scan.relationship import PresentRelationship
from studioops.integrity.scan.running import Running
from studioops.integrity.scan.small import is_small, look_at_small, portions
from studioops.integrity.scan.strategies import choose
from studioops.model import Stopwatch
from studioops.postgres import Database, fetch, translated
from studioops.postgres.snapshot import held_snapshot

Progress = Callable[[str, int, int], None]
Group = Sequence[PresentRelationship]
Told = Callable[[Sequence[Look]], None]


class Looker:
    """Looks at relationships.

    Args:
        database: read-only, with its limits.
        server_version: as in ``server_version_num``.
        progress: told the relationship, how many are done, and of how many.
        paranoid: read heaps alone.
        connections: how many are used at the same time.
        snapshot: an exported one that all of them share; else each table has its own, so that
            no transaction is so long that it keeps VACUUM from its work.
    """

    def __init__(
        self,
        database: Database,
        server_version: int,
        progress: Progress | None = None,
        *,
        paranoid: bool = False,
        connections: int = 1,
        snapshot: str = "",
    ) -> None:
        self._database = database
        self._version = server_version
        self._progress = progress
        self._paranoid = paranoid
        self._connections = connections
        self._snapshot = snapshot
        self._lost: CouldNotCheck | None = None
        self._running = Running()
        self._opened = ExitStack()

    def look(self, planned: Group, finished: Told | None = None) -> dict[str, Look]:
        """Look at all of them; what can't be looked at says why.

        Args:
            planned: the entries, in any order.
            finished: told the looks of each table, range or portion when it is done.

        Returns:
            one look an entry, by its key.
        """
        looks: dict[str, Look] = {}
        for group in self._all(planned):
            if not group:
                continue
            looks.update((look.planned.key, look) for look in group)
            if finished is not None:
                finished(group)
            if self._progress is not None:
                self._progress(group[-1].planned.child, len(looks), len(planned))
        return looks

    def _all(self, planned: Group) -> Iterator[list[Look]]:
        work = self._work(planned)
        if self._connections == 1:
            yield from (look(group) for look, group in work)
            return
        with self._opened, ThreadPoolExecutor(self._connections, "scan") as threads:
            try:
                futures: list[Future[list[Look]]] = [
                    threads.submit(look, group) for look, group in work
                ]
                yield from (future.result() for future in as_completed(futures))
            except BaseException:
                # Ctrl-C: nobody waits for statements that may take hours.
                threads.shutdown(wait=False, cancel_futures=True)
                self._running.cancel()
                raise

    def _work(self, planned: Group) -> list[tuple[Callable[[Group], list[Look]], Group]]:
        """The heaviest first, so that no connection is left alone with it at the end."""
        ordered = sorted(planned, key=attrgetter("group"))
        small = [] if self._paranoid else [one for one in ordered if is_small(one)]
        taken = {one.key for one in small}
        rest = [one for one in ordered if one.key not in taken]
        groups = [list(group) for _, group in groupby(rest, key=attrgetter("group"))]
        groups.sort(key=lambda group: -sum(one.cost for one in group))
        whole = sum(one.cost for one in planned)
        work = [piece for group in groups for piece in self._pieces(group, whole)]
        return [*work, *((self._look_at_portion, portion) for portion in portions(small))]

    def _pieces(
        self, group: Group, whole: int
    ) -> list[tuple[Callable[[Group], list[Look]], Group]]:
        if self._connections == 1 or not is_heavy(group, whole):
            return [(self._look_at_group, group)]
        hold = partial(held_snapshot, self._database, self._snapshot)
        apart = Apart(group, hold, self._count_rows, self._look_apart, self._look_at_group)
        self._opened.callback(apart.close)
        return apart.pieces()

    def _look_at_portion(self, portion: Group) -> list[Look]:
        """All of a portion at once; where that fails, each table by itself, to tell them apart."""
        with suppress(CouldNotCheck), self._transaction() as connection:
            return look_at_small(connection, portion, self._version)
        tables = groupby(portion, key=attrgetter("group"))
        return [look for _, group in tables for look in self._look_at_group(list(group))]

    def _count_rows(self, one: PresentRelationship, snapshot: str) -> int:
        with self._transaction(snapshot) as connection:
            return int(fetch(connection, count_rows(one))[0]["rows"])

    def _look_apart(self, one: PresentRelationship, snapshot: str) -> Look:
        with self._transaction(snapshot) as connection:
            return next(self._in_transaction(connection, [one], 0))

    def _look_at_group(self, group: Group) -> list[Look]:
        looks: list[Look] = []
        try:
            with self._transaction() as connection:
                looks.extend(self._in_transaction(connection, group))
        except CouldNotCheck as error:
            looks += [not_looked(one, error) for one in group[len(looks) :]]
        return looks

    @contextmanager
    def _transaction(self, snapshot: str = "") -> Iterator[Connection]:
        # Knocking again for each of thousands of tables would take hours to say the same.
        if self._lost is not None:
            raise self._lost.with_traceback(None)
        try:
            with (
                self._database.transaction(snapshot=snapshot or self._snapshot) as connection,
                self._running.kept(connection),
            ):
                yield connection
        except DatabaseUnreachable as error:
            self._lost = error
            raise

    def _in_transaction(
        self, connection: Connection, group: Group, rows: int | None = None
    ) -> Iterator[Look]:
        for one in group:
            watch = Stopwatch()
            try:
                with translated(self._database.dsn), connection.begin_nested() as savepoint:
                    look = self._look_at(connection, one, rows)
                    # What was set for this statement goes with the savepoint; nothing was written.
                    savepoint.rollback()
            except DatabaseUnreachable:
                raise
            except CouldNotCheck as error:
                look = not_looked(one, error)
            rows = look.rows if rows is None else rows
            yield replace(look, seconds=watch.seconds)

    def _look_at(self, connection: Connection, one: PresentRelationship, rows: int | None) -> Look:
        question = ask(one, self._version)
        if rows is None:
            rows = int(fetch(connection, question.rows)[0]["rows"])
        strategy = choose(one, question, paranoid=self._paranoid)
        orphans, malformed = count_orphans(connection, strategy)
        return Look(
            one,
            orphans,
            malformed,
            rows,
            sample(connection, question) if orphans else (),
            question.listing.as_string() if orphans else "",
            question.offending.as_string() if orphans else "",
            strategy.name,
            strategy.why,
        )
