"""``studioops migrate rehearse``: a plan applied, taken back and applied again on a copy."""

from __future__ import annotations

import json
import uuid
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import stamina
import typer

from studioops.cli.backup.drill import ServerOption, server_of
from studioops.cli.backup.vault import VaultOption, open_shelf
from studioops.cli.backup.words import print_unseen
from studioops.cli.ledger import record
from studioops.cli.migrate.options import AlembicOption, PlanOption
from studioops.cli.migrate.planned import document_of, proposed, wanted_of
from studioops.cli.migrate.render import print_rehearsal
from studioops.cli.options import (
    ContractOption,
    DsnOption,
    JsonOption,
    TargetOption,
    TimeoutOption,
    choose,
)
from studioops.cli.output import console, print_json
from studioops.cli.progress import progress_bar
from studioops.cli.recover.options import BackupOption
from studioops.errors import UsageError
from studioops.migrations.rehearsal import RehearseHow
from studioops.migrations.rehearsal import rehearse as rehearse_plan


def rehearse(
    *,
    target: TargetOption = None,
    dsn: DsnOption = None,
    contract: ContractOption = None,
    alembic: AlembicOption = None,
    plan: PlanOption = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", help="Write the plan that was rehearsed.", dir_okay=False),
    ] = None,
    backup: BackupOption = None,
    to: VaultOption = None,
    server: ServerOption = None,
    timeout: TimeoutOption = None,
    json_output: JsonOption = False,
) -> None:
    """Rehearse a plan on the newest backup that was proven; what it shows opens the gate."""
    if output is not None:
        _require_writable(output)
    chosen = choose(target, dsn, contract, timeout)
    typed = chosen.typed(to=to, server=server, alembic=alembic)
    stamina.instrumentation.set_on_retry_hooks(())
    with (
        typed.told(),
        chosen.open("migrate rehearse") as database,
        open_shelf(chosen, to) as shelf,
        progress_bar(quiet=json_output, doing="rehearsing") as progress,
    ):
        wanted = wanted_of(chosen, alembic)
        proposal = proposed(database, plan, wanted, progress)
        how = RehearseHow(
            server or server_of(chosen),
            f"cli {uuid.uuid4()}",
            chosen.settings.backup_jobs,
            backup,
            None if plan else wanted,
        )
        report, rehearsed = rehearse_plan(database, shelf, proposal, how, progress)
    report = typed.report(report)
    if output is not None:
        document = document_of(chosen.label, rehearsed)
        output.write_text(json.dumps(document, indent=2), encoding="utf-8")
    if json_output:
        print_json(report.evidence)
    else:
        more = typed.pasted("studioops migrate rehearse")
        print_rehearsal(report, console(), more=f"{more} --json")
    print_unseen(report)
    record(chosen.settings, replace(report, target=chosen.identity), "migrate rehearse")
    raise typer.Exit(report.status.exit_code)


def _require_writable(file: Path) -> None:
    """A rehearsal takes too long to find out at its end."""
    try:
        file.touch()
    except OSError as error:
        raise UsageError(f"{file} can't be written: {error.strerror}", "name another") from None
