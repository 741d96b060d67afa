"""The way back: the database that was kept gets its name again; the recovered one is kept."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from studioops.backups.recovery.marks import Known, Role
from studioops.backups.recovery.mend import Found, look_around, reopen
from studioops.backups.recovery.names import kept_name, new_run_id, quoted
from studioops.backups.recovery.needs import Needs
from studioops.backups.recovery.plan import kept_words
from studioops.backups.recovery.rights import Asked, look_at_rights, require_rights
from studioops.backups.recovery.server import alone, maintenance, target_database
from studioops.backups.recovery.swap import Boundary, Order, Swapped, swap
from studioops.backups.seen import Seen, report_of
from studioops.backups.steps import Steps
from studioops.errors import Refused
from studioops.model import Report, Stopwatch
from studioops.postgres import Database

KIND = "recover_back"


@dataclass(frozen=True)
class BackHow:
    """How one goes back.

    Args:
        target: what reports call it.
        approve: told in one line what will be done; raises Refused where nobody agrees.
        to: a certain kept database; None for the one that the present one took the place of.
        timeout: seconds for every statement.
        boundary: called between the steps of the swap.
    """

    target: str
    approve: Callable[[str], None]
    to: str | None = None
    timeout: float = 900
    boundary: Boundary = field(default=lambda _: None)


def go_back(dsn: str, how: BackHow) -> Report:
    """Put things back as they were before a recovery; needs neither store nor ledger.

    Where a swap was killed in the middle, this opens the target again and does no more.

    Args:
        dsn: of the target.
        how: to which database, and who agrees.

    Raises:
        Refused: there is nothing to go back to, a right is missing, or nobody agreed.
        CouldNotCheck: the server can't be reached.
        LeftInBetween: the server went away during the swap.
    """
    watch, database = Stopwatch(), target_database(dsn)
    with maintenance(dsn, timeout=how.timeout) as server, alone(server, database):
        if reopen(server, database):
            seen = Seen.of("opened again after a recovery that was killed")
            evidence = _evidence(database, server, look_around(server, database), {})
            return report_of(KIND, how.target, seen, watch, evidence)
        found = look_around(server, database)
        incoming = _incoming(found, database, how.to)
        rights = look_at_rights(server, Asked(database, Needs(), None))
        require_rights(rights)
        order = _order(database, incoming, watch)
        how.approve(
            f"{incoming.name} becomes {database} again; what is called {database} now is kept as "
            f"{order.keep_as}"
        )
        steps = Steps()
        swapped = swap(server, order, steps=steps, boundary=how.boundary)
        words = _words(order, swapped, steps)
        evidence = _evidence(database, server, look_around(server, database), words)
        return report_of(KIND, how.target, Seen.of("swap", seconds=swapped.away), watch, evidence)


def _incoming(found: Found, database: str, to: str | None) -> Known:
    listed = ", ".join(one.name for one in found.kept) or "none"
    if to is not None:
        for one in found.kept:
            if one.name == to:
                return one
        raise Refused(
            f"{to} is no database that a recovery of {database} kept (there are: {listed})",
            "name one of them with --to",
        )
    if found.way_back is None:
        raise Refused(
            f"{database} did not come by a recovery whose old database is still there "
            f"(kept: {listed})",
            "name one of those with --to, or recover from a backup: `studioops recover plan`",
        )
    return found.way_back


def _order(database: str, incoming: Known, watch: Stopwatch) -> Order:
    run = new_run_id(watch.started_at)
    return Order(
        database,
        incoming.name,
        kept_name(database, "recovered", run),
        run,
        watch.started_at.isoformat(),
        incoming_role=None,
        outgoing_role=Role.ASIDE,
    )


def _words(order: Order, swapped: Swapped, steps: Steps) -> dict[str, Any]:
    again = f"studioops recover back --to {shlex.quote(swapped.kept)}" if swapped.kept else ""
    return {
        "swapped": True,
        "run": order.run,
        "kept": swapped.kept,
        "way_back": again,
        "drop_kept": f"DROP DATABASE {quoted(swapped.kept)}" if swapped.kept else "",
        "sessions_ended": swapped.ended,
        "away_seconds": swapped.away,
        "steps": steps.seconds,
    }


def _evidence(
    database: str, server: Database, found: Found, words: dict[str, Any]
) -> dict[str, Any]:
    nothing = {
        "swapped": False, "run": "", "kept": "", "way_back": "", "drop_kept": "",
        "sessions_ended": 0, "away_seconds": 0.0, "steps": {},
    }  # fmt: skip
    return {
        "database": database,
        "server": server.dsn.where,
        **nothing,
        **words,
        "databases": kept_words(found),
    }
