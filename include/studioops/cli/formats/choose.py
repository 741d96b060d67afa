"""Which format was asked for, and one document of it on stdout, whatever happened."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from studioops.cli.formats.junit import junit
from studioops.cli.formats.sarif import Places, sarif
from studioops.cli.output import SCHEMA_VERSION, print_json
from studioops.errors import StudioOpsError, UsageError
from studioops.integrity import BrokenContract, Contract
from studioops.model import Report, Status


class Format(StrEnum):
    """What a report is written as."""

    TABLE = "table"
    JSON = "json"
    JUNIT = "junit"
    SARIF = "sarif"


FormatOption = Annotated[
    Format | None,
    typer.Option("--format", help="What is written to stdout; --json is short for json."),
]


def chosen_format(asked: Format | None, *, json_output: bool) -> Format:
    """The one format that the options name.

    Args:
        asked: by ``--format``.
        json_output: whether ``--json`` was given.

    Raises:
        UsageError: they name two.
    """
    if json_output and asked not in (None, Format.JSON):
        raise UsageError(f"--json and --format {asked} exclude each other", "give one of them")
    return Format.JSON if json_output else asked or Format.TABLE


def asked_format(words: Sequence[str]) -> Format:
    """The format that a command line asks for, read before anybody could parse it.

    Args:
        words: as they were typed, for a refusal that must still be a document of its format.
    """
    if "--json" in words:
        return Format.JSON
    texts = [word.partition("=")[2] for word in words if word.startswith("--format=")]
    texts += [after for word, after in itertools.pairwise(words) if word == "--format"]
    known = [text for text in texts if text in list(Format)]
    return Format(known[-1]) if known else Format.TABLE


def print_report(
    report: Report,
    format_: Format,
    table: Callable[[], None],
    contract: Contract | None = None,
) -> None:
    """Write a report to stdout.

    Args:
        report: of any kind.
        format_: as what.
        table: writes it for people.
        contract: whose lines a finding can be shown at.
    """
    if format_ is Format.JSON:
        print_json(report.evidence)
    elif format_ is Format.JUNIT:
        sys.stdout.write(junit(report))
    elif format_ is Format.SARIF:
        print_json(sarif(report, _places(contract)))
    else:
        table()


def print_refusal(error: StudioOpsError, format_: Format) -> None:
    """Write to stdout that nothing could be done; for people stderr says it.

    Args:
        error: why.
        format_: as what.
    """
    if format_ is Format.JSON:
        print_json(_refusal(error))
    elif format_ is not Format.TABLE:
        report = _nothing_done(error)
        print_report(report, format_, lambda: None)


def _refusal(error: StudioOpsError) -> Mapping[str, Any]:
    document: dict[str, Any] = {
        "schema_version": SCHEMA_VERSION,
        "status": str(Status.NOT_CHECKED),
        "error": error.as_json(),
    }
    if isinstance(error, BrokenContract):
        document["path"] = str(error.path)
        document["faults"] = [{"line": f.line, "message": f.message} for f in error.faults]
    return document


def _nothing_done(error: StudioOpsError) -> Report:
    """A refusal as a report whose one subject was not checked, so that no CI job calls it well."""
    from datetime import UTC, datetime

    from studioops.model import Subject

    subject = Subject(error.code, Status.NOT_CHECKED, error.reason)
    return Report("studioops", "", Status.NOT_CHECKED, datetime.now(UTC), 0.0, (subject,))


def _places(contract: Contract | None) -> Places | None:
    if contract is None:
        return None
    path = contract.path
    shown = path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
    lines = {str(one.child): one.line for one in contract.relationships}
    lines |= {str(one.column): one.line for one in contract.objects}
    return Places(shown.as_posix(), lines)
