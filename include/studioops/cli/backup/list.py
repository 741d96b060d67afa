"""``studioops backup list``: which backups there are, how old, and what is proven of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from studioops.backups.listing import Listed, judge, newest_proven
from studioops.backups.listing import list_backups as every_backup
from studioops.backups.seen import report_of
from studioops.backups.words import age, bytes_of
from studioops.cli.backup.options import DatabaseOption
from studioops.cli.backup.vault import VaultOption, open_shelf
from studioops.cli.backup.words import print_unseen
from studioops.cli.findings import STYLES, print_findings, print_line
from studioops.cli.ledger import record
from studioops.cli.options import JsonOption, TargetOption, choose
from studioops.cli.output import console, print_json
from studioops.cli.pasted import Typed
from studioops.model import Report, Stopwatch

COLUMNS = ("backup", "age", "size", "tables", "rows", "last drill", "status")
RIGHT = ("age", "size", "tables", "rows")


def list_backups(
    target: TargetOption = None,
    dsn: DatabaseOption = None,
    to: VaultOption = None,
    json_output: JsonOption = False,
) -> None:
    """List a target's backups: exit 0 when the newest is young enough and some one is proven."""
    chosen, watch = choose(target, dsn, None, None), Stopwatch()
    typed = chosen.typed(to=to)
    with typed.told(), open_shelf(chosen, to) as shelf:
        backups = every_backup(shelf, datetime.now(UTC))
        where = shelf.vault.where
    seen, proven = judge(backups, chosen.settings.age_target, where), newest_proven(backups)
    evidence = {
        "where": where,
        "newest_proven": proven.backup_id if proven else None,
        "backups": [one.as_json() for one in backups],
    }
    report = typed.report(report_of("backup_list", chosen.label, seen, watch, evidence))
    if json_output:
        print_json(report.evidence)
    else:
        _print(report, backups, console(), typed)
    print_unseen(report)
    record(chosen.settings, replace(report, target=chosen.identity), "backup list")
    raise typer.Exit(report.status.exit_code)


def _print(report: Report, backups: Sequence[Listed], out: Console, typed: Typed) -> None:
    head = f"{report.target}: {report.status}: {len(backups)} backups in {report.evidence['where']}"
    print_line(out, head, STYLES.get(str(report.status), ""))
    if backups:
        out.print(_table(backups))
    for one in backups:
        if one.reason:
            said = f"{one.status}: {one.backup_id}: {typed.pasted(one.reason)}"
            print_line(out, said, STYLES[one.status])
    proven = newest_proven(backups)
    newest = f"{proven.backup_id}, {age(proven.age_seconds)} old" if proven else "none"
    print_line(out, f"newest proven faithful: {newest}")
    print_findings(report.findings, out, repairs=True, more="")


def _table(backups: Sequence[Listed]) -> Table:
    table = Table(box=None, pad_edge=False)
    for name in COLUMNS:
        table.add_column(name, no_wrap=True, justify="right" if name in RIGHT else "left")
    for one in backups:
        spooled = f" (spooled on {one.spooled_on})" if one.spooled_on else ""
        table.add_row(
            escape(f"{one.backup_id}{spooled}"),
            age(one.age_seconds),
            "?" if one.size is None else bytes_of(one.size),
            *("?" if figure is None else f"{figure:,}" for figure in (one.tables, one.rows)),
            escape(_drill(one)),
            f"[{STYLES[one.status]}]{one.status}[/]",
        )
    return table


def _drill(one: Listed) -> str:
    if not one.readable:
        return "can't be read"
    if one.proven is None:
        return "never"
    last = one.proven
    when = f"{last.proven_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    return f"faithful {last.faithful}, sound {last.sound}, {when}"
