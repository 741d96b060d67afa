"""``studioops config diff``: a file against what runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from studioops.cli.config.options import difference_line
from studioops.cli.findings import STYLES, print_line
from studioops.cli.options import JsonOption
from studioops.cli.output import SCHEMA_VERSION, console, print_json
from studioops.model import Status
from studioops.settings.comparing import differences
from studioops.settings.reading import DOTENV, existing, read_values


def diff(
    file: Annotated[
        Path, typer.Argument(help="The file [default: .env].", show_default=False)
    ] = DOTENV,
    json_output: JsonOption = False,
) -> None:
    """Exit 0 where the file says what is in force, 1 where it does not."""
    alone = read_values(existing(file), environ={}, stack=False)
    found = differences(alone, read_values())
    status = Status.FAILED if found else Status.PASSED
    if json_output:
        document = [
            {"name": one.name, "file": one.left or None, "running": one.right or None}
            | {"origin": str(one.origin)}
            for one in found
        ]
        print_json(
            {
                "schema_version": SCHEMA_VERSION,
                "status": str(status),
                "file": str(file),
                "differences": document,
            }
        )
    else:
        out, count = console(), len(found)
        said = f"{count or 'no'} difference{'' if count == 1 else 's'} from what runs"
        print_line(out, f"{file}: {said}", STYLES[status])
        for one in found:
            print_line(out, difference_line(one, f"in {file}", f"runs ({one.origin})"))
    raise typer.Exit(status.exit_code)
