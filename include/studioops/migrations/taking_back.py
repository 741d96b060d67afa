"""The newest migration taken back, and told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from studioops.backups.seen import Seen, report_of
from studioops.errors import DatabaseError
from studioops.migrations.clock import Progress
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
        somebody else has changed meanwhile is a warning, and so is what stays in quarantine.

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
        return Seen.of(HELD, _findings(_rows(dsn, run)))
    except DatabaseError as error:
        return Seen.unseen(HELD, f"{error.message}; next: {HELD_LOOK}")


def _rows(dsn: str, run: UUID) -> list[dict[str, Any]]:
    with open_database(dsn, application="rollback") as database, reading(database) as session:
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
