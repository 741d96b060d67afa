"""Dropping the scratch databases that somebody left behind."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import psycopg

from studioops.backups.restoring.lease import Lease
from studioops.backups.restoring.scratch import drop_for_good, scratch_databases
from studioops.backups.restoring.server import Session, dsn_of, on_server
from studioops.errors import DatabaseError
from studioops.postgres import load_sql

# Between CREATE DATABASE and its comment lie milliseconds; an hour is nobody's.
UNSIGNED_AGE = timedelta(hours=1)


def sweep_scratch(server: str, *, owner: str, now: datetime) -> list[str]:
    """Drop every scratch database on a server whose user is gone.

    Gone means: the lease's time is over, its process on this host ended, or it belongs to another
    run of the asking DAG. One without a lease was left between two statements: it is dropped when
    it is an hour old by its name, has no connection, and holds nothing at all. One that cannot be
    dropped now is left for the next sweep.

    Args:
        server: connection string of any database on the server, which is not touched.
        owner: who asks, as in a lease.
        now: with its offset.

    Returns:
        the names of those that were dropped.

    Raises:
        DatabaseError: the server can't be reached.
    """
    with on_server(server) as session:
        return [
            one["name"]
            for one in scratch_databases(session)
            if one["ours"] and _is_left(server, one, owner, now) and _drop(session, server, one)
        ]


def _is_left(server: str, one: Mapping[str, Any], owner: str, now: datetime) -> bool:
    lease: Lease | None = one["lease"]
    if lease is not None:
        return bool(lease.over(now, owner))
    old = now - one["made_at"] > UNSIGNED_AGE
    # Any comment at all is somebody's word; ours is the first that such a database gets.
    return old and not one["comment"] and not one["programs"] and _is_empty(server, one["name"])


def _is_empty(server: str, name: str) -> bool:
    try:
        with on_server(dsn_of(server, name)) as session:
            found = session.execute(load_sql(__package__, "contents")).fetchone()
    except DatabaseError:
        return False
    return found is not None and found["objects"] == 0


def _drop(session: Session, server: str, one: Mapping[str, Any]) -> bool:
    with suppress(DatabaseError, psycopg.errors.InsufficientPrivilege):
        drop_for_good(session, server, one["name"])
        return True
    return False
