"""``studioops recover back``: the kept old database gets its name again."""

from __future__ import annotations

from typing import Annotated

import typer

from studioops.backups.recovery.back import BackHow, go_back
from studioops.cli.backup.options import DatabaseOption
from studioops.cli.ledger import record
from studioops.cli.options import JsonOption, TargetOption, TimeoutOption, choose
from studioops.cli.output import console, print_json, print_note
from studioops.cli.recover.options import YesOption, agree
from studioops.cli.recover.render import print_recovery


def back(
    *,
    target: TargetOption = None,
    dsn: DatabaseOption = None,
    to: Annotated[
        str | None,
        typer.Option(
            "--to",
            help="A database that a recovery kept [default: the one that was swapped out last].",
            metavar="DATABASE",
        ),
    ] = None,
    yes: YesOption = False,
    timeout: TimeoutOption = None,
    json_output: JsonOption = False,
) -> None:
    """Go back to before a recovery, or open a target that a killed one left closed."""
    chosen = choose(target, dsn, None, timeout)

    def approve(line: str) -> None:
        print_note(line)
        agree("go back?", yes=yes)

    how = BackHow(chosen.label, approve, to=to, timeout=chosen.timeout)
    typed = chosen.typed()
    with typed.told():
        report = typed.report(go_back(chosen.dsn, how))
    if json_output:
        print_json(report.evidence)
    else:
        print_recovery(report, console())
    record(chosen.settings, report, "recover back")
    raise typer.Exit(report.status.exit_code)
