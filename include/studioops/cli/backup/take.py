"""``studioops backup take``: a backup of a target, encrypted, with fingerprints of its contents."""

from __future__ import annotations

from functools import partial
from typing import Annotated

import typer
from rich.console import Console

from studioops.backups.lines import news_line
from studioops.backups.take import CopyBuckets, How, copies_of, taken_report
from studioops.backups.take import take as take_backup
from studioops.cli.backup.options import DatabaseOption
from studioops.cli.backup.vault import VaultOption, open_shelf, open_source
from studioops.cli.findings import STYLES, print_line
from studioops.cli.ledger import record
from studioops.cli.options import JsonOption, TargetOption, TimeoutOption, choose
from studioops.cli.output import console, print_json
from studioops.cli.pasted import Typed
from studioops.cli.progress import progress_bar
from studioops.model import Report, Stopwatch
from studioops.settings import Settings


def take(
    *,
    target: TargetOption = None,
    dsn: DatabaseOption = None,
    to: VaultOption = None,
    timeout: TimeoutOption = None,
    jobs: Annotated[
        int | None,
        typer.Option(
            "--jobs", help="Connections of pg_dump [default: STUDIOOPS_BACKUP_JOBS].", min=1, max=64
        ),
    ] = None,
    fingerprints: Annotated[
        bool,
        typer.Option(
            "--fingerprints/--no-fingerprints",
            help="Count and hash every row, so that a drill can tell whether all came back.",
        ),
    ] = True,
    json_output: JsonOption = False,
) -> None:
    """Take a backup: one snapshot for the dump and for the fingerprints of every table."""
    chosen, watch = choose(target, dsn, None, timeout), Stopwatch()
    settings, typed = chosen.settings, chosen.typed(to=to)
    with (
        typed.told(),
        chosen.open("backup") as database,
        open_shelf(chosen, to, make=True) as shelf,
        progress_bar(quiet=json_output, doing="shipping") as progress,
    ):
        how = How(
            jobs=jobs or settings.backup_jobs,
            compress=settings.backup_compress,
            fingerprints=fingerprints and settings.backup_fingerprints,
            # A database by URL has no documents that we know of.
            copy_buckets=None if dsn or to else _documents(settings),
            progress=progress,
        )
        manifest = take_backup(database, shelf, how)
    report = typed.report(taken_report(manifest, shelf.vault.where, watch))
    if json_output:
        print_json(report.evidence)
    else:
        _print(report, console(), typed)
    record(settings, report, "backup take")
    raise typer.Exit(report.status.exit_code)


def _documents(settings: Settings) -> CopyBuckets:
    return copies_of(partial(open_source, settings), (settings.minio_documents_bucket,))


def _print(report: Report, out: Console, typed: Typed) -> None:
    told = report.evidence
    style = STYLES.get(str(report.status), "")
    line = f"{report.target}: {report.status}: backup {told['backup']} in {report.seconds:.1f} s"
    print_line(out, line, style)
    print_line(out, f"{news_line(report)}, as of {told['snapshot_at']}")
    for subject in report.subjects:
        if subject.reason:
            print_line(out, f"{subject.status}: {subject.name}: {subject.reason}")
    print_line(out, typed.pasted(f"prove it: studioops backup drill {told['backup']}"))
