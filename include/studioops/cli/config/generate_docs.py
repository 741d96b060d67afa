"""``studioops config generate-docs``: the page of every variable and rule."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from studioops.cli.output import console
from studioops.errors import Refused
from studioops.settings.page import page

PAGE = Path("docs/configuration.md")


def generate_docs(
    output: Annotated[Path, typer.Option("--output", help="The file.", dir_okay=False)] = PAGE,
) -> None:
    """Write the page from the declarations, and nothing else of the docs."""
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        output.write_text(page(), encoding="utf-8")
    except OSError as error:
        raise Refused(
            f"{output} can't be written: {error.strerror}", "name another with --output"
        ) from None
    console().print(f"written: {output}", markup=False, soft_wrap=True)
