"""``studioops backup drill``: a backup restored elsewhere and judged twice."""

from __future__ import annotations

import uuid
from typing import Annotated

import typer
from rich.console import Console

from studioops.backups.drill import Aims, DrillHow
from studioops.backups.drill import drill as drill_backup
from studioops.backups.origin import living_origin
from studioops.backups.shelf import Shelf
from studioops.cli.backup.options import (
    DatabaseOption,
    IdArgument,
    RepairsOption,
    RestoreJobsOption,
)
from studioops.cli.backup.vault import VaultOption, newest_backup, open_shelf
from studioops.cli.findings import STYLES, print_findings, print_line, unseen_line
from studioops.cli.ledger import record
from studioops.cli.options import (
    Chosen,
    ContractOption,
    JsonOption,
    TargetOption,
    choose,
)
from studioops.cli.output import console, print_error, print_json
from studioops.cli.progress import progress_bar
from studioops.model import Report, Status

ServerOption = Annotated[
    str | None,
    typer.Option("--server", help="Where it is restored, by URL [default: the target's]."),
]


def drill(
    backup: IdArgument = None,
    *,
    target: TargetOption = None,
    dsn: DatabaseOption = None,
    contract: ContractOption = None,
    to: VaultOption = None,
    server: ServerOption = None,
    jobs: RestoreJobsOption = None,
    repairs: RepairsOption = False,
    json_output: JsonOption = False,
) -> None:
    """Restore a backup into a scratch database, prove that it is faithful and sound, drop it."""
    chosen = choose(target, dsn, contract, None)
    typed = chosen.typed(to=to, server=server)
    with (
        typed.told(),
        open_shelf(chosen, to) as shelf,
        progress_bar(quiet=json_output, doing="drilling") as progress,
    ):
        backup_id = backup or newest_backup(shelf)
        how = DrillHow(
            server=server or server_of(chosen),
            contract=chosen.contract,
            aims=_aims(chosen, shelf, backup_id),
            run=f"cli {uuid.uuid4()}",
            jobs=jobs or chosen.settings.backup_jobs,
            range_rows=chosen.settings.scan_range_rows,
        )
        report = typed.report(drill_backup(shelf, backup_id, how, progress))
    if json_output:
        print_json(report.evidence)
    else:
        more = typed.pasted(f"studioops backup drill {backup_id}")
        print_drill(report, console(), repairs=repairs, more=f"{more} --repairs")
    if report.status is Status.NOT_CHECKED:
        print_error(*unseen_line(report))
    record(chosen.settings, report, "backup drill")
    raise typer.Exit(report.status.exit_code)


def print_drill(
    report: Report, out: Console, *, repairs: bool = False, more: str = "--repairs"
) -> None:
    """Print a drill's report: the verdicts, then what is wrong, then what nobody looked at.

    Args:
        report: of kind ``drill``.
        out: where to.
        repairs: whether each finding's repair is printed, not only the first of each check.
        more: how to see the others.
    """
    told, style = report.evidence, STYLES.get(str(report.status), "")
    line = f"{report.target}: {report.status}: drill of {told['backup']} in {report.seconds:.1f} s"
    print_line(out, line, style)
    for word in ("faithful", "sound"):
        print_line(out, f"{word}: {told[word]}", STYLES.get(told[word], ""))
    if told.get("restored"):
        time, age = told["restore_seconds"], told["age_seconds"]
        allowed = told["restore_seconds_allowed"], told["age_seconds_allowed"]
        print_line(out, f"restored in {time:.1f} s ({allowed[0]:.0f} s are allowed)")
        print_line(out, f"its data were {age:.0f} s old ({allowed[1]:.0f} s are allowed)")
    for one in report.subjects:
        if one.status is Status.NOT_CHECKED:
            print_line(out, f"{one.status}: {one.name}: {one.reason}", STYLES["not_checked"])
    print_findings(report.findings, out, repairs=repairs, more=more)


def server_of(chosen: Chosen) -> str:
    """The server where backups of a target are proven.

    Args:
        chosen: the target.
    """
    settings = chosen.settings
    declared = settings.targets.get(chosen.identity)
    return settings.drill_of(declared).get_secret_value() if declared else chosen.dsn


def _aims(chosen: Chosen, shelf: Shelf, backup_id: str) -> Aims:
    settings = chosen.settings
    newest = backup_id == next(shelf.newest_first(), backup_id)
    system, database = living_origin(chosen.open("drill"))
    return Aims(settings.restore_target, settings.age_target, newest, system, database)
