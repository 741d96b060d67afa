"""A scan's report as text: the figures first, then what is wrong, then what nobody looked at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from studioops.cli.findings import STYLES, print_findings, print_line
from studioops.integrity import foreign_key_line, orphans_line, reading_line, rest_lines
from studioops.model import Report

MORE = "`studioops scan --repairs`, or --json, or the report's page"
SHOW_PASSED_UP_TO = 60


def print_scan(report: Report, out: Console, *, repairs: bool = False) -> None:
    """Print a scan's report.

    Args:
        report: of kind ``scan``.
        out: a console; lines are never wrapped or coloured where it is no terminal.
        repairs: whether each finding's repair is printed, not only the first of each check.
    """
    document = report.evidence
    print_line(out, headline(report), STYLES.get(str(report.status), ""))
    print_line(out, orphans_line(document["summary"]))
    for line in (*rest_lines(document), reading_line(document)):
        if line:
            print_line(out, line)
    if document["reason"]:
        print_line(out, document["reason"], STYLES["not_checked"])
    _relationships(document["relationships"], out)
    _not_checked(document, out)
    print_findings(report.findings, out, repairs=repairs, more=MORE)


def headline(report: Report) -> str:
    """The first line: the status and how it comes about."""
    summary = report.evidence["summary"]
    return (
        f"{report.target}: {report.status}: {summary['relationships']} relationships in "
        f"{report.seconds:.1f} s: {summary['passed']} passed, {summary['failed']} failed, "
        f"{summary['not_checked']} not_checked"
    )


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
        print_line(out, f"({len(looked_at) - len(shown)} that passed are not listed)")


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
    names += [
        (f"{one['column']} ⇢ {one['bucket']}", one["reason"])
        for one in document.get("objects", ())
        if one["reason"]
    ]
    names += [
        (f"{one['column']}: {one['expectation']}", one["reason"])
        for one in document.get("expectations", ())
        if one["status"] == "not_checked"
    ]
    if names:
        out.print()
    for name, reason in names:
        print_line(out, f"not_checked: {name}: {reason}", STYLES["not_checked"])
