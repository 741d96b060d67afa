"""The options that the commands share, and the question that two of them ask."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from studioops.errors import Refused

BackupOption = Annotated[
    str | None,
    typer.Option("--backup", help="A backup's id [default: the newest that was proven]."),
]
YesOption = Annotated[bool, typer.Option("--yes", help="Answer every question with yes.")]


def agree(question: str, *, yes: bool) -> None:
    """Ask whoever is there.

    Args:
        question: to be answered with y.
        yes: whether that was answered beforehand.

    Raises:
        Refused: nobody is there, or they do not agree.
    """
    if yes or (sys.stdin.isatty() and typer.confirm(question, err=True)):
        return
    raise Refused("nothing was changed: nobody agreed to it", "answer y, or give --yes")
