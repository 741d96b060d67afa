"""``studioops migrate status``: how the migrations of a target stand."""

from __future__ import annotations

from typing import Annotated

import typer

from studioops.cli.migrate.render import print_status
from studioops.cli.options import DsnOption, JsonOption, TargetOption, TimeoutOption, choose
from studioops.cli.output import SCHEMA_VERSION, console, print_error, print_json
from studioops.errors import LeftInBetween
from studioops.migrations.status import read_runs
from studioops.model import Status


def status(
    *,
    target: TargetOption = None,
    dsn: DsnOption = None,
    limit: Annotated[
        int, typer.Option("--limit", help="How many runs at most.", min=1, max=1000)
    ] = 20,
    timeout: TimeoutOption = None,
    json_output: JsonOption = False,
) -> None:
    """Show what the target's own journal says; exit 5 where a migration was left in between."""
    chosen = choose(target, dsn, None, timeout)
    typed = chosen.typed()
    with typed.told(), chosen.open("migrate status") as database:
        seen = read_runs(database, limit)
    if json_output:
        runs = [{**one.as_json(), "next": typed.pasted(one.next_step)} for one in seen]
        whole = Status.FAILED if any(one.next_step for one in seen) else Status.PASSED
        head = {"schema_version": SCHEMA_VERSION, "target": chosen.label, "status": whole}
        print_json({**head, "runs": runs})
    else:
        print_status(chosen.label, seen, console(), typed)
    left = next((one for one in seen if one.next_step), None)
    if left is not None:
        where = f"({left.run.state}), at {left.at or 'its end'}"
        message = f"{chosen.label}: a migration was left in between {where}"
        print_error(message, typed.pasted(left.next_step))
        raise typer.Exit(LeftInBetween.exit_code)
