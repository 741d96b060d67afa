"""The line that says what nobody could look at."""

from __future__ import annotations

from studioops.cli.output import print_error
from studioops.model import Report, Status


def print_unseen(report: Report) -> None:
    """One line on stderr that says why nobody can call a report well; none where it is not so.

    Args:
        report: whose subjects' reasons end in ``; next: …``.
    """
    if report.status is not Status.NOT_CHECKED:
        return
    first = next(one for one in report.subjects if one.status is Status.NOT_CHECKED)
    said, _, step = first.reason.partition("; next: ")
    print_error(f"{report.target}: {first.name}: {said}", step or "see the report for each")
