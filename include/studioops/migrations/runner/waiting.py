"""Between two tries: waiting, in nobody's way, until those are gone who kept a step from its lock.

Behind a strong lock that is waited for every new query queues up. So it is asked for when there is
a chance to get it, and not just now and then.
"""

from __future__ import annotations

import time
from contextlib import suppress

import psycopg
from psycopg.sql import SQL, Identifier

from studioops.errors import StudioOpsError
from studioops.migrations.operations import Lock
from studioops.migrations.runner.blockers import Blockers
from studioops.migrations.runner.hold import Hold
from studioops.postgres import load_sql

ASK_EVERY_S = 0.1
# A lock that no client's statement asks for. Autovacuum, which a short lock_timeout never sends
# away, gives way to whoever waits for it for longer than deadlock_timeout.
POLITE = SQL("LOCK TABLE {} IN SHARE UPDATE EXCLUSIVE MODE")


def wait_out(hold: Hold, seen: Blockers, longest: float) -> None:
    """Wait until nobody of those is left in their transactions, or it takes too long.

    Args:
        hold: of the target.
        seen: who kept the last try waiting; nobody before the first one.
        longest: seconds that are waited at most; autovacuum and other changes of the table have
            their own time.
    """
    if not seen.told:
        return
    # Whatever goes wrong here, the step itself will tell.
    with suppress(StudioOpsError, psycopg.Error):
        if seen.table is not None:
            with hold.transaction(Lock.SHARE_UPDATE_EXCLUSIVE.patience) as session:
                session.execute(POLITE.format(Identifier(*seen.table)))
        ends = time.monotonic() + longest
        while _there(hold, seen) and time.monotonic() < ends:
            time.sleep(ASK_EVERY_S)


def _there(hold: Hold, seen: Blockers) -> bool:
    values = {"transactions": sorted(seen.transactions)}
    row = hold.guard.execute(load_sql(__package__, "still_there"), values).fetchone()
    return bool(row and row["there"])
