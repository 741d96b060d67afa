"""Who is connected to a database, and ending them."""

from __future__ import annotations

import time
from dataclasses import dataclass

from studioops.errors import Refused
from studioops.postgres import Database, fetch, load_sql

PAUSE_S = 0.05
PATIENCE_S = 30.0
# A monitor's session that this role may not end is often gone by itself, and a restore that took
# hours is thrown away otherwise.
STRANGERS_PATIENCE_S = 5.0
SHOWN = 3


@dataclass(frozen=True, slots=True)
class Session:
    """One session.

    Args:
        pid: the server's process.
        role: whose it is.
        application: as it calls itself; empty where we may not see.
        ours_to_end: whether this role may end it.
    """

    pid: int
    role: str
    application: str
    ours_to_end: bool

    def __str__(self) -> str:
        return f"{self.pid} of {self.role}" + (f" ({self.application})" if self.application else "")


def read_sessions(server: Database, database: str) -> list[Session]:
    """Who is connected to a database.

    Args:
        server: from :func:`~studioops.backups.recovery.server.maintenance`.
        database: its name.
    """
    with server.transaction(isolation="READ COMMITTED") as connection:
        rows = fetch(connection, load_sql(__package__, "sessions"), {"database": database})
    return [Session(**row) for row in rows]


def end_sessions(server: Database, database: str, *, patience: float = PATIENCE_S) -> int:
    """End every session of a database that takes no new ones, and wait until they are gone.

    Args:
        server: from :func:`~studioops.backups.recovery.server.maintenance`.
        database: its name.
        patience: seconds to wait.

    Returns:
        how many there were.

    Raises:
        Refused: one may not be ended by this role, or does not end.
    """
    began, ended = time.monotonic(), set[int]()
    while sessions := read_sessions(server, database):
        mine = [one.pid for one in sessions if one.ours_to_end]
        if mine:
            with server.transaction(isolation="READ COMMITTED") as connection:
                fetch(connection, load_sql(__package__, "end"), {"pids": mine})
        ended.update(mine)
        if time.monotonic() - began > (patience if mine else min(patience, STRANGERS_PATIENCE_S)):
            raise Refused(
                f"sessions on {database} do not end: {named(sessions)}",
                f"end them: SELECT pg_terminate_backend({sessions[0].pid}), then run this again",
            )
        time.sleep(PAUSE_S)
    return len(ended)


def named(sessions: list[Session]) -> str:
    """The first of them, and how many more."""
    more = len(sessions) - SHOWN
    return ", ".join(str(one) for one in sessions[:SHOWN]) + (
        f" and {more} more" if more > 0 else ""
    )
