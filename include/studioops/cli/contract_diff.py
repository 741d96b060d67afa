"""``studioops contract diff``: where contract and database differ."""

from __future__ import annotations

import typer
from rich.console import Console

from studioops.cli.options import (
    ContractOption,
    DsnOption,
    JsonOption,
    TargetOption,
    TimeoutOption,
    choose,
)
from studioops.cli.output import console, print_error, print_json
from studioops.errors import UsageError
from studioops.integrity.diff import diff as diff_contract
from studioops.model import Report, Status


def diff(
    *,
    target: TargetOption = None,
    dsn: DsnOption = None,
    contract: ContractOption = None,
    timeout: TimeoutOption = None,
    json_output: JsonOption = False,
) -> None:
    """Compare a contract with a database's definitions; reads no row."""
    chosen = choose(target, dsn, contract, timeout)
    if chosen.contract is None:
        raise UsageError(
            f"{chosen.label} has no contract",
            "name the file with --contract, or make one with `studioops contract infer`",
        )
    with chosen.open("diff") as database:
        report = diff_contract(database, chosen.contract, target=chosen.label)
    if json_output:
        print_json(report.evidence)
    else:
        _print(report, console())
    if report.status is Status.NOT_CHECKED:
        said, _, step = report.evidence["reason"].partition("; next: ")
        print_error(f"{report.target}: {said}", step)
    raise typer.Exit(report.status.exit_code)


def _print(report: Report, out: Console) -> None:
    """The figures, then one line a difference, and for the first of each kind what mends it."""
    count = len(report.findings)
    compared = f"{len(report.subjects)} relationships compared with {report.evidence['contract']}"
    lines = [f"{report.target}: {compared}: {count or 'no'} difference{'' if count == 1 else 's'}"]
    told: set[str] = set()
    for finding in sorted(report.findings, key=lambda one: (one.check, one.object)):
        lines.append(f"{finding.check}: {finding.object}: {finding.message}")
        if finding.check not in told:
            lines.append(f"  repair: {finding.repair}")
        told.add(finding.check)
    if len(told) < count:
        lines.append("every repair: the same command with --json")
    for line in lines:
        out.print(line, soft_wrap=True, markup=False)
