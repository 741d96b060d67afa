"""A recovery's plan and its outcome as text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rich.console import Console

from studioops.backups.recovery.lines import moment, plan_lines
from studioops.cli.findings import STYLES, print_findings, print_line
from studioops.model import Report, Status

MORE = "--json"


def print_plan(report: Report, out: Console) -> None:
    """Print what a recovery would do.

    Args:
        report: of kind ``recover_plan``.
        out: where to.
    """
    told = report.evidence
    head = f"{report.target}: {report.status}: recovery of {told['database']} on {told['server']}"
    print_line(out, head, STYLES.get(str(report.status), ""))
    for line in plan_lines(told):
        print_line(out, line)
    _unseen(report, out)
    print_findings(report.findings, out, repairs=True, more=MORE)


def print_recovery(report: Report, out: Console) -> None:
    """Print what a recovery did, or a way back.

    Args:
        report: of kind ``recover`` or ``recover_back``.
        out: where to.
    """
    told = report.evidence
    did = "swapped" if told["swapped"] else report.subjects[0].name
    head = f"{report.target}: {report.status}: {did} in {report.seconds:.1f} s"
    print_line(out, head, STYLES.get(str(report.status), ""))
    for line in _done(told) if told["swapped"] else ("no database was renamed",):
        print_line(out, line)
    steps = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in told["steps"].items())
    if steps:
        print_line(out, f"steps: {steps}")
    _unseen(report, out)
    print_findings(report.findings, out, repairs=True, more=MORE)


def _done(told: Mapping[str, Any]) -> Iterator[str]:
    if "backup" in told:
        since = moment(told["lost"]["since"])
        yield f"{told['database']} is backup {told['backup']['id']}; lost: all since {since}"
    yield (
        f"nobody could connect for {told['away_seconds']:.1f} s; "
        f"{told['sessions_ended']} sessions were ended"
    )
    if told["kept"]:
        yield f"kept: {told['kept']} (closed; nothing of it is lost)"
        yield f"the way back: {told['way_back']}"
        yield f"when you are sure: {told['drop_kept']}"


def _unseen(report: Report, out: Console) -> None:
    for one in report.subjects:
        if one.status is Status.NOT_CHECKED:
            print_line(out, f"not_checked: {one.name}: {one.reason}", STYLES["not_checked"])
        elif one.status is Status.NOT_APPLICABLE:
            print_line(out, f"{one.name}: {one.reason}")
