"""``studioops config show``: what is in force, and where each value was read from."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from studioops.cli.options import JsonOption
from studioops.cli.output import SCHEMA_VERSION, console, print_json
from studioops.model import Status
from studioops.settings.comparing import names_of, shown
from studioops.settings.reading import Reading, read_values
from studioops.settings.variables import Variable, is_secret, variable_of


def show(
    origin: Annotated[
        bool, typer.Option("--origin", help="Where each value was read from.")
    ] = False,
    json_output: JsonOption = False,
) -> None:
    """Show each setting; a secret is *** where it is set."""
    reading = read_values()
    if json_output:
        print_json(_document(reading))
        return
    table = Table(box=None, pad_edge=False)
    for title in ("setting", "value", *(("read from",) if origin else ())):
        table.add_column(title, no_wrap=True)
    for name in names_of(reading):
        value = escape(shown(name, reading.text(name)))
        table.add_row(name, value, *((str(reading.origin(name)),) if origin else ()))
    console().print(table)


def _document(reading: Reading) -> dict[str, object]:
    return {
        "schema_version": SCHEMA_VERSION,
        "status": str(Status.PASSED),
        "environment": str(reading.environment),
        "settings": [_entry(name, variable_of(name), reading) for name in names_of(reading)],
    }


def _entry(name: str, declared: Variable | None, reading: Reading) -> dict[str, object]:
    return {
        "name": name,
        "group": declared.group if declared else "",
        "value": shown(name, reading.text(name)) or None,
        "origin": str(reading.origin(name)),
        "secret": is_secret(name),
    }
