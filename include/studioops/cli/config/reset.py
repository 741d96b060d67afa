"""``studioops config reset``: ``.env`` back to its template, after saying what changes."""

from __future__ import annotations

from studioops.cli.config.options import (
    EnvironmentOption,
    YesOption,
    agree,
    difference_line,
    put,
)
from studioops.cli.output import console, print_note
from studioops.settings import Environment
from studioops.settings.comparing import differences
from studioops.settings.reading import DOTENV, existing, read_text, read_values, values_of
from studioops.settings.templates import fresh_secret
from studioops.settings.templates import reset as reset_text


def reset(environment: EnvironmentOption = None, yes: YesOption = False) -> None:
    """Secrets, addresses, targets and names that are declared nowhere stay as they are."""
    before = read_text(existing(DOTENV)) or ""
    asked = environment or read_values().environment
    make = fresh_secret if asked is Environment.DEVELOPMENT else None
    after = reset_text(before, asked, make=make)
    found = differences(values_of(before), values_of(after))
    if not found:
        console().print(f"{DOTENV} says what its template says; nothing was changed", markup=False)
        return
    for one in found:
        print_note(difference_line(one, "now", f"in the template for {asked}"))
    agree(f"change these in {DOTENV}?", yes=yes)
    put(before, after)
    console().print(f"{DOTENV} is back at the template for {asked}", markup=False)
