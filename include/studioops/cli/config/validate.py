"""``studioops config validate``: every rule put to what is in force, or to a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from studioops.cli.findings import STYLES, print_findings, print_line
from studioops.cli.options import JsonOption
from studioops.cli.output import SCHEMA_VERSION, console, print_json
from studioops.model import Finding, Status
from studioops.settings.reading import DOTENV, Reading, existing, read_values
from studioops.settings.rules import RULES, is_valid, judge


def validate(
    env_file: Annotated[
        Path | None,
        typer.Option(
            "--env-file", help="Judge this file, beneath the environment, in place of .env."
        ),
    ] = None,
    json_output: JsonOption = False,
) -> None:
    """Exit 0 where the configuration is valid: no error, nothing critical; else 1."""
    # A file is judged for what it is: what a stack on this machine adds is none of its merit.
    reading = read_values() if env_file is None else read_values(existing(env_file), stack=False)
    findings = judge(reading)
    status = Status.PASSED if is_valid(findings) else Status.FAILED
    if json_output:
        print_json(_document(reading, findings, status))
    else:
        _print(reading, findings, status)
    raise typer.Exit(status.exit_code)


def _document(reading: Reading, findings: Sequence[Finding], status: Status) -> dict[str, object]:
    return {
        "schema_version": SCHEMA_VERSION,
        "status": str(status),
        "environment": str(reading.environment),
        "file": str(reading.file),
        "file_present": reading.file.exists(),
        "rules": len(RULES),
        "findings": [asdict(one) for one in findings],
    }


def _print(reading: Reading, findings: Sequence[Finding], status: Status) -> None:
    out = console()
    absent = reading.file == DOTENV and not reading.file.exists()
    where = f"no {DOTENV}, and the environment" if absent else str(reading.file)
    print_line(
        out,
        f"configuration ({reading.environment}): {status}: {len(RULES)} rules put to {where}: "
        f"{len(findings) or 'no'} finding{'' if len(findings) == 1 else 's'}",
        STYLES[status],
    )
    print_findings(findings, out, repairs=True, more="")
