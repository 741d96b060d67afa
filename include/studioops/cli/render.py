"""A scan's report as text: the figures first, then what is wrong, then what nobody looked at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from studioops.integrity import foreign_key_line, orphans_line
from studioops.model import Finding, Report, Severity

STYLES = {"passed": "green", "failed": "bold red", "not_checked": "yellow", "": ""}
SHOW_PASSED_UP_TO = 60


def print_scan(report: Report, out: Console, *, repairs: bool = False) -> None:
    """Print a scan's report.

    Args:
        report: of kind ``scan``.
        out: a console; lines are never wrapped or coloured where it is no terminal.
        repairs: whether each finding's repair is printed, not only the first of each check.
    """
    document = report.evidence
    _line(out, headline(report), STYLES.get(str(report.status), ""))
    _line(out, orphans_line(document["summary"]))
    if document["reason"]:
        _line(out, document["reason"], STYLES["not_checked"])
    _relationships(document["relationships"], out)
    _not_checked(document, out)
    _findings(report, out, repairs=repairs)


def headline(report: Report) -> str:
    """The first line: the status and how it comes about."""
    summary = report.evidence["summary"]
    return (
        f"{report.target}: {report.status}: {summary['relationships']} relationships in "
        f"{report.seconds:.1f} s: {summary['passed']} passed, {summary['failed']} failed, "
        f"{summary['not_checked']} not_checked"
    )


def _line(out: Console, text: str, style: str = "") -> None:
    # A name may hold a line break; what is a line of the report stays one.
    out.print(text.replace("\n", "\\n"), style=style, soft_wrap=True, markup=False)


def _relationships(entries: list[Mapping[str, Any]], out: Console) -> None:
    looked_at = [one for one in entries if one["status"] != "not_checked"]
    everything = len(looked_at) <= SHOW_PASSED_UP_TO
    shown = [one for one in looked_at if everything or one["status"] == "failed"]
    # Scanned at once or in batches: the same lines in the same order.
    shown.sort(key=lambda one: (one["status"] != "failed", one["child"], one["parent"]))
    if not shown:
        return
    table = Table(box=None, pad_edge=False, title_justify="left")
    table.add_column("status", no_wrap=True)
    table.add_column("relationship", overflow="fold")
    table.add_column("foreign key: on delete / on update")
    for column in ("orphans", "malformed", "rows"):
        table.add_column(column, justify="right", no_wrap=True)
    for one in shown:
        table.add_row(
            f"[{STYLES[one['status']]}]{one['status']}[/]",
            escape(_short(one)),
            escape(foreign_key_line(one)),
            *(_figure(one[name]) for name in ("orphans", "malformed", "rows")),
        )
    out.print()
    out.print(table)
    if len(shown) < len(looked_at):
        _line(out, f"({len(looked_at) - len(shown)} that passed are not listed)")


def _short(entry: Mapping[str, Any]) -> str:
    """Both ends, without the schema that everybody means."""
    child, parent = (entry[end].removeprefix("public.") for end in ("child", "parent"))
    return f"{child} → {parent}"


def _figure(value: int | None) -> str:
    return "?" if value is None else f"{value}"


def _not_checked(document: Mapping[str, Any], out: Console) -> None:
    names = [
        (f"{one['child']} → {one['parent']}", one["reason"])
        for one in document["relationships"]
        if one["status"] == "not_checked"
    ]
    names += [(f"{one['column']} in {one['bucket']}", one["reason"]) for one in document["objects"]]
    if names:
        out.print()
    for name, reason in names:
        _line(out, f"not_checked: {name}: {reason}", STYLES["not_checked"])


def _findings(report: Report, out: Console, *, repairs: bool) -> None:
    """By check, worst first, so that what explains twenty findings is said once."""
    by_check: dict[str, list[Finding]] = {}
    for severity in reversed(Severity):
        for finding in sorted(report.findings, key=lambda one: one.object):
            if finding.severity is severity:
                by_check.setdefault(finding.check, []).append(finding)
    for check, findings in by_check.items():
        first = findings[0]
        out.print()
        style = STYLES["failed"] if first.severity.fails else "bold"
        _line(out, f"{first.severity} {check} ({len(findings)}): {first.why}", style)
        for finding in findings:
            _line(out, f"  {finding.object}: {finding.message}")
            if repairs or finding is first:
                _line(out, f"    repair: {finding.repair}")
    if len(report.findings) > len(by_check) and not repairs:
        out.print()
        _line(out, "every repair: `studioops scan --repairs`, or --json, or the report's page")
