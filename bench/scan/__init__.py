"""The scan for orphans, side by side with what a user would use instead."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from bench.cluster import cluster
from bench.scan.cases import MILLION, databases
from bench.scan.measuring import Measured, measure
from bench.scan.page import page
from bench.scan.ways import WAYS

DOCS = Path(__file__).parents[2] / "docs"
PYTHON = Path(__file__).parents[2] / ".venv-bench" / "bin" / "python"
QUICK = {"rows": [0.1], "tables": 30, "rounds": 1}
# Autovacuum would read along whenever it likes; the cases vacuum and analyse by themselves.
ALONE = "autovacuum=off"


def main(words: Sequence[str] = ()) -> None:
    """Measure, write the page, draw the plot.

    Args:
        words: options, as in ``python -m bench scan --help``.
    """
    options = _options(words)
    if not PYTHON.exists():
        raise SystemExit("bench: there is no .venv-bench with dbt; next: make bench")
    began = time.monotonic()

    def tell(text: str) -> None:
        sys.stdout.write(f"[{time.monotonic() - began:5.0f} s] {text}\n")
        sys.stdout.flush()

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
    text, picture = docs / "bench" / "scan.md", docs / "images" / "bench-scan.svg"
    for path in (text, picture):
        path.parent.mkdir(parents=True, exist_ok=True)
    text.write_text(page(measured, rounds), encoding="utf-8")
    sys.stdout.write(text.read_text(encoding="utf-8"))
    figures = json.dumps([one.plain() for one in measured])
    subprocess.run(
        [PYTHON, Path(__file__).with_name("plot.py"), picture],
        input=figures.encode(),
        check=True,
    )
