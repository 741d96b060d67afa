"""The options that several commands of backups share."""

from __future__ import annotations

from typing import Annotated

import typer

IdArgument = Annotated[
    str | None, typer.Argument(help="A backup's id [default: the newest].", metavar="ID")
]
DatabaseOption = Annotated[
    str | None,
    typer.Option("--dsn", help="A database by URL, in place of a target of the settings."),
]
RestoreJobsOption = Annotated[
    int | None,
    typer.Option(
        "--jobs", help="Connections that restore [default: STUDIOOPS_BACKUP_JOBS].", min=1, max=64
    ),
]
RepairsOption = Annotated[bool, typer.Option("--repairs", help="Print every repair.")]
