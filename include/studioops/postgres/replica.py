"""A standby that is read in its primary's place: the same server, and not behind it."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from studioops.errors import NotItsReplica, ReplicaBehind
from studioops.postgres.connect import Database
from studioops.postgres.sql import fetch, load_sql

PRIMARY = "the primary"
PAUSE_S = 0.2


@contextmanager
def reader(
    primary: Database, replica: Database | None, patience: float
) -> Iterator[tuple[Database, str]]:
    """The server to read rows from: the replica where there is one, caught up.

    A replica that can't be read is told of and never passed over: it is there so that nobody
    loads the primary by night.

    Args:
        primary: the target.
        replica: its standby, or None; closed at the end.
        patience: seconds to wait for it.

    Yields:
        the server, and what a report calls it.

    Raises:
        DatabaseError: as :func:`catch_up`.
    """
    if replica is None:
        yield primary, PRIMARY
        return
    with replica:
        position = catch_up(primary, replica, patience)
        yield replica, f"the replica {replica.dsn.where}, which had all up to {position}"


def catch_up(primary: Database, replica: Database, patience: float) -> str:
    """Wait until a replica has replayed all that its primary has on disk by now.

    What is read from it afterwards is at least as new as this call, so that evidence is never
    older than it says.

    Args:
        primary: the target.
        replica: the standby that is to be read in its place.
        patience: seconds to wait.

    Returns:
        the primary's position in its log (an LSN) that the replica has passed.

    Raises:
        NotItsReplica: it is no standby, or one of another server or database.
        ReplicaBehind: it is still behind when time is up.
        DatabaseError: one of the two can't be asked.
    """
    wanted = _ask(primary, "0/0")
    until = time.monotonic() + patience
    while True:
        seen = _ask(replica, wanted["position"])
        _refuse_stranger(primary, replica, wanted, seen)
        if seen["behind"] <= 0:
            return str(wanted["position"])
        if time.monotonic() >= until:
            raise ReplicaBehind(
                f"{replica.dsn.where} is {int(seen['behind'])} bytes of log behind "
                f"{primary.dsn.where} after {patience:.0f} s",
                "see pg_stat_replication on the primary and pg_stat_wal_receiver on the replica, "
                "raise STUDIOOPS_REPLICA_WAIT (seconds), or take the replica out of the settings",
            )
        time.sleep(PAUSE_S)


def _ask(database: Database, position: str) -> Mapping[str, Any]:
    with database.transaction() as connection:
        return fetch(connection, load_sql(__package__, "replica"), {"position": position})[0]


def _refuse_stranger(
    primary: Database, replica: Database, wanted: Mapping[str, Any], seen: Mapping[str, Any]
) -> None:
    step = "mend the target's replica in the settings (STUDIOOPS_TARGETS__NAME__REPLICA)"
    if not seen["standby"]:
        raise NotItsReplica(f"{replica.dsn.where} is no standby: it takes writes itself", step)
    if (seen["system"], seen["database"]) != (wanted["system"], wanted["database"]):
        raise NotItsReplica(
            f"{replica.dsn.where} is a standby of another server or database than "
            f"{primary.dsn.where}",
            step,
        )
