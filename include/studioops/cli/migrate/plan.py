"""``studioops migrate plan``: what brings a target to its contract."""

from __future__ import annotations

import typer

from studioops.cli.migrate.options import AlembicOption
from studioops.cli.migrate.planned import document_of, wanted_of
from studioops.cli.migrate.render import print_plan
from studioops.cli.options import (
    ContractOption,
    DsnOption,
    JsonOption,
    TargetOption,
    TimeoutOption,
    choose,
)
from studioops.cli.output import console, print_error, print_json
from studioops.cli.progress import progress_bar
from studioops.migrations.proposing import propose


def plan(
    *,
    target: TargetOption = None,
    dsn: DsnOption = None,
    contract: ContractOption = None,
    alembic: AlembicOption = None,
    timeout: TimeoutOption = None,
    json_output: JsonOption = False,
) -> None:
    """Show every operation with its locks and sizes; exit 4 where there can be no plan."""
    chosen = choose(target, dsn, contract, timeout)
    typed = chosen.typed(alembic=alembic)
    with (
        typed.told(),
        chosen.open("migrate plan") as database,
        progress_bar(quiet=json_output) as progress,
    ):
        wanted = wanted_of(chosen, alembic)
        proposal = propose(
            database, wanted, connections=chosen.settings.scan_connections, progress=progress
        )
    refused = proposal.refusal
    if json_output:
        print_json(document_of(chosen.label, proposal))
    else:
        print_plan(chosen.label, proposal, console(), typed)
    if refused is not None:
        print_error(refused.message, typed.pasted(refused.next_step))
        raise typer.Exit(refused.exit_code)
