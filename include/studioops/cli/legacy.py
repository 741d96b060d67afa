"""``studioops legacy load``: the legacy StudioOps database, to try maintenance on."""

from __future__ import annotations

from typing import Annotated

import typer

from studioops.cli.options import JsonOption
from studioops.cli.output import SCHEMA_VERSION, console, print_json
from studioops.cli.progress import progress_bar
from studioops.local.studioops_legacy import load_legacy
from studioops.local.studioops_legacy.scaled import MOST
from studioops.model import Stopwatch
from studioops.postgres import open_database, translated

DsnArgument = Annotated[
    str, typer.Option("--dsn", help="An empty database, by the URL of one of its superusers.")
]
ScaleOption = Annotated[
    int,
    typer.Option("--scale", help="So many further rows, whole ones.", min=0, max=MOST),
]
OwnerOption = Annotated[
    str | None, typer.Option("--owner", help="The role that shall own it [default: the URL's].")
]


def register(app: typer.Typer) -> None:
    """Add the group."""
    group = typer.Typer(help="The legacy StudioOps database, with its broken references.")
    group.command(help="Load it into an empty database; all of it, or nothing.")(load)
    app.add_typer(group, name="legacy")


def load(
    dsn: DsnArgument,
    scale: ScaleOption = 0,
    owner: OwnerOption = None,
    json_output: JsonOption = False,
) -> None:
    """Load the database, and say what is in it."""
    watch = Stopwatch()
    with (
        open_database(dsn, application="legacy load") as database,
        progress_bar(quiet=json_output, doing="making rows:") as progress,
        translated(database.dsn),
        database.connector() as connection,
    ):
        load_legacy(connection, owner or connection.info.user, scale=scale, progress=progress)
    if json_output:
        print_json(
            {
                "schema_version": SCHEMA_VERSION,
                "status": "passed",
                "target": database.dsn.where,
                "scale": scale,
                "seconds": watch.seconds,
            }
        )
        return
    further = f" and {scale:,} further rows" if scale else ""
    console().print(
        f"{database.dsn.where}: the legacy StudioOps database is loaded, with 61 broken references"
        f" in 13 relationships{further}; next: studioops scan --dsn URL",
        markup=False,
        soft_wrap=True,
    )
