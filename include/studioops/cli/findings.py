"""Findings as text: by check, worst first, so that what explains twenty of them is said once."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console

from studioops.model import Finding, Report, Severity, Status

STYLES = {"passed": "green", "failed": "bold red", "not_checked": "yellow", "": ""}


def print_line(out: Console, text: str, style: str = "") -> None:
    """One line, never wrapped.

    Args:
        out: where to.
        text: a name in it may hold a line break; what is a line of the report stays one.
        style: of rich.
    """
    out.print(text.replace("\n", "\\n"), style=style, soft_wrap=True, markup=False)


def print_findings(
    all_findings: Iterable[Finding], out: Console, *, repairs: bool, more: str
) -> None:
    """Print findings with their repairs.

    Args:
        all_findings: in any order.
        out: where to.
        repairs: whether each one's repair is printed, not only the first of each check.
        more: how to see the others.
    """
    findings = list(all_findings)
    groups = _by_check(findings)
    for check, group in groups.items():
        first = group[0]
        out.print()
        style = STYLES["failed"] if first.severity.fails else "bold"
        print_line(out, f"{first.severity} {check} ({len(group)}): {first.why}", style)
        for finding in group:
            print_line(out, f"  {finding.object}: {finding.message}")
            if repairs or finding is first:
                _print_repair(finding.repair, out)
    if len(findings) > len(groups) and not repairs:
        out.print()
        print_line(out, f"every repair: {more}")


def unseen_line(report: Report) -> tuple[str, str]:
    """The one line that says why nobody can call a report's subject well, and what to type.

    Args:
        report: that is not_checked.
    """
    unseen = [one for one in report.subjects if one.status is Status.NOT_CHECKED]
    said, _, step = unseen[0].reason.partition("; next: ")
    count = f"{len(unseen)} of {len(report.subjects)} not checked: {unseen[0].name}"
    return f"{report.target}: {count}: {said}", step or "see the report for each"


def _by_check(findings: list[Finding]) -> dict[str, list[Finding]]:
    groups: dict[str, list[Finding]] = {}
    for severity in reversed(Severity):
        for finding in sorted(findings, key=lambda one: one.object):
            if finding.severity is severity:
                groups.setdefault(finding.check, []).append(finding)
    return groups


def _print_repair(script: str, out: Console) -> None:
    """A script's lines one under the other, to be copied as they are."""
    first, *rest = script.splitlines() or [""]
    print_line(out, f"    repair: {first}")
    for line in rest:
        print_line(out, f"            {line}")
