"""Figures of what was measured."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from bench.migrate.load import Transaction
from bench.migrate.measuring import Measured

SHARES = (0.5, 0.95, 0.99)
EACH_S = 1.0


def percentile(transactions: Sequence[Transaction], share: float) -> float:
    """What a share of them did not take longer than, in seconds.

    Args:
        transactions: at least one.
        share: of them, from 0 to 1.
    """
    ordered = sorted(one.seconds for one in transactions)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def over_time(measured: Measured) -> dict[str, Any]:
    """Plain values for the plot: the longest and the 99th percentile, by when it was due.

    Args:
        measured: of a way.
    """
    by_time: dict[int, list[Transaction]] = defaultdict(list)
    for one in measured.counted_ones():
        by_time[int((one.due - measured.began) // EACH_S)].append(one)
    return {
        "way": measured.way,
        "seconds": measured.seconds,
        "parts": [
            [one.name, one.began - measured.began, one.ended - measured.began]
            for one in measured.parts
        ],
        "at": [at * EACH_S for at in sorted(by_time)],
        "longest": [max(one.seconds for one in by_time[at]) for at in sorted(by_time)],
        "p99": [percentile(by_time[at], 0.99) for at in sorted(by_time)],
    }


def medians(values: Iterable[float]) -> tuple[float, float, float]:
    """The middle one, the least and the most.

    Args:
        values: at least one.
    """
    ordered = sorted(values)
    return ordered[len(ordered) // 2], ordered[0], ordered[-1]
