"""``studioops migrate rollback``: the newest migration is taken back."""

from __future__ import annotations

from dataclasses import replace

import stamina
import typer

from studioops.cli.ledger import record
from studioops.cli.migrate.interrupted import standing_told
from studioops.cli.migrate.render import print_migration
from studioops.cli.options import (
    Chosen,
    DsnOption,
    JsonOption,
    TargetOption,
    TimeoutOption,
    choose,
)
from studioops.cli.output import console, print_json
from studioops.cli.progress import progress_bar
from studioops.cli.recover.options import YesOption, agree
from studioops.errors import StudioOpsError
from studioops.migrations.carrying import failed_report
from studioops.migrations.status import standing_run
from studioops.migrations.taking_back import KIND, take_back

COMMAND = "migrate rollback"


def rollback(
    *,
    target: TargetOption = None,
    dsn: DsnOption = None,
    yes: YesOption = False,
    timeout: TimeoutOption = None,
    json_output: JsonOption = False,
) -> None:
    """Take the newest migration back, whether it was applied or left in between."""
    chosen = choose(target, dsn, None, timeout)
    typed = chosen.typed()
    stamina.instrumentation.set_on_retry_hooks(())
    with typed.told():
        with standing_told(chosen):
            _agreed(chosen, yes=yes)
        with progress_bar(quiet=json_output, doing="taking back") as progress:
            try:
                with standing_told(chosen):
                    report = take_back(chosen.dsn, chosen.label, progress)
            except StudioOpsError as error:
                record(chosen.settings, failed_report(KIND, chosen.identity, error), COMMAND)
                raise
    report = typed.report(report)
    if json_output:
        print_json(report.evidence)
    else:
        print_migration(report, console())
    record(chosen.settings, replace(report, target=chosen.identity), COMMAND)
    raise typer.Exit(report.status.exit_code)


def _agreed(chosen: Chosen, *, yes: bool) -> None:
    with chosen.open(COMMAND) as database:
        last = standing_run(database)
    if last is not None:
        when = f"{last.started_at:%Y-%m-%d %H:%M}"
        count = len(last.plan.operations)
        agree(f"take the migration of {when} back ({count} operations)?", yes=yes)
