"""The pg_dump that leaves nothing of a target out."""

from __future__ import annotations

from contextlib import suppress

from studioops.errors import ToolMissing
from studioops.postgres import Database, fetch, load_sql
from studioops.postgres.client_tools import ClientTools, needs_tls, tools_for

# Older ones do not say who owns schema public, so that every restore gives it back to whoever made
# the cluster.
WHOLE_SINCE = 15


def dump_tools(database: Database, major: int) -> ClientTools:
    """The server's own programs; newer ones only where its own would leave something out.

    The archive of a newer pg_dump takes a newer pg_restore, which not every server has beside it.

    Args:
        database: the target.
        major: of its server's version.

    Raises:
        ToolMissing: none is installed that fits.
        DatabaseError: the target can't be read.
    """
    tls = needs_tls(database.dsn)
    if major < WHOLE_SINCE and _public_was_given_away(database):
        # Where there is none, the drill tells what the copy lacks.
        with suppress(ToolMissing):
            return tools_for(WHOLE_SINCE, tls=tls)
    return tools_for(major, tls=tls)


def _public_was_given_away(database: Database) -> bool:
    with database.transaction() as connection:
        return bool(fetch(connection, load_sql(__package__, "given_away")))
