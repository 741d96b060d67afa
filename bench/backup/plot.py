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
LABELS = {
    "dump": "pg_dump,\ncopying",
    "take_bare": "take, no\nfingerprints",
    "take": "take",
    "restore": "pg_restore",
    "drill": "drill",
}
# Colours that stay apart for whoever sees red and green as one.
COLOURS = (
    "#0072b2", "#e69f00", "#56b4e9", "#009e73", "#f0e442", "#d55e00", "#cc79a7", "#555555",
)  # fmt: skip
# A step that is less than that of its bar is drawn with the rest.
LEAST = 0.02
REST = "the rest"
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
    whole, drawn = plt.subplots(
        1, len(figures), figsize=(5 * len(figures), 5.6), layout="constrained", squeeze=False
    )
    names = list(
        dict.fromkeys(step for one in figures for way in LABELS for step in large(one, way))
    )
    colours = {name: COLOURS[n % (len(COLOURS) - 1)] for n, name in enumerate(sorted(names))}
    colours[REST] = COLOURS[-1]
    for axes, one in zip(drawn[0], figures, strict=True):
        bars(axes, one, colours)
    seen = {label: bar for axes in drawn[0] for bar, label in labelled(axes)}
    whole.legend(seen.values(), seen.keys(), loc="outside lower center", ncols=5, frameon=False)
    whole.savefig(path, metadata={"Date": None})


def labelled(axes: Any) -> Any:
    """What stands in the legend, and its name."""
    return zip(*axes.get_legend_handles_labels(), strict=True)


def large(one: dict[str, Any], way: str) -> dict[str, float]:
    """The steps of a way that can be seen, by name.

    Args:
        one: the figures of a database.
        way: its name.
    """
    steps = one["steps"][way]
    least = LEAST * sum(steps.values())
    return {name: took for name, took in steps.items() if took >= least and name != "else"}


def bars(axes: Any, one: dict[str, Any], colours: dict[str, str]) -> None:
    """A bar a way, made of its steps.

    Args:
        axes: to draw on.
        one: the figures of a database.
        colours: by step.
    """
    for way, label in LABELS.items():
        steps, height = large(one, way), 0.0
        total = sum(one["steps"][way].values())
        for name, took in {**steps, REST: total - sum(steps.values())}.items():
            axes.bar(label, took, bottom=height, color=colours[name], label=name)
            height += took
        axes.text(label, total, f"{total:.1f} s", ha="center", va="bottom")
    axes.set(title=f"{one['rows'] / MILLION:g} million rows", ylabel="seconds")
    axes.grid(axis="y", color="#dddddd")


if __name__ == "__main__":
    main(sys.argv[1])
