"""``studioops contract``: the file that says which relationships a target must keep."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from studioops.cli.contract_diff import diff
from studioops.cli.contract_infer import infer
from studioops.cli.options import JsonOption, TargetOption
from studioops.cli.output import SCHEMA_VERSION, console, print_json
from studioops.errors import UsageError
from studioops.integrity import Contract, load_contract
from studioops.settings import load_settings
from studioops.settings.declarations import DEFAULT_TARGET

FileArgument = Annotated[
    Path | None, typer.Argument(help="The file [default: the target's].", dir_okay=False)
]


def register(app: typer.Typer) -> None:
    """Add the group."""
    group = typer.Typer(help="The contract's file.")
    group.command(help="What is wrong in the file, each fault with its line.")(validate)
    group.command(help="Propose a contract for any database.")(infer)
    group.command(help="What differs between contract and database.")(diff)
    app.add_typer(group, name="contract")


def validate(
    file: FileArgument = None,
    contract: Annotated[Path | None, typer.Option("--contract", help="The file.")] = None,
    target: TargetOption = None,
    json_output: JsonOption = False,
) -> None:
    """Validate a contract: exit 0, or 2 with every fault and its line."""
    loaded = load_contract(file or contract or _of_target(target))
    if json_output:
        print_json(_document(loaded))
        return
    console().print(
        f"{loaded.path}: well: {len(loaded.relationships)} relationships, "
        f"{len(loaded.objects)} object columns, {len(loaded.expectations)} expectations, "
        f"{len(loaded.smoke)} smoke queries",
        soft_wrap=True,
    )


def _document(loaded: Contract) -> dict[str, object]:
    return {
        "schema_version": SCHEMA_VERSION,
        "status": "passed",
        "path": str(loaded.path),
        "target": loaded.target,
        "relationships": len(loaded.relationships),
        "objects": len(loaded.objects),
        "expectations": len(loaded.expectations),
        "smoke": len(loaded.smoke),
        "faults": [],
    }


def _of_target(name: str | None) -> Path:
    declared = load_settings().target(name or DEFAULT_TARGET)
    if declared.contract is None:
        raise UsageError(
            f"target {name} has no contract", "name the file: `studioops contract validate FILE`"
        )
    return declared.contract
