"""``studioops evidence``: when each thing was last proven, and by which run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from studioops.cli.findings import STYLES
from studioops.cli.ledger import ledger_of
from studioops.cli.options import JsonOption, TargetOption
from studioops.cli.output import SCHEMA_VERSION, console, print_json
from studioops.cli.render import print_scan
from studioops.ledger import StoredReport, SubjectEvidence
from studioops.model import Status
from studioops.settings import load_settings


def register(app: typer.Typer) -> None:
    """Add the group."""
    group = typer.Typer(help="The ledger of evidence.")
    group.command(help="The last look at each subject, and when it last passed.")(show)
    group.callback()(lambda: None)
    app.add_typer(group, name="evidence")


def show(
    target: TargetOption = None,
    report: Annotated[
        int | None, typer.Option("--report", help="One report in full, by its number.")
    ] = None,
    json_output: JsonOption = False,
) -> None:
    """Show what the ledger knows; the exit code is that of the worst it shows."""
    with ledger_of(load_settings()) as ledger:
        if report is not None:
            _show_report(ledger.report(report), json_output)
        subjects = ledger.latest(target)
    status = Status.worst(one.status for one in subjects)
    if json_output:
        print_json(_document(subjects, status))
    elif subjects:
        console().print(_table(subjects))
    else:
        console().print("nothing has been looked at yet: run `studioops scan`", soft_wrap=True)
    raise typer.Exit(status.exit_code)


def _document(subjects: Sequence[SubjectEvidence], status: Status) -> dict[str, object]:
    return {
        "schema_version": SCHEMA_VERSION,
        "status": str(status),
        "subjects": [asdict(one) for one in subjects],
    }


def _show_report(stored: StoredReport, json_output: bool) -> None:
    report = stored.report
    if json_output:
        print_json({"schema_version": SCHEMA_VERSION, **report.as_json()})
    elif report.kind == "scan":
        print_scan(report, console())
    else:
        for one in report.subjects:
            console().print(f"{one.status} {one.name} {one.reason}", soft_wrap=True, markup=False)
    raise typer.Exit(report.status.exit_code)


def _table(subjects: Sequence[SubjectEvidence]) -> Table:
    table = Table(box=None, pad_edge=False)
    for name in ("status", "report", "target", "kind", "subject", "looked at", "last passed"):
        table.add_column(name, no_wrap=True)
    for one in subjects:
        style = STYLES.get(str(one.status), "")
        table.add_row(
            f"[{style}]{one.status}[/]" if style else str(one.status),
            str(one.report_id),
            *(escape(text) for text in (one.target, one.kind, one.subject)),
            _moment(one.looked_at),
            _moment(one.passed_at) if one.passed_at else "never",
        )
    return table


def _moment(when: datetime) -> str:
    return when.astimezone().isoformat(sep=" ", timespec="seconds")
