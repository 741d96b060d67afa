"""The page that the benchmark writes."""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from bench.objects.ways import HEADS, LOST, STRAY

Costs = Mapping[str, Mapping[str, float]]


def line(size: int, costs: Costs) -> str:
    """One line of the table.

    Args:
        size: objects of the bucket.
        costs: of each way.
    """
    cells = [f"{size:,}"]
    for way in ("ours", "in_memory"):
        one = costs[way]
        cells += [
            f"{one['seconds']:.1f}",
            f"{one['peak']:.0f}",
            f"{one['peak'] - one['before']:.0f}",
        ]
    cells.append(f"{'~' if size > HEADS else ''}{costs['one_by_one']['seconds']:.0f}")
    return f"| {' | '.join(cells)} |"


def page(lines: Sequence[str]) -> str:
    """The page under docs/.

    Args:
        lines: of the table.
    """
    machine = f"{platform.machine()}, Python {platform.python_version()}"
    return "\n".join(
        [
            "# Rows against objects, side by side",
            "",
            f"Written by `python -m bench objects` on {datetime.now(UTC):%Y-%m-%d} ({machine}). A "
            "real bucket (SeaweedFS) and a real table (PostgreSQL) on the same two cores; "
            f"{LOST} rows without an object and {STRAY} objects without a row, which the first two "
            "found exactly. Each way has a process of its own.",
            "",
            "| objects | studioops, s | its peak MB | of which it grew by "
            "| two sets in memory, s | its peak MB | of which it grew by | a HEAD a row, s |",
            "|---|---|---|---|---|---|---|---|",
            *lines,
            "",
            *NOTES,
            "",
        ]
    )


NOTES = (
    "- studioops reads the column by a cursor and the bucket's list page by page into a scratch "
    "file (SQLite with a cache of 16 MB), and looks at what seems wrong a second time, after the "
    "two seconds that writers get. The other two look once.",
    f"- A HEAD a row was measured on the first {HEADS:,} rows and multiplied (~); it finds no "
    "object without a row.",
    "- The peak is the process's VmHWM, interpreter and libraries included; what it grew by is the "
    "comparison's own.",
    "- The objects have one byte each and were put in by the store's own loader of metadata "
    "(`weed shell`, `fs.meta.load`), since a million PUTs take half an hour here; they are listed, "
    "found and read over S3 like any other.",
)
