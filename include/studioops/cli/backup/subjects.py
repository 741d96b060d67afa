"""What was looked at as a table, where there is little of it."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from studioops.cli.findings import STYLES, print_line
from studioops.model import Status, Subject

SHOW_PASSED_UP_TO = 60


def print_subjects(subjects: Sequence[Subject], out: Console) -> None:
    """Print each subject's status, and why; of many, those that did not pass.

    Args:
        subjects: of a report.
        out: where to.
    """
    everything = len(subjects) <= SHOW_PASSED_UP_TO
    shown = [one for one in subjects if everything or one.status is not Status.PASSED]
    table = Table(box=None, pad_edge=False)
    table.add_column("status", no_wrap=True)
    table.add_column("subject", overflow="fold")
    table.add_column("why", overflow="fold")
    for one in shown:
        style = STYLES.get(str(one.status), "")
        status = f"[{style}]{one.status}[/]" if style else str(one.status)
        table.add_row(status, escape(one.name), escape(one.reason))
    out.print()
    out.print(table)
    if len(shown) < len(subjects):
        print_line(out, f"({len(subjects) - len(shown)} that passed are not listed)")
