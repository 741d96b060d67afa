"""The options that the commands of migrations share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

PlanOption = Annotated[
    Path | None,
    typer.Option(
        "--plan",
        help="A plan that `studioops migrate plan --json` wrote [default: planned anew].",
        dir_okay=False,
    ),
]
AlembicOption = Annotated[
    Path | None,
    typer.Option(
        "--alembic", help="The alembic.ini of a history [default: the target's].", dir_okay=False
    ),
]
