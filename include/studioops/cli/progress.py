"""Progress on stderr, where somebody watches."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn


@contextmanager
def progress_bar(
    *, quiet: bool, doing: str = "looking at"
) -> Iterator[Callable[[str, int, int], None] | None]:
    """A bar that long work moves, gone when it is done.

    Args:
        quiet: show none; nor is one shown where stderr is no terminal.
        doing: what the work is, before its figures.
    """
    if quiet or not sys.stderr.isatty():
        yield None
        return
    columns = (
        TextColumn(doing),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        # A table's name may hold brackets.
        TextColumn("{task.description}", markup=False),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("the catalog", total=None)
        yield lambda name, done, total: bar.update(
            task, description=name, completed=done, total=total
        )
