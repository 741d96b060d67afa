"""A scratch database for one proof: gone at its end, and what killed proofs left goes too."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from studioops.backups.restoring.lease import this_process_lease
from studioops.backups.restoring.scratch import Scratch, drop_scratch, make_scratch
from studioops.backups.restoring.sweep import sweep_scratch

LEASE_HOURS = 48
PREFIX = "studioops_verify"


@contextmanager
def scratch_place(server: str) -> Iterator[Scratch]:
    """An empty database that is dropped at the end, however that comes.

    Args:
        server: connection string of a database on the server, which is not touched.

    Raises:
        DatabaseError: the server can't be reached, or the role may make none.
    """
    lease = this_process_lease(LEASE_HOURS, "backup verify")
    sweep_scratch(server, owner=lease.owner, now=datetime.now(UTC))
    place = make_scratch(server, lease=lease, prefix=PREFIX)
    try:
        yield place
    finally:
        drop_scratch(server, place.name)
