"""The newest migration taken back, and told."""

from __future__ import annotations

from studioops.backups.seen import Seen, report_of
from studioops.migrations.clock import Progress
from studioops.migrations.runner import Reverted, revert
from studioops.model import Finding, Report, Severity, Stopwatch

KIND = "rollback"
WHY = "somebody else changed it while the migration stood, and nobody else's work is undone"
LOOK = "compare with a backup from before, and decide"


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
        somebody else has changed meanwhile is a warning.

    Raises:
        Refused: another migration runs.
        LeftInBetween: a step could not be taken back.
        DatabaseError: the target can't be reached, and nothing was changed.
    """
    watch = Stopwatch()
    reverted = revert(dsn, progress=progress, run_by=run_by)
    if reverted is None:
        return report_of(KIND, target, Seen.of("nothing to take back"), watch, {"run": None})
    return report_of(KIND, target, _seen(reverted), watch, {"run": str(reverted.run)})


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
