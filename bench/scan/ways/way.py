"""What a way is: something that looks for orphans, and says how many it found and when."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Run:
    """One run of a way.

    Args:
        seconds: from its start to its answer.
        found: orphans by reference (``schema.table(column)``).
        peak_mb: the most memory that its process had; None where it has no process of its own.
    """

    seconds: float
    found: dict[str, int]
    peak_mb: float | None = None


@dataclass(frozen=True)
class Way:
    """One way to look for orphans.

    Args:
        title: what tables and plots call it.
        prepare: from a connection string and a directory of its own, makes what is run and timed.
        process: whether it is a process of its own, its start counted.
        slow: whether large cases see it once instead of several times.
    """

    title: str
    prepare: Callable[[str, Path], Callable[[], Run]]
    process: bool = False
    slow: bool = False
