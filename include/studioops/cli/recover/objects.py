"""``studioops recover objects``: stored objects put back from a backup's copy of their bucket."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console

from studioops.backups.buckets import restore_objects
from studioops.backups.model import BucketCopy, Manifest
from studioops.cli.backup.options import DatabaseOption
from studioops.cli.backup.vault import (
    VaultOption,
    newest_backup,
    open_shelf,
    open_source,
)
from studioops.cli.backup.words import print_unseen
from studioops.cli.findings import STYLES, print_findings, print_line
from studioops.cli.ledger import record
from studioops.cli.options import JsonOption, TargetOption, choose
from studioops.cli.output import console, print_json
from studioops.cli.progress import progress_bar
from studioops.cli.recover.options import YesOption, agree
from studioops.errors import UsageError
from studioops.model import Report


def objects(
    *,
    target: TargetOption = None,
    dsn: DatabaseOption = None,
    backup: Annotated[
        str | None, typer.Option("--backup", help="A backup's id [default: the newest].")
    ] = None,
    bucket: Annotated[
        str | None, typer.Option("--bucket", help="Which [default: the only one copied].")
    ] = None,
    to: VaultOption = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Put the copy's content over what differs.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Tell what would be done; change nothing.")
    ] = False,
    yes: YesOption = False,
    json_output: JsonOption = False,
) -> None:
    """Put back what a bucket lacks; what is there and differs stays unless told otherwise."""
    chosen = choose(target, dsn, None, None)
    typed = chosen.typed(to=to)
    with (
        typed.told(),
        open_shelf(chosen, to) as shelf,
        open_source(chosen.settings) as store,
        progress_bar(quiet=json_output, doing="putting back") as progress,
    ):
        copy = _copy(shelf.manifest(backup or newest_backup(shelf)), bucket)
        if not dry_run:
            agree(f"put objects of {copy.bucket} back into {store.endpoint}?", yes=yes)
        report = restore_objects(
            shelf,
            copy,
            store,
            copy.bucket,
            overwrite=overwrite,
            dry_run=dry_run,
            progress=progress,
        )
    report = typed.report(report)
    if json_output:
        print_json(report.evidence)
    else:
        _print(report, console())
    print_unseen(report)
    if not dry_run:
        record(chosen.settings, report, "recover objects")
    raise typer.Exit(report.status.exit_code)


def _copy(manifest: Manifest, bucket: str | None) -> BucketCopy:
    names = [one.bucket for one in manifest.buckets]
    found = [one for one in manifest.buckets if bucket in (None, one.bucket)]
    if len(found) != 1:
        raise UsageError(
            f"backup {manifest.backup_id} has copies of {', '.join(names) or 'no bucket'}",
            "name one of them with --bucket" if names else "see `studioops backup list`",
        )
    return found[0]


def _print(report: Report, out: Console) -> None:
    style = STYLES.get(str(report.status), "")
    print_line(out, f"{report.target}: {report.status} in {report.seconds:.1f} s", style)
    for one in report.subjects:
        print_line(out, f"{one.status}: {one.name}{f': {one.reason}' if one.reason else ''}")
    print_findings(report.findings, out, repairs=True, more="--json")
