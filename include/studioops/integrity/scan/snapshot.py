"""A snapshot that several transactions share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from studioops.postgres import Database, fetch

# Whoever holds it idles meanwhile, and a server may end sessions that do.
EXPORT = """
SELECT set_config('idle_in_transaction_session_timeout', '0', true), pg_export_snapshot() AS name
"""


@contextmanager
def held_snapshot(database: Database, name: str = "") -> Iterator[str]:
    """The name of a snapshot, which other transactions can take as long as it is held.

    Args:
        database: the target.
        name: of one that somebody holds already.

    Raises:
        DatabaseError: none can be had.
    """
    if name:
        yield name
        return
    with database.transaction() as connection:
        yield str(fetch(connection, EXPORT)[0]["name"])
