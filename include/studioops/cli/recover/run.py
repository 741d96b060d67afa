"""``studioops recover run``: restored beside, proven, swapped in by rename."""

from __future__ import annotations

import sys
from functools import partial

import typer

from studioops.backups.recovery.recovering import RecoverHow, recover
from studioops.backups.recovery.restorer import restorer
from studioops.cli.backup.options import DatabaseOption
from studioops.cli.backup.vault import VaultOption, open_shelf
from studioops.cli.backup.words import print_unseen
from studioops.cli.ledger import record
from studioops.cli.options import (
    ContractOption,
    JsonOption,
    TargetOption,
    TimeoutOption,
    choose,
)
from studioops.cli.output import console, print_json, print_note
from studioops.cli.pasted import Typed
from studioops.cli.recover.options import BackupOption, YesOption, agree
from studioops.cli.recover.render import print_plan, print_recovery
from studioops.model import Report


def run(
    *,
    target: TargetOption = None,
    dsn: DatabaseOption = None,
    backup: BackupOption = None,
    contract: ContractOption = None,
    to: VaultOption = None,
    yes: YesOption = False,
    timeout: TimeoutOption = None,
    json_output: JsonOption = False,
) -> None:
    """Recover a target from a proven backup; its old database is kept for the way back."""
    chosen = choose(target, dsn, contract, timeout)
    typed = chosen.typed(to=to)
    with typed.told(), open_shelf(chosen, to) as shelf:
        how = RecoverHow(
            restorer(
                shelf,
                chosen.contract,
                jobs=chosen.settings.backup_jobs,
                range_rows=chosen.settings.scan_range_rows,
            ),
            partial(_approve, typed, yes=yes),
            backup_id=backup,
            timeout=chosen.timeout,
            say=print_note,
        )
        report = typed.report(recover(chosen.dsn, shelf, how))
    if json_output:
        print_json(report.evidence)
    else:
        print_recovery(report, console())
    print_unseen(report)
    record(chosen.settings, report, "recover run")
    raise typer.Exit(report.status.exit_code)


def _approve(typed: Typed, plan: Report, *, yes: bool) -> None:
    """Nobody agrees to what they have not seen; stdout is for the answer."""
    print_plan(typed.report(plan), console(sys.stderr))
    agree(f"recover {plan.evidence['database']} from {plan.evidence['backup']['id']}?", yes=yes)
