"""``studioops backup prune``: remove what retention gives up, after saying what and why."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console

from studioops.backups.prune import prune as prune_backups
from studioops.backups.retention import Policy
from studioops.backups.shelf import Shelf
from studioops.cli.backup.options import DatabaseOption
from studioops.cli.backup.vault import VaultOption, open_shelf
from studioops.cli.backup.words import print_unseen
from studioops.cli.findings import STYLES, print_line
from studioops.cli.ledger import record
from studioops.cli.options import Chosen, JsonOption, TargetOption, choose
from studioops.cli.output import console, print_json, print_note
from studioops.cli.progress import progress_bar
from studioops.errors import UsageError
from studioops.model import Report


def prune(
    *,
    target: TargetOption = None,
    dsn: DatabaseOption = None,
    to: VaultOption = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would go, and remove nothing.")
    ] = False,
    damaged: Annotated[
        bool, typer.Option("--damaged", help="Give up damaged backups too, once one is proven.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Remove without asking.")] = False,
    json_output: JsonOption = False,
) -> None:
    """Remove what retention gives up. What is needed, locked or can't be read stays."""
    if not (yes or dry_run or sys.stdin.isatty()):
        raise UsageError("prune removes backups, and nobody is there to be asked", "give --yes")
    chosen = choose(target, dsn, None, None)
    typed = chosen.typed(to=to)
    with typed.told(), open_shelf(chosen, to) as shelf:
        if not dry_run and not yes:
            _ask(typed.report(_run(chosen, shelf, dry_run=True, damaged=damaged, quiet=True)))
        report = _run(chosen, shelf, dry_run=dry_run, damaged=damaged, quiet=json_output)
        report = typed.report(report)
    if json_output:
        print_json(report.evidence)
    else:
        print_prune(report, console())
    print_unseen(report)
    if not dry_run:
        record(chosen.settings, replace(report, target=chosen.identity), "backup prune")
    raise typer.Exit(report.status.exit_code)


def print_prune(report: Report, out: Console) -> None:
    """Print what stays and what goes, each with its reason.

    Args:
        report: of kind ``prune``.
        out: where to.
    """
    document = report.evidence
    backups, policy = document["backups"], Policy(**document["policy"])
    going = [one for one in backups if not one["keep"]]
    print_line(
        out,
        f"{report.target}: {report.status}: {len(backups)} backups in {document['where']}, "
        f"{len(going)} given up by {policy}",
        STYLES.get(str(report.status), ""),
    )
    for one in backups:
        print_line(out, f"  {_verb(one, document['dry_run'])} {one['backup_id']}: {one['reason']}")
    words = "would go" if document["dry_run"] else "gone"
    for what in ("removed", "debris", "copies"):
        print_line(out, f"{LABELS[what]}: {_files(document[what], words)}")
    if document["uploads"]:
        print_line(out, f"uploads that nobody ended: {document['uploads']} {words}")
    for subject in report.subjects:
        if subject.reason:
            style = STYLES.get(str(subject.status), "")
            print_line(out, f"{subject.status}: {subject.name}: {subject.reason}", style)


LABELS = {
    "removed": "files of backups given up",
    "debris": "files of takes that died",
    "copies": "copies of objects that no backup names",
}


def _run(chosen: Chosen, shelf: Shelf, *, dry_run: bool, damaged: bool, quiet: bool) -> Report:
    settings = chosen.settings
    policy = Policy(
        settings.backup_keep_daily, settings.backup_keep_weekly, settings.backup_keep_monthly
    )
    with progress_bar(quiet=quiet, doing="pruning:") as progress:
        report = prune_backups(
            shelf,
            policy,
            now=datetime.now(UTC),
            dry_run=dry_run,
            damaged=damaged,
            progress=progress,
        )
    return replace(
        report, target=chosen.label, evidence={**report.evidence, "target": chosen.label}
    )


def _ask(preview: Report) -> None:
    """Show what would go; on stderr, since stdout may be a document.

    Raises:
        typer.Abort: the answer is no.
    """
    print_prune(preview, console(sys.stderr))
    if not typer.confirm("Remove these?", err=True):
        print_note("nothing was removed")
        raise typer.Exit(0)


def _verb(backup: dict[str, object], dry_run: bool) -> str:
    if backup["keep"]:
        return "keep  "
    if backup["removed"]:
        return "gone  "
    return "remove" if dry_run else "STAYED"


def _files(swept: dict[str, object], words: str) -> str:
    locked = f", {swept['locked']} locked until {swept['locked_until']}" if swept["locked"] else ""
    return f"{swept['files']} {words}{locked}"
