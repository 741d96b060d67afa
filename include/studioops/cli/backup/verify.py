"""``studioops backup verify``: any dump of pg_dump proven on a scratch server."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from studioops.backups.foreign import VerifyHow, on_disk, verify_dump
from studioops.cli.backup.words import print_unseen
from studioops.cli.findings import STYLES, print_findings, print_line
from studioops.cli.options import ContractOption, JsonOption
from studioops.cli.output import console, print_json
from studioops.cli.progress import progress_bar
from studioops.cli.store import open_store
from studioops.errors import UsageError
from studioops.integrity import load_contract
from studioops.model import Report, Status
from studioops.objectstore import ObjectStore
from studioops.settings import Settings, load_settings

ATTEMPTS = 4
MORE = "`studioops backup verify --repairs`, or --json"
SHOW_PASSED_UP_TO = 60


def verify(
    *,
    dump: Annotated[
        str,
        typer.Option(
            "--dump",
            help="What pg_dump wrote: a file, a directory, s3://BUCKET/KEY or s3://BUCKET/PREFIX/.",
            metavar="FILE_OR_OBJECT",
        ),
    ],
    dsn: Annotated[
        str,
        typer.Option(
            "--dsn", help="The scratch server, by URL; the database it names is not touched."
        ),
    ],
    contract: ContractOption = None,
    jobs: Annotated[
        int | None, typer.Option("--jobs", help="Connections that restore.", min=1, max=64)
    ] = None,
    repairs: Annotated[bool, typer.Option("--repairs", help="Print every repair.")] = False,
    json_output: JsonOption = False,
) -> None:
    """Restore a dump into a scratch database, prove the copy, and drop it again."""
    settings = load_settings()
    how = VerifyHow(
        server=dsn,
        contract=load_contract(contract) if contract else None,
        jobs=jobs or settings.backup_jobs,
        range_rows=settings.scan_range_rows,
    )
    with (
        progress_bar(quiet=json_output, doing="verifying") as progress,
        on_disk(dump, lambda: _store(settings), progress) as path,
    ):
        report = verify_dump(path, dump, how, progress)
    if json_output:
        print_json(report.evidence)
    else:
        print_verified(report, console(), repairs=repairs)
    print_unseen(report)
    raise typer.Exit(report.status.exit_code)


def print_verified(report: Report, out: Console, *, repairs: bool = False) -> None:
    """Print what became of a dump: what it is, each subject, what is wrong with it.

    Args:
        report: of kind ``verify``.
        out: where to.
        repairs: whether each finding's repair is printed, not only the first of each check.
    """
    told = report.evidence
    line = (
        f"{report.target}: {report.status}: verified on {told['server']} in {report.seconds:.1f} s"
    )
    print_line(out, line, STYLES.get(str(report.status), ""))
    if told["archive"]:
        print_line(out, _about(told["archive"], told["restored_with"]))
    for note in told["notes"]:
        print_line(out, note)
    _subjects(report, out)
    print_findings(report.findings, out, repairs=repairs, more=MORE)


def _about(archive: dict[str, str | int | None], tool: str | None) -> str:
    packed = f", packed with {archive['packing']}" if archive["packing"] else ""
    said = [
        f"{archive['form']} dump{packed}, {archive['bytes']:,} bytes",
        f"of database {archive['database']}" if archive["database"] else "",
        f"server {archive['server_version']}" if archive["server_version"] else "",
        f"by pg_dump {archive['tool_version']}" if archive["tool_version"] else "",
        f"begun {archive['taken_at']}" if archive["taken_at"] else "",
        f"restored by {tool or 'sending its statements'}",
    ]
    return ", ".join(one for one in said if one)


def _subjects(report: Report, out: Console) -> None:
    everything = len(report.subjects) <= SHOW_PASSED_UP_TO
    shown = [one for one in report.subjects if everything or one.status is not Status.PASSED]
    table = Table(box=None, pad_edge=False)
    table.add_column("status", no_wrap=True)
    table.add_column("subject", overflow="fold")
    table.add_column("why", overflow="fold")
    for one in shown:
        style = STYLES.get(str(one.status), "")
        status = f"[{style}]{one.status}[/]" if style else str(one.status)
        table.add_row(status, escape(one.name), escape(one.reason))
    out.print()
    out.print(table)
    if len(shown) < len(report.subjects):
        print_line(out, f"({len(report.subjects) - len(shown)} that passed are not listed)")


def _store(settings: Settings) -> ObjectStore:
    missing = UsageError(
        "no object store is configured",
        "check the file's name, or set MINIO_ENDPOINT, MINIO_ACCESS_KEY and MINIO_SECRET_KEY",
    )
    return open_store(settings, missing, attempts=ATTEMPTS)
