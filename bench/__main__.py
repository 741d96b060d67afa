"""``python -m bench [NAME …]``: run the benchmarks and write their pages under docs/bench."""

from __future__ import annotations

import sys

from bench import scan

BENCHES = {"scan": scan.main}


def main(names: list[str]) -> int:
    """Run the named benchmarks, or all.

    Args:
        names: of benchmarks.
    """
    unknown = [name for name in names if name not in BENCHES]
    if unknown:
        sys.stderr.write(f"no benchmark {unknown[0]!r}; there are: {', '.join(BENCHES)}\n")
        return 2
    for name in names or BENCHES:
        BENCHES[name]()
    return 0


sys.exit(main(sys.argv[1:]))
