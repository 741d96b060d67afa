"""Figures of backups as people read them, and the line that says what nobody could look at."""

from __future__ import annotations

from studioops.cli.output import print_error
from studioops.model import Report, Status

MINUTE, HOUR, DAY = 60, 3600, 86400
UNITS = ("B", "kB", "MB", "GB", "TB")
STEP = 1000


def age(seconds: float) -> str:
    """An age, in the two largest units that matter.

    Args:
        seconds: negative for a moment that is still to come.
    """
    if seconds < 0:
        return f"-{age(-seconds)}"
    if seconds < MINUTE:
        return f"{seconds:.0f} s"
    if seconds < HOUR:
        return f"{seconds // MINUTE:.0f} min"
    if seconds < DAY:
        return f"{seconds // HOUR:.0f} h {seconds % HOUR // MINUTE:.0f} min"
    return f"{seconds // DAY:.0f} d {seconds % DAY // HOUR:.0f} h"


def bytes_of(size: float) -> str:
    """A size with its unit.

    Args:
        size: bytes.
    """
    for unit in UNITS:
        if size < STEP or unit == UNITS[-1]:
            break
        size /= STEP
    return f"{size:.0f} {unit}" if unit == UNITS[0] else f"{size:.1f} {unit}"


def print_unseen(report: Report) -> None:
    """One line on stderr that says why nobody can call a report well; none where it is not so.

    Args:
        report: whose subjects' reasons end in ``; next: …``.
    """
    if report.status is not Status.NOT_CHECKED:
        return
    first = next(one for one in report.subjects if one.status is Status.NOT_CHECKED)
    said, _, step = first.reason.partition("; next: ")
    print_error(f"{report.target}: {first.name}: {said}", step or "see the report for each")
