"""``python -m bench [NAME [OPTION …]]``: run benchmarks and write their pages under docs/bench."""

from __future__ import annotations

import pkgutil
import sys
from importlib import import_module

import bench

# What benchmarks share is none itself.
SHARED = {"__main__", "apart", "cluster", "database", "publishing", "store"}
# Takes longest.
LAST = {"backup"}


def main(words: list[str]) -> int:
    """Run the named benchmark, or all.

    Args:
        words: a benchmark's name, then options of its own.
    """
    there = {one.name for one in pkgutil.iter_modules(bench.__path__)} - SHARED
    known = sorted(there, key=lambda name: (name in LAST, name))
    names, options = words[:1] or known, words[1:]
    if names[0] not in known:
        sys.stderr.write(f"no benchmark {names[0]!r}; there are: {', '.join(known)}\n")
        return 2
    for name in names:
        run = import_module(f"bench.{name}").main
        run(*([options] if options else []))
    return 0


sys.exit(main(sys.argv[1:]))
