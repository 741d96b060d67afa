"""``studioops migrate plan``: what brings a target to its contract."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from studioops.cli.migrate.options import AlembicOption
from studioops.cli.migrate.planned import document_of, wanted_of
from studioops.cli.migrate.render import print_plan
from studioops.cli.migrate.written import asked_place, tell, written
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
    directory: Annotated[
        Path | None,
        typer.Argument(
            help="Where --write puts it [default: the history's own place, else here].",
            metavar="[DIR]",
            show_default=False,
            file_okay=False,
        ),
    ] = None,
    *,
    write: Annotated[
        bool, typer.Option("--write", help="Write the plan as an Alembic revision, too.")
    ] = False,
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
    wanted = wanted_of(chosen, alembic)
    with typed.told():
        place = asked_place(wanted, directory, write=write)
        with (
            chosen.open("migrate plan") as database,
            progress_bar(quiet=json_output) as progress,
        ):
            proposal = propose(database, wanted, progress=progress)
            found = written(database, chosen.label, proposal, place) if place else None
    refused = proposal.refusal
    if json_output:
        more = {"written": found and found.as_json()} if place else {}
        print_json({**document_of(chosen.label, proposal), **more})
    else:
        print_plan(chosen.label, proposal, console(), typed)
    if place is not None:
        tell(found, place, typed)
    if refused is not None:
        print_error(refused.message, typed.pasted(refused.next_step))
        raise typer.Exit(refused.exit_code)
