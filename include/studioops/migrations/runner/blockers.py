"""Who keeps a step waiting, asked while it waits: afterwards nobody can tell."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import chain, repeat
from threading import Event, Thread

import psycopg

from studioops.migrations.operations import Session
from studioops.migrations.runner.hold import Hold
from studioops.postgres import load_sql

# Often at first, when a lock is waited for that is soon given up; then a step is at work.
LOOK_EVERY_S, OFTEN, LATER = 0.04, 25, 5


@dataclass
class Blockers:
    """Whoever was seen in a step's way last.

    Args:
        told: a line each.
        transactions: theirs, as the server's locks name them.
        table: that was waited for, by schema and name; None where it was no table.
    """

    told: list[str] = field(default_factory=list)
    transactions: set[str] = field(default_factory=set)
    table: tuple[str, str] | None = None

    def __str__(self) -> str:
        """All of them in one line."""
        return "; ".join(self.told) or "nobody was seen in the way"


@contextmanager
def watched(hold: Hold, seen: Blockers) -> Iterator[None]:
    """Look, as long as a step goes on, who keeps it waiting.

    Args:
        hold: of the target; its guard asks, for its working session is the one that waits.
        seen: told who.
    """
    done = Event()
    thread = Thread(target=_look, args=(hold, seen, done), name="blockers", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _look(hold: Hold, seen: Blockers, done: Event) -> None:
    paces = chain(repeat(1, OFTEN), repeat(LATER))
    while not done.wait(LOOK_EVERY_S * next(paces)):
        pid = hold.pid
        if pid is None:
            continue
        # The step itself tells of a connection that is lost.
        with suppress(psycopg.Error):
            _note(seen, hold.guard, pid)


def _note(seen: Blockers, guard: Session, pid: int) -> None:
    rows = guard.execute(load_sql(__package__, "blocking"), {"pid": pid}).fetchall()
    if not rows:
        return
    seen.told = [
        f"process {row['pid']} ({row['application']}, role {row['role']}, {row['state']}, its "
        f"transaction {row['seconds']:.0f} s old): {row['query']}"
        for row in rows
    ]
    seen.transactions = {row["transaction"] for row in rows} - {None}
    named = (rows[0]["schema_name"], rows[0]["table_name"])
    seen.table = named if all(named) else None
