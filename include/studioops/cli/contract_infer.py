"""``studioops contract infer``: a contract for any database."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from studioops.cli.options import DsnOption, JsonOption, TargetOption, TimeoutOption, choose
from studioops.cli.output import print_error, print_json, print_note
from studioops.cli.progress import progress_bar
from studioops.errors import UsageError
from studioops.integrity.infer import contract_text
from studioops.integrity.infer import infer as infer_contract

OutputOption = Annotated[
    Path | None, typer.Option("--output", help="Write the contract there.", dir_okay=False)
]


def infer(
    *,
    target: TargetOption = None,
    dsn: DsnOption = None,
    timeout: TimeoutOption = None,
    output: OutputOption = None,
    json_output: JsonOption = False,
) -> None:
    """Propose a contract: foreign keys, and what names suggest and values confirm."""
    chosen = choose(target, dsn, None, timeout)
    if output is not None and output.exists():
        raise _exists(output)
    with chosen.open("infer") as database, progress_bar(quiet=json_output) as progress:
        made = infer_contract(database, target=chosen.label, progress=progress)
    text = contract_text(made)
    if output is not None:
        _write(output, text)
    if json_output:
        print_json(made.as_json())
    elif output is None:
        sys.stdout.write(text)
    if not json_output:
        print_note(made.headline)
    if made.trouble is not None:
        print_error(*made.trouble)
    raise typer.Exit(made.status.exit_code)


def _write(output: Path, text: str) -> None:
    try:
        with output.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise _exists(output) from None
    except OSError as error:
        raise UsageError(f"{output}: {error.strerror}", "name a file that can be written") from None


def _exists(output: Path) -> UsageError:
    return UsageError(
        f"{output} is there already", "name another file with --output, then compare the two"
    )
