"""The place beside the target: an empty database on its server, gone unless it was swapped in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Protocol

from psycopg.sql import SQL

from studioops.backups.model import Manifest
from studioops.backups.recovery.server import execute
from studioops.backups.restoring.lease import this_process_lease
from studioops.backups.restoring.scratch import Scratch, drop_scratch, make_scratch
from studioops.backups.restoring.sweep import sweep_scratch
from studioops.backups.seen import Seen
from studioops.errors import DatabaseError
from studioops.postgres import Limits, Pool, open_database

PREFIX = "studioops_recover"
LEASE_HOURS = 72
PATIENCE_S = 6 * 3600


class Restored(Protocol):
    """How a restore went."""

    @property
    def seconds(self) -> float:
        """Until the copy could be used."""


RestoreBeside = Callable[[Manifest, Scratch], tuple[Restored, Seen, Seen]]


@contextmanager
def place_beside(server: str, manifest: Manifest) -> Iterator[Scratch]:
    """An empty database like the original. At the end it is dropped, if it still has its name.

    Args:
        server: connection string of a database that is not renamed.
        manifest: of the backup that goes into it.

    Raises:
        DatabaseError: it can't be made, such as for want of the locale.
    """
    lease = this_process_lease(LEASE_HOURS, "recovery")
    sweep_scratch(server, owner=lease.owner, now=datetime.now(UTC))
    place = make_scratch(server, lease=lease, like=manifest.server, prefix=PREFIX)
    try:
        yield place
    finally:
        drop_scratch(server, place.name)


def gather_statistics(place: Scratch) -> str:
    """Let the planner know the rows, or the application would crawl after the swap.

    Args:
        place: with the copy.

    Returns:
        why it could not be done; empty otherwise. It is no reason to keep an application down.
    """
    limits = Limits(statement_timeout=PATIENCE_S, read_only=False)
    try:
        with (
            open_database(place.dsn, limits=limits, pool=Pool(1, 0)) as database,
            database.transaction(isolation="READ COMMITTED") as connection,
        ):
            execute(connection, SQL("ANALYZE"))
    except DatabaseError as error:
        return f"{error.message}; next: ANALYZE"
    return ""
