"""What the commands of this group share: an option, a question, and how a difference reads."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from studioops.cli.output import print_note
from studioops.errors import Refused
from studioops.settings import Environment
from studioops.settings.comparing import Difference
from studioops.settings.files import replace_kept
from studioops.settings.reading import DOTENV

NOTHING = "nothing"
YesOption = Annotated[bool, typer.Option("--yes", help="Answer every question with yes.")]
EnvironmentOption = Annotated[
    Environment | None, typer.Option("--env", help="Whose template [default: as it is now].")
]


def agree(question: str, *, yes: bool) -> None:
    """Ask, unless somebody agreed beforehand.

    Raises:
        Refused: nobody is there, or the answer is no.
    """
    if not (yes or (sys.stdin.isatty() and typer.confirm(question, err=True))):
        raise Refused(f"nothing was changed: {question}", "answer y, or give --yes")


def put(before: str | None, after: str) -> None:
    """Write ``.env``, and say where a copy of what it held lies.

    Raises:
        Refused: it can't be written.
    """
    copy: Path | None = replace_kept(DOTENV, before, after)
    if copy is not None:
        print_note(f"a copy of the former {DOTENV}: {copy}")


def difference_line(one: Difference, left: str, right: str) -> str:
    """A difference in a line.

    Args:
        one: of the differences.
        left: where its first value is.
        right: where its second value is.
    """
    return f"{one.name}: {one.left or NOTHING} {left}, {one.right or NOTHING} {right}"
