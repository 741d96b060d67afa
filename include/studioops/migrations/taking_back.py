"""The newest migration taken back, and told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from studioops.backups.seen import Seen, fault, report_of
from studioops.errors import DatabaseError
from studioops.migrations.clock import Progress
from studioops.migrations.journal.journal import lines
from studioops.migrations.operations import Session
from studioops.migrations.quarantine.lost import lost
from studioops.migrations.quarantine.shelf import is_shelf_there
from studioops.migrations.reading import reading
from studioops.migrations.runner import Reverted, revert
from studioops.model import Finding, Report, Severity, Stopwatch
from studioops.postgres import load_sql, open_database

KIND = "rollback"
WHY = "somebody else changed it while the migration stood, and nobody else's work is undone"
LOOK = "compare with a backup from before, and decide"
HELD = "rows in quarantine"
HELD_WHY = "somebody else has written meanwhile what it meets, and nobody else's work is undone"
HELD_LOOK = "SELECT * FROM studioops.quarantine WHERE conflict IS NOT NULL AND returned_at IS NULL;"
LOST_WHY = "nobody can put them back from there, and the table is not as it was before"
LOST_REPAIR = "bring them from a backup from before the migration: studioops recover plan"
ROW = "SELECT * FROM studioops.quarantine WHERE batch = '{}' AND ordinal = {};"
TOLD = 20


def take_back(
    dsn: str, target: str, progress: Progress | None = None, *, run_by: str | None = None
) -> Report:
    """Take the newest migration of a target back.

    Args:
        dsn: of the target.
        target: what reports call it.
        progress: told each step.
        run_by: whose run alone is taken back; None for whoever's.

    Returns:
        a report of kind ``rollback``: passed where every definition is as it was before; what
        somebody else has changed meanwhile is a warning, and so is what stays in quarantine;
        what somebody has deleted from there is a fault.

    Raises:
        Refused: another migration runs.
        LeftInBetween: a step could not be taken back.
        DatabaseError: the target can't be reached, and nothing was changed.
    """
    watch = Stopwatch()
    reverted = revert(dsn, progress=progress, run_by=run_by)
    if reverted is None:
        return report_of(KIND, target, Seen.of("nothing to take back"), watch, {"run": None})
    seen = Seen.together([_seen(reverted), _held(dsn, reverted.run)])
    return report_of(KIND, target, seen, watch, {"run": str(reverted.run)})


def _seen(reverted: Reverted) -> Seen:
    back = Seen.of("taken back")
    if reverted.unread:
        reason = f"{reverted.unread}; next: studioops migrate status"
        return Seen.together([back, Seen.unseen("definitions as before", reason)])
    found = [
        Finding("not_as_before", line, Severity.WARNING, line, WHY, LOOK)
        for line in reverted.changed
    ]
    return Seen.together([back, Seen.of("definitions as before", found)])


def _held(dsn: str, run: UUID) -> Seen:
    """It is taken back whatever this finds, or does not find."""
    try:
        with open_database(dsn, application="rollback") as database, reading(database) as session:
            found = [*_lost(session, run), *_findings(_rows(session, run))]
    except DatabaseError as error:
        return Seen.unseen(HELD, f"{error.message}; next: {HELD_LOOK}")
    return Seen.of(HELD, found)


def _lost(session: Session, run: UUID) -> Iterator[Finding]:
    for one in lost(session, lines(session, run).values()):
        message = f"{one.count} of {one.taken} that it took out had been deleted from quarantine"
        yield fault("lost_from_quarantine", one.step, message, LOST_WHY, LOST_REPAIR)


def _rows(session: Session, run: UUID) -> list[dict[str, Any]]:
    if not is_shelf_there(session):
        return []
    values = {"run": run, "limit": TOLD}
    return session.execute(load_sql(__package__, "still_held"), values).fetchall()


def _findings(rows: list[dict[str, Any]]) -> Iterator[Finding]:
    for row in rows:
        yield _still_held(row)
    more = rows[0]["total"] - len(rows) if rows else 0
    if more:
        message = f"{more} more stay in quarantine"
        yield Finding("still_held", HELD, Severity.WARNING, message, HELD_WHY, HELD_LOOK)


def _still_held(row: Mapping[str, Any]) -> Finding:
    what = "a row" if row["kind"] == "removed" else "a reference"
    message = f"{what} stays in quarantine: {row['conflict']}"
    repair = ROW.format(row["batch"], row["ordinal"])
    return Finding("still_held", row["table"], Severity.WARNING, message, HELD_WHY, repair)
