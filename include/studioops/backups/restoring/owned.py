"""Dropping all scratch databases of one owner, whatever they are called."""

from __future__ import annotations

from studioops.backups.restoring.scratch import drop_for_good, scratch_databases
from studioops.backups.restoring.server import on_server


def drop_owned(server: str, owner: str) -> list[str]:
    """Drop every scratch database of one owner.

    Args:
        server: connection string of any database on the server, which is not touched.
        owner: as in their leases.

    Returns:
        the names of those that were dropped.

    Raises:
        DatabaseBusy: something holds on to one.
        DatabaseError: the server can't be reached.
    """
    with on_server(server) as session:
        mine = [
            one["name"]
            for one in scratch_databases(session)
            if one["lease"] is not None and one["lease"].owner == owner
        ]
        for name in mine:
            drop_for_good(session, server, name)
    return mine
