"""Figures of backups as people read them."""

from __future__ import annotations

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
