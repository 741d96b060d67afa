"""What benchmarks with a page and a plot have in common."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
DOCS = HERE.parent / "docs"
# matplotlib conflicts with the lock.
PYTHON = HERE.parent / ".venv-bench" / "bin" / "python"
Told = Callable[[str], None]


def teller() -> Told:
    """Tells what is going on, each line with the seconds since now.

    Raises:
        SystemExit: nothing can be drawn at the end.
    """
    if not PYTHON.exists():
        raise SystemExit("bench: there is no .venv-bench to draw with; next: make bench")
    began = time.monotonic()

    def tell(text: str) -> None:
        sys.stdout.write(f"[{time.monotonic() - began:5.0f} s] {text}\n")
        sys.stdout.flush()

    return tell


def publish(docs: Path, name: str, text: str, figures: Sequence[Any]) -> None:
    """Write a benchmark's page, show it, and draw its plot.

    Args:
        docs: the directory they go to.
        name: of the benchmark.
        text: of the page.
        figures: plain values, as its ``plot.py`` takes them.
    """
    page, picture = docs / "bench" / f"{name}.md", docs / "images" / f"bench-{name}.svg"
    for path in (page, picture):
        path.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(text, encoding="utf-8")
    sys.stdout.write(text)
    subprocess.run(
        [PYTHON, HERE / name / "plot.py", picture], input=json.dumps(figures).encode(), check=True
    )
