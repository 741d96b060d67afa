"""What is wanted of a migration under load, and what was measured."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from bench.migrate.figures import percentile
from bench.migrate.measuring import Measured
from bench.migrate.ways import OURS, PLAIN

Row = tuple[str, ...]
Round = Mapping[str, Measured]
WAITED, SLOWER = 0.05, 2.0
P99 = 0.99


def claims(rounds: Sequence[Round]) -> Iterator[Row]:
    """Rows of a table: what, how much is wanted, how much was measured in each round.

    Args:
        rounds: both ways, in each.
    """
    yield (
        "longest wait of a client's statement / that of the plain way",
        f"≤ {WAITED}",
        *(_marked(waited(one), WAITED, 3) for one in rounds),
    )
    yield (
        "99th percentile during the migration / before it",
        f"≤ {SLOWER:g}",
        *(_marked(slower(one[OURS]), SLOWER, 2) for one in rounds),
    )
    yield (
        "failed transactions of clients",
        "none",
        *(_marked(one[OURS].done.failed, 0, 0) for one in rounds),
    )


def waited(one: Round) -> float:
    """The longest wait of ours as a share of the plain way's.

    Args:
        one: a round.
    """
    return one[OURS].waited() / one[PLAIN].waited()


def slower(one: Measured) -> float:
    """The 99th percentile during a migration, against that before it.

    Args:
        one: of a way.
    """
    return percentile(one.during(), P99) / percentile(one.before(), P99)


def _marked(value: float, most: float, digits: int) -> str:
    """What misses its aim says so by itself."""
    return f"{value:.{digits}f}" + ("" if value <= most else " **missed**")
