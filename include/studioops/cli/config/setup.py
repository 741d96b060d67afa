"""``studioops config setup``: an ``.env`` from the declarations."""

from __future__ import annotations

from typing import Annotated

import typer

from studioops.cli.config.options import YesOption, agree, put
from studioops.cli.output import console, print_note
from studioops.settings import Environment
from studioops.settings.reading import DOTENV, read_text, read_values
from studioops.settings.templates import fresh_secret, template
from studioops.settings.variables import variables


def setup(
    environment: Annotated[
        Environment, typer.Option("--env", help="Which of the three configurations.")
    ] = Environment.DEVELOPMENT,
    yes: YesOption = False,
) -> None:
    """Write .env in the current directory; one that is there is replaced once you agree."""
    before = read_text(DOTENV)
    make = fresh_secret if environment is Environment.DEVELOPMENT else None
    after = template(environment, make=make)
    if before is not None:
        agree(f"replace the {DOTENV} that is there?", yes=yes)
    put(before, after)
    console().print(f"{DOTENV} is written, for {environment}", markup=False, soft_wrap=True)
    reading = read_values()
    if environment is Environment.PRODUCTION:
        absent = [one.name for one in variables() if one.required and not reading.text(one.name)]
        if absent:
            print_note(f"still to be set in the environment: {', '.join(absent)}")
    print_note("next: `studioops config validate`")
