"""``studioops check``: the catalogue of checks, all of it or by name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from studioops.checks import Check, choose_checks, run_checks
from studioops.cli.findings import STYLES, print_findings, print_line, unseen_line
from studioops.cli.formats import Format, FormatOption, chosen_format, print_report
from studioops.cli.ledger import record
from studioops.cli.options import (
    ContractOption,
    DsnOption,
    JsonOption,
    TargetOption,
    TimeoutOption,
    choose,
)
from studioops.cli.output import SCHEMA_VERSION, console, print_error, print_json
from studioops.cli.progress import progress_bar
from studioops.model import Report, Status


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(help="Put the catalogue's questions: references, indexes, tables, server.")(check)


def check(
    names: Annotated[
        list[str] | None, typer.Argument(help="Checks or rooms; all where none is named.")
    ] = None,
    *,
    target: TargetOption = None,
    dsn: DsnOption = None,
    contract: ContractOption = None,
    timeout: TimeoutOption = None,
    repairs: Annotated[bool, typer.Option("--repairs", help="Print every repair.")] = False,
    list_them: Annotated[
        bool, typer.Option("--list", help="Tell which checks there are; connects nowhere.")
    ] = False,
    format_: FormatOption = None,
    json_output: JsonOption = False,
) -> None:
    """Check a target, print the report, record it where there is a ledger."""
    wanted = chosen_format(format_, json_output=json_output)
    asked = tuple(names or ())
    if list_them:
        _list(choose_checks(asked), wanted)
        return
    choose_checks(asked)  # a misspelt name is told before anybody connects
    chosen = choose(target, dsn, contract, timeout)
    quiet = wanted is not Format.TABLE
    with chosen.open("check") as database, progress_bar(quiet=quiet) as progress:
        report = run_checks(
            database, chosen.contract, target=chosen.label, names=asked, progress=progress
        )
    print_report(
        report, wanted, lambda: print_checks(report, console(), repairs=repairs), chosen.contract
    )
    if report.status is Status.NOT_CHECKED:
        print_error(*unseen_line(report))
    # Evidence of a part must not stand for the whole: only a full run is recorded.
    if not asked:
        record(chosen.settings, replace(report, target=chosen.identity), "check")
    raise typer.Exit(report.status.exit_code)


def print_checks(report: Report, out: Console, *, repairs: bool = False) -> None:
    """Print a report on the catalogue.

    Args:
        report: of kind ``check``.
        out: where to.
        repairs: whether each finding's repair is printed, not only the first of each check.
    """
    statuses = [one.status for one in report.subjects]
    parts = [f"{statuses.count(one)} {one}" for one in Status if one in statuses]
    line = (
        f"{report.target}: {report.status}: {len(statuses)} checks in {report.seconds:.1f} s: "
        f"{', '.join(parts)}; {len(report.findings)} findings"
    )
    print_line(out, line, STYLES.get(str(report.status), ""))
    for one in report.subjects:
        if one.status in (Status.NOT_CHECKED, Status.NOT_APPLICABLE):
            style = STYLES.get(str(one.status), "")
            print_line(out, f"{one.status}: {one.name}: {one.reason}", style)
    print_findings(
        report.findings, out, repairs=repairs, more="`studioops check --repairs`, or --json"
    )


def _list(checks: Sequence[Check], wanted: Format) -> None:
    if wanted is Format.JSON:
        entries = [
            {
                "name": one.name,
                "group": one.group,
                "severity": str(one.severity),
                "question": one.question,
                "why": one.why,
            }
            for one in checks
        ]
        print_json({"schema_version": SCHEMA_VERSION, "checks": entries})
        return
    table = Table(box=None, pad_edge=False)
    for column in ("check", "room", "severity", "question"):
        table.add_column(column, no_wrap=column != "question", overflow="fold")
    for one in checks:
        table.add_row(one.name, one.group, str(one.severity), escape(one.question))
    console().print(table)
