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
# Colours that stay apart for whoever sees red and green as one; a dash for whole processes.
STYLES = {
    "ours": ("our scan", "#0072b2", "-", "o"),
    "validate": ("VALIDATE one by one", "#d55e00", "-", "s"),
    "not_exists": ("NOT EXISTS one by one", "#555555", "-", "^"),
    "command": ("our scan, with its start", "#0072b2", "--", "o"),
    "dbt": ("dbt test, with its start", "#009e73", "--", "D"),
    "gx": ("Great Expectations, with its start", "#cc79a7", "--", "v"),
    "gx_one": ("… of one suite alone", "#cc79a7", "--", "v"),
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
    whole, (left, right, last) = plt.subplots(1, 3, figsize=(15, 5.6), layout="constrained")
    left.sharey(right)
    by_rows(left, [one for one in figures if one["rows"] and not one["indexed"]], "no index")
    by_rows(right, [one for one in figures if one["rows"] and one["indexed"]], "each indexed")
    bars(last, [one for one in figures if not one["rows"]])
    handles, labels = left.get_legend_handles_labels()
    whole.legend(handles, labels, loc="outside lower center", ncols=4, frameon=False)
    whole.savefig(path, metadata={"Date": None})


def by_rows(axes: Any, figures: Figures, words: str) -> None:
    """Seconds by rows, both by powers.

    Args:
        axes: to draw on.
        figures: of databases of one large table.
        words: what they have in common.
    """
    rows = [one["rows"] / MILLION for one in figures]
    for way, (label, colour, line, marker) in STYLES.items():
        known = [one["medians"].get(way) for one in figures]
        if known and None not in known:
            axes.plot(rows, known, line, color=colour, marker=marker, label=label)
    axes.set(
        title=f"Five references, {words}",
        xlabel="rows, in millions",
        ylabel="seconds",
        xscale="log",
        yscale="log",
    )
    axes.set_xticks(rows, [f"{one:g}" for one in rows])
    axes.minorticks_off()
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.grid(color="#dddddd")


def bars(axes: Any, figures: Figures) -> None:
    """Seconds for many small tables, by powers.

    Args:
        axes: to draw on.
        figures: of that database.
    """
    medians = figures[0]["medians"] if figures else {}
    ways = [way for way in reversed(STYLES) if way in medians]
    seconds = [medians[way] for way in ways]
    colours = [STYLES[way][1] for way in ways]
    drawn = axes.barh([STYLES[way][0] for way in ways], seconds, color=colours)
    axes.bar_label(drawn, [f" {one:.1f} s" for one in seconds])
    axes.set(title=figures[0]["name"] if figures else "", xlabel="seconds", xscale="log")
    axes.set_xlim(0.1, 4 * max(seconds, default=1))
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.grid(axis="x", color="#dddddd")


if __name__ == "__main__":
    main(sys.argv[1])
