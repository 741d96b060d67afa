"""The scan for orphans, side by side with what a user would use instead."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bench.cluster import cluster
from bench.publishing import DOCS, publish, teller
from bench.scan.cases import MILLION, databases
from bench.scan.measuring import Measured, measure
from bench.scan.page import page
from bench.scan.ways import WAYS

QUICK = {"rows": [0.1], "tables": 30, "rounds": 1}
# Autovacuum would read along whenever it likes; the cases vacuum and analyse by themselves.
ALONE = "autovacuum=off"


def main(words: Sequence[str] = ()) -> None:
    """Measure, write the page, draw the plot.

    Args:
        words: options, as in ``python -m bench scan --help``.
    """
    options = _options(words)
    tell = teller()
    sizes = [round(rows * MILLION) for rows in options.rows]
    measured: list[Measured] = []
    with cluster(ALONE) as admin:
        for case, dsn in databases(admin, sizes, options.tables):
            tell(f"{case.name}: made")
            measured.append(measure(case, dsn, options.ways, options.rounds, tell))
    docs = Path(tempfile.mkdtemp(prefix="studioops-bench-")) if options.quick else DOCS
    _write(docs, measured, options.rounds)
    tell(f"written: {docs}")


def _options(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench scan", description=__doc__)
    parser.add_argument("--rows", type=float, nargs="*", default=[1, 4, 16], help="in millions")
    parser.add_argument("--tables", type=int, default=1000, help="of the schema of small ones")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--ways", nargs="+", choices=WAYS, default=list(WAYS), metavar="WAY")
    parser.add_argument(
        "--quick", action="store_true", help="small, once, and not written to docs/: a minute"
    )
    options = parser.parse_args(words)
    if options.quick:
        parser.set_defaults(**QUICK)
        options = parser.parse_args(words)
    return options


def _write(docs: Path, measured: Sequence[Measured], rounds: int) -> None:
    publish(docs, "scan", page(measured, rounds), [one.plain() for one in measured])
