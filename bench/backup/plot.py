"""The plot of the benchmark, drawn by the benchmarks' own virtual environment.

A program of its own: ``python plot.py FILE``, with the figures on its standard input.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import matplotlib as mpl

mpl.use("svg")
from matplotlib import pyplot as plt
from matplotlib.patches import Patch

Figures = list[dict[str, Any]]
LABELS = {
    "dump": "pg_dump,\ncopying",
    "take_bare": "take, no\nfingerprints",
    "take": "take",
    "restore": "pg_restore",
    "drill": "drill",
}
# By colour, what is the same work on both sides; colours that stay apart for whoever sees red and
# green as one.
STEPS = {
    "pg_dump": "pg_dump",
    "dump and shipping": "pg_dump",
    "waiting for fingerprints": "fingerprints",
    "rows compared": "fingerprints",
    "copying to the store": "copying, fetching",
    "fetch": "copying, fetching",
    "pg_restore": "pg_restore",
    "restore": "pg_restore",
    "definitions": "definitions",
    "definitions compared": "definitions",
    "amcheck": "amcheck",
    "references": "scan of references",
    "createdb": "database made and dropped",
    "dropdb": "database made and dropped",
    "scratch place made": "database made and dropped",
    "scratch place dropped": "database made and dropped",
}
REST = "the rest"
COLOURS = {
    "pg_dump": "#0072b2",
    "pg_restore": "#0072b2",
    "copying, fetching": "#56b4e9",
    "fingerprints": "#e69f00",
    "amcheck": "#d55e00",
    "scan of references": "#cc79a7",
    "definitions": "#009e73",
    "database made and dropped": "#f0e442",
    REST: "#999999",
}
MILLION = 1e6


def main(path: str) -> None:
    """Draw.

    Args:
        path: of the picture.
    """
    figures: Figures = json.load(sys.stdin)
    mpl.rcParams.update(
        {"font.size": 10, "svg.fonttype": "none", "svg.hashsalt": "bench", "axes.axisbelow": True}
    )
    width = max(9, 5 * len(figures))
    whole, drawn = plt.subplots(
        1, len(figures), figsize=(width, 5.6), layout="constrained", squeeze=False
    )
    for axes, one in zip(drawn[0], figures, strict=True):
        bars(axes, one)
    # pg_dump and pg_restore are one colour, and never in one bar.
    shown = {name: colour for name, colour in COLOURS.items() if name != "pg_restore"}
    patches = [Patch(color=colour) for colour in shown.values()]
    labels = [name if name != "pg_dump" else "pg_dump, pg_restore" for name in shown]
    whole.legend(patches, labels, loc="outside lower center", ncols=4, frameon=False)
    whole.savefig(path, metadata={"Date": None})


def grouped(steps: dict[str, float]) -> dict[str, float]:
    """Seconds by what a step is shown as, in the order of the colours.

    Args:
        steps: seconds of each.
    """
    together = dict.fromkeys(COLOURS, 0.0)
    for name, took in steps.items():
        together[STEPS.get(name, REST)] += max(0.0, took)
    return together


def bars(axes: Any, one: dict[str, Any]) -> None:
    """A bar a way, made of its steps.

    Args:
        axes: to draw on.
        one: the figures of a database.
    """
    for way, label in LABELS.items():
        height = 0.0
        for name, took in grouped(one["steps"][way]).items():
            axes.bar(label, took, bottom=height, color=COLOURS[name])
            height += took
        axes.text(label, height, f"{height:.1f} s", ha="center", va="bottom")
    axes.set(title=f"{one['rows'] / MILLION:g} million rows", ylabel="seconds")
    axes.grid(axis="y", color="#dddddd")


if __name__ == "__main__":
    main(sys.argv[1])
