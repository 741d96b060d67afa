"""``studioops recover plan``: which backup, what would be lost, and what is missing for it."""

from __future__ import annotations

import typer

from studioops.backups.recovery.plan import plan_recovery
from studioops.cli.backup.options import DatabaseOption
from studioops.cli.backup.vault import VaultOption, open_shelf
from studioops.cli.backup.words import print_unseen
from studioops.cli.ledger import record
from studioops.cli.options import JsonOption, TargetOption, TimeoutOption, choose
from studioops.cli.output import console, print_json
from studioops.cli.recover.options import BackupOption
from studioops.cli.recover.render import print_plan


def plan(
    *,
    target: TargetOption = None,
    dsn: DatabaseOption = None,
    backup: BackupOption = None,
    to: VaultOption = None,
    timeout: TimeoutOption = None,
    json_output: JsonOption = False,
) -> None:
    """Show what a recovery would do; exit 1 where a right is missing, 4 without a proven backup."""
    chosen = choose(target, dsn, None, timeout)
    typed = chosen.typed(to=to)
    with typed.told(), open_shelf(chosen, to) as shelf:
        report = plan_recovery(chosen.dsn, shelf, backup_id=backup, timeout=chosen.timeout)
        report = typed.report(report)
    if json_output:
        print_json(report.evidence)
    else:
        print_plan(report, console())
    print_unseen(report)
    record(chosen.settings, report, "recover plan")
    raise typer.Exit(report.status.exit_code)
