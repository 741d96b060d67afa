"""The swap: two databases change names in one transaction, between two moments of quiet."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import cast

from psycopg.sql import SQL, Composed, Identifier
from sqlalchemy import Connection

from studioops.backups.recovery.marks import Known, Mark, Role, read_databases, write_comment
from studioops.backups.recovery.mend import allowing, reopen, set_comment
from studioops.backups.recovery.names import quoted
from studioops.backups.recovery.properties import Properties, carrying
from studioops.backups.recovery.server import execute
from studioops.backups.recovery.sessions import end_sessions
from studioops.backups.steps import Steps
from studioops.errors import DatabaseError, LeftInBetween, Refused
from studioops.model import Stopwatch
from studioops.postgres import Database

# A server that was killed comes back in this time, or somebody has to look at it.
RETURN_PATIENCE_S = 60.0
PAUSE_S = 0.5
Boundary = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Order:
    """Which databases change names.

    Args:
        database: the name that is swapped.
        incoming: the database that gets it.
        keep_as: what the present one is called afterwards.
        run: of the recovery.
        now: the moment, with its offset, in ISO 8601.
        incoming_role: what the journal calls the one; None for no line in it any more.
        outgoing_role: what it calls the other.
        backup: the id of the backup that came in.
        properties: of the present one, to be put on the other; None to leave it as it is.
        comment: for the database that comes in where there is no present one.
    """

    database: str
    incoming: str
    keep_as: str
    run: str
    now: str
    incoming_role: Role | None = Role.RECOVERED
    outgoing_role: Role = Role.KEPT
    backup: str = ""
    properties: Properties | None = None
    comment: str | None = None

    def mark(
        self, role: Role, *, partner: str, opened: bool = True, before: Mark | None = None
    ) -> Mark:
        """A line of the journal."""
        run, database, now, backup = self.run, self.database, self.now, self.backup
        return Mark(role, run, database, partner, now, backup, opened, before)


@dataclass(frozen=True, slots=True)
class Swapped:
    """What a swap did.

    Args:
        kept: what the present database is called now; empty where there was none.
        ended: how many sessions were ended.
        away: seconds for which nobody could connect.
        opened: whether the name takes connections now.
    """

    kept: str
    ended: int
    away: float
    opened: bool


def swap(
    server: Database,
    order: Order,
    *,
    steps: Steps | None = None,
    boundary: Boundary = lambda _: None,
) -> Swapped:
    """Give a database another one's name. Whatever goes wrong, the target is as it was.

    Args:
        server: from :func:`~studioops.backups.recovery.server.maintenance`.
        order: what to swap.
        steps: told the seconds of each step.
        boundary: called between the steps, with the name of the one that is done.

    Raises:
        Refused: sessions don't end, or a name is taken; nothing was changed.
        DatabaseError: the server refused; nothing was changed.
        LeftInBetween: the server went away in the middle and does not come back.
    """
    return _Swap(server, order, steps or Steps(), boundary).work()


@dataclass
class _Swap:
    server: Database
    order: Order
    steps: Steps
    boundary: Boundary
    present: Known | None = None
    ended: int = 0

    def work(self) -> Swapped:
        with self.changing() as connection:
            self.present = self.look(read_databases(connection))
            # Before the target is closed, since nobody waits for this one.
            execute(connection, allowing(self.order.incoming, allow=False))
        end_sessions(self.server, self.order.incoming)
        watch = Stopwatch()
        try:
            if self.present is not None:
                self.step("closing", self.close)
                self.step("ending sessions", self.end)
            self.step("renaming", self.rename)
        except BaseException:
            if not self.was_done_after_all():
                raise
        kept = self.order.keep_as if self.present else ""
        return Swapped(kept, self.ended, watch.seconds, self.opened)

    @property
    def opened(self) -> bool:
        return self.present is None or self.present.allows

    def changing(self) -> AbstractContextManager[Connection]:
        return self.server.transaction(isolation="READ COMMITTED")

    def look(self, known: dict[str, Known]) -> Known | None:
        """The database that has the name, if everything stands as it must."""
        order, present = self.order, known.get(self.order.database)
        if order.incoming not in known:
            raise Refused(f"there is no database {order.incoming}", "see `studioops recover plan`")
        if order.keep_as in known:
            raise Refused(f"a database is called {order.keep_as} already", "run this again")
        if present is not None and present.mark is not None and present.mark.role is Role.CLOSING:
            raise Refused(
                f"{order.database} was left closed by the recovery {present.mark.run}",
                "`studioops recover back` opens it",
            )
        return present

    def close(self) -> None:
        order, present = self.order, cast(Known, self.present)
        mark = order.mark(
            Role.CLOSING, partner=order.incoming, opened=present.allows, before=present.mark
        )
        with self.changing() as connection:
            set_comment(connection, order.database, write_comment(present.comment, mark))
            execute(connection, allowing(order.database, allow=False))

    def end(self) -> None:
        self.ended = end_sessions(self.server, self.order.database)

    def rename(self) -> None:
        """In one transaction: everybody sees both new names, or none."""
        order, present = self.order, self.present
        with self.changing() as connection:
            own = read_databases(connection)[order.incoming]
            if order.properties is not None:
                for step in carrying(order.properties, order.incoming):
                    execute(connection, step.statement)
            if present is not None:
                execute(connection, _renaming(order.database, order.keep_as))
                gone = order.mark(order.outgoing_role, partner=order.database, before=present.mark)
                set_comment(connection, order.keep_as, write_comment(present.comment, gone))
            execute(connection, _renaming(order.incoming, order.database))
            set_comment(connection, order.database, self.new_comment(own))
            execute(connection, allowing(order.database, allow=self.opened))
            self.boundary("in the transaction")

    def new_comment(self, own: Known) -> str | None:
        """Of the database that comes in: that of the present one, if it takes its place anew."""
        order, present = self.order, self.present
        if order.incoming_role is None:
            return write_comment(own.comment, own.mark.before if own.mark else None)
        mark = order.mark(order.incoming_role, partner=order.keep_as if present else "")
        return write_comment(present.comment if present else order.comment, mark)

    def step(self, name: str, work: Callable[[], None]) -> None:
        self.steps.time(name, work)
        self.boundary(name)

    def was_done_after_all(self) -> bool:
        """Whether the server had done it all; the target is open again where it had not."""
        until = time.monotonic() + RETURN_PATIENCE_S
        while True:
            try:
                if self.was_done():
                    return True
                reopen(self.server, self.order.database)
            except DatabaseError:
                if time.monotonic() > until:
                    raise self.left() from None
                time.sleep(PAUSE_S)
            else:
                return False

    def was_done(self) -> bool:
        """Whether the renames were committed, and only the answer was lost."""
        with self.changing() as connection:
            known = read_databases(connection)
        if self.present is not None:
            return self.order.keep_as in known
        return self.order.incoming not in known and self.order.database in known

    def left(self) -> LeftInBetween:
        name = self.order.database
        return LeftInBetween(
            f"{self.server.dsn.where} went away while {name} was being swapped: it may be closed",
            "start the server, then `studioops recover back` opens it (with psql: "
            f"ALTER DATABASE {quoted(name)} ALLOW_CONNECTIONS true)",
        )


def _renaming(name: str, to: str) -> Composed:
    return SQL("ALTER DATABASE {} RENAME TO {}").format(Identifier(name), Identifier(to))
