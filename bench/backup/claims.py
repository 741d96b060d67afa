"""What is wanted of backups and drills, and what was measured."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bench.backup.measuring import Measured
from bench.backup.ways import DRILL, DUMP, RESTORE, TAKE, TAKE_BARE

Row = tuple[str, ...]
# Way, whose time it is held against, words, most that is wanted.
RATIOS = (
    (TAKE_BARE, DUMP, "take without fingerprints / pg_dump and copying", 1.1),
    (TAKE, DUMP, "take with fingerprints / pg_dump and copying", 1.5),
    (DRILL, RESTORE, "drill, everything proven / pg_restore", 1.6),
)
MORE_MB = 16


def claims(measured: Sequence[Measured]) -> Iterator[Row]:
    """Rows of a table: what, how much is wanted, how much was measured on each database.

    Args:
        measured: on every database, smallest first.
    """
    for way, other, words, most in RATIOS:
        yield (words, f"≤ {most}", *(_marked(one.ratio(way, other), most) for one in measured))
    for way in (TAKE, DRILL):
        least = measured[0].peak(way)
        shown = (
            f"{one.peak(way):.0f} MB (+{one.grown(way):.0f}){_mark(one.peak(way) - least, MORE_MB)}"
            for one in measured
        )
        yield (
            f"memory of {way} (of which it grew by)",
            f"≤ {MORE_MB} MB more than the first",
            *shown,
        )


def _marked(value: float, most: float) -> str:
    return f"{value:.2f}{_mark(value, most)}"


def _mark(value: float, most: float) -> str:
    """What misses its aim says so by itself."""
    return "" if value <= most else " **missed**"
