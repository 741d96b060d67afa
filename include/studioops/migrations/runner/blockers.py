"""Who keeps a step waiting, asked while it waits: afterwards nobody can tell."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from threading import Event, Thread

import psycopg

from studioops.migrations.operations import Session
from studioops.migrations.runner.hold import Hold
from studioops.postgres import load_sql

LOOK_EVERY_S = 0.2


@dataclass
class Blockers:
    """Whoever was seen in a step's way last.

    Args:
        told: a line each.
    """

    told: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        """All of them in one line."""
        return "; ".join(self.told) or "nobody was seen in the way"


@contextmanager
def watched(hold: Hold) -> Iterator[Blockers]:
    """Look, as long as a step goes on, who keeps it waiting.

    Args:
        hold: of the target; its guard asks, for its working session is the one that waits.
    """
    seen, done = Blockers(), Event()
    thread = Thread(target=_look, args=(hold, seen, done), name="blockers", daemon=True)
    thread.start()
    try:
        yield seen
    finally:
        done.set()
        thread.join()


def _look(hold: Hold, seen: Blockers, done: Event) -> None:
    while not done.wait(LOOK_EVERY_S):
        pid = hold.pid
        if pid is None:
            continue
        # The step itself tells of a connection that is lost.
        with suppress(psycopg.Error):
            found = _blocking(hold.guard, pid)
            seen.told = found or seen.told


def _blocking(guard: Session, pid: int) -> list[str]:
    rows = guard.execute(load_sql(__package__, "blocking"), {"pid": pid}).fetchall()
    return [
        f"process {row['pid']} ({row['application']}, role {row['role']}, {row['state']}, its "
        f"transaction {row['seconds']:.0f} s old): {row['query']}"
        for row in rows
    ]
