"""A migration under load, side by side with the ALTER TABLEs that a user would type."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from bench.cluster import cluster
from bench.database import drop, make, rest
from bench.migrate.ending import ended_alike, ending
from bench.migrate.figures import over_time
from bench.migrate.load import capacity
from bench.migrate.measuring import How, Measured, measure
from bench.migrate.page import page
from bench.migrate.server_log import LOGGED
from bench.migrate.ways import OURS, PLAIN
from bench.publishing import DOCS, Told, publish, teller

MILLION = 1_000_000
NAME = "bench_migrate"
# One comes first in one round, the other in the next.
ORDERS = ((PLAIN, OURS), (OURS, PLAIN))
HALF = 0.5


def main(words: Sequence[str] = ()) -> None:
    """Measure, write the page, draw the plot.

    Args:
        words: options, as in ``python -m bench migrate --help``.
    """
    options = _options(words)
    tell = teller()
    rows = round(options.rows * MILLION)
    with cluster(*LOGGED) as admin:
        rate = options.rate or HALF * reached(admin, rows, options.before, tell)
        how = How(rate, options.warm, options.before, options.report, options.after)
        rounds = [
            one_round(admin, rows, how, ORDERS[number % len(ORDERS)], tell)
            for number in range(options.rounds)
        ]
    write(options.docs, rows, how, rounds)
    tell(f"written: {options.docs}")


def reached(admin: str, rows: int, seconds: float, tell: Told) -> float:
    """Transactions in a second that this machine can do.

    Args:
        admin: the superuser's connection string.
        rows: of the large table.
        seconds: how long it is measured; as long again before, to warm up.
        tell: told what is going on.
    """
    dsn = make(admin, __package__, "data", rows, NAME)
    capacity(dsn, max(1, round(seconds)))
    rate = capacity(dsn, max(1, round(seconds)))
    tell(f"{rows:,} rows: {rate:.0f} transactions in a second at most")
    return rate


def one_round(
    admin: str, rows: int, how: How, order: Sequence[str], tell: Told
) -> dict[str, Measured]:
    """Both ways, each on a database of its own that is as new.

    Args:
        admin: the superuser's connection string.
        rows: of the large table.
        how: how long everything takes.
        order: which way comes first.
        tell: told what is going on.

    Raises:
        RuntimeError: a way failed, or they ended otherwise.
    """
    measured, endings = {}, {}
    for way in order:
        dsn = make(admin, __package__, "data", rows, NAME)
        rest(admin)
        measured[way] = measure(way, admin, dsn, how, tell)
        endings[way] = ending(dsn)
        drop(admin, NAME)
    ended_alike(endings[OURS], endings[PLAIN])
    return measured


def write(docs: Path, rows: int, how: How, rounds: Sequence[dict[str, Measured]]) -> None:
    """Write the page and draw the plot.

    Args:
        docs: the directory they go to.
        rows: of the large table.
        how: how long everything took.
        rounds: what was measured in each.
    """
    publish(
        docs, "migrate", page(rows, how, rounds), [over_time(one) for one in rounds[0].values()]
    )


def _options(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench migrate", description=__doc__)
    parser.add_argument("--rows", type=float, default=4, help="of the large table, in millions")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--report", type=float, default=30, help="seconds of the long transaction")
    parser.add_argument("--warm", type=float, default=10, help="seconds before anything counts")
    parser.add_argument("--before", type=float, default=20, help="seconds before the migration")
    parser.add_argument("--after", type=float, default=10, help="seconds behind it")
    parser.add_argument(
        "--rate", type=float, help="transactions in a second, if not half of what is reached"
    )
    parser.add_argument(
        "--docs", type=Path, default=DOCS, help="where the page goes, if not to docs/"
    )
    return parser.parse_args(words)
