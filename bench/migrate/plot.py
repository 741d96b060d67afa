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

Figures = list[dict[str, Any]]
TITLES = {"plain": "plain ALTER TABLEs", "ours": "studioops migrate apply"}
# Colours that stay apart for whoever sees red and green as one.
COLOURS = {"longest": "#d55e00", "p99": "#0072b2"}
LABELS = {"longest": "longest of a second", "p99": "99th percentile of a second"}
# By colour and in turn, what the migration does.
SHADES = {
    "orphans": "#cc79a7",
    "varchar to uuid": "#e69f00",
    "index": "#009e73",
    "key added": "#56b4e9",
    "key's actions": "#f0e442",
}
OTHERS = "#bbbbbb"
MILLI = 1000


def main(path: str) -> None:
    """Draw.

    Args:
        path: of the picture.
    """
    figures: Figures = json.load(sys.stdin)
    mpl.rcParams.update(
        {"font.size": 10, "svg.fonttype": "none", "svg.hashsalt": "bench", "axes.axisbelow": True}
    )
    whole, drawn = plt.subplots(
        len(figures), 1, figsize=(11, 3.6 * len(figures)), layout="constrained", sharey=True
    )
    ordered = sorted(figures, key=lambda one: list(TITLES).index(one["way"]))
    for axes, one in zip(drawn, ordered, strict=True):
        over_time(axes, one)
    found = {}
    for axes in drawn:
        handles, labels = axes.get_legend_handles_labels()
        found |= dict(zip(labels, handles, strict=True))
    whole.legend(found.values(), found.keys(), loc="outside lower center", ncols=4, frameon=False)
    whole.savefig(path, metadata={"Date": None})


def over_time(axes: Any, one: dict[str, Any]) -> None:
    """Latency by time, and what the migration did meanwhile.

    Args:
        axes: to draw on.
        one: the figures of a way.
    """
    for name, began, ended in one["parts"]:
        words = {"label": name, "linewidth": 0}
        axes.axvspan(began, ended, color=SHADES.get(name, OTHERS), alpha=0.35, **words)
    for name, label in LABELS.items():
        values = [MILLI * value for value in one[name]]
        axes.plot(one["at"], values, color=COLOURS[name], linewidth=1.2, label=label)
    axes.set(
        title=f"{TITLES[one['way']]}: {one['seconds']:.0f} s",
        xlabel="seconds since it began",
        ylabel="latency, ms",
        yscale="log",
    )
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.grid(color="#dddddd")


if __name__ == "__main__":
    main(sys.argv[1])
