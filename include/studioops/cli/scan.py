"""``studioops scan``: every relationship of the contract and of the catalog."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import typer

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
from studioops.cli.output import console, print_error
from studioops.cli.progress import progress_bar
from studioops.cli.render import print_scan
from studioops.cli.whole import look_at_the_rest
from studioops.integrity import scan as scan_target
from studioops.model import Report, Status


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(help="Find broken references: every relationship, declared or not.")(scan)


def scan(
    *,
    target: TargetOption = None,
    dsn: DsnOption = None,
    contract: ContractOption = None,
    timeout: TimeoutOption = None,
    paranoid: Annotated[
        bool, typer.Option("--paranoid", help="Read heaps alone: an index can be corrupt.")
    ] = False,
    one_snapshot: Annotated[
        bool,
        typer.Option(
            "--one-snapshot", help="See all of it as of one moment; keeps VACUUM waiting meanwhile."
        ),
    ] = False,
    repairs: Annotated[bool, typer.Option("--repairs", help="Print every repair.")] = False,
    format_: FormatOption = None,
    json_output: JsonOption = False,
) -> None:
    """Scan a target, print the report, record it where there is a ledger."""
    wanted = chosen_format(format_, json_output=json_output)
    chosen = choose(target, dsn, contract, timeout)
    quiet = wanted is not Format.TABLE
    with chosen.open("scan") as database, progress_bar(quiet=quiet) as progress:
        with chosen.reader(database, "scan") as (read, server):
            report = scan_target(
                read,
                chosen.contract,
                target=chosen.label,
                progress=progress,
                paranoid=paranoid,
                range_rows=chosen.settings.scan_range_rows,
                connections=chosen.settings.scan_connections,
                one_snapshot=one_snapshot,
                server=server,
            )
        report = look_at_the_rest(chosen, database, report)
    print_report(
        report, wanted, lambda: print_scan(report, console(), repairs=repairs), chosen.contract
    )
    if report.status is Status.NOT_CHECKED:
        print_error(*_unseen(report))
    record(chosen.settings, replace(report, target=chosen.identity), "scan")
    raise typer.Exit(report.status.exit_code)


def _unseen(report: Report) -> tuple[str, str]:
    """The one line that says why a scan can't call its target well."""
    unseen = [one for one in report.subjects if one.status is Status.NOT_CHECKED]
    whole, _, step = (unseen[0].reason if unseen else report.evidence["reason"]).partition(
        "; next: "
    )
    count = f"{len(unseen)} of {len(report.subjects)} not checked: " if unseen else ""
    return f"{report.target}: {count}{whole}", step or "see the report for each"
