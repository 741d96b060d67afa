"""``studioops backup verify [ID]``: our own backups read through where they lie."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from rich.console import Console

from studioops.backups.shelf import Shelf
from studioops.backups.verifying import (
    SAMPLE,
    Verified,
    VerifyHow,
    verify_all,
    verify_backup,
    verify_report,
)
from studioops.backups.words import bytes_of
from studioops.cli.backup.subjects import print_subjects
from studioops.cli.backup.vault import newest_backup, open_shelf
from studioops.cli.backup.words import print_unseen
from studioops.cli.findings import STYLES, print_findings, print_line
from studioops.cli.ledger import record
from studioops.cli.options import choose
from studioops.cli.output import console, print_json
from studioops.cli.progress import progress_bar
from studioops.model import Report, Status, Stopwatch


@dataclass(frozen=True, slots=True)
class OwnAsked:
    """What was typed.

    Args:
        target: a name of the settings.
        dsn: a connection URL instead.
        to: the directory where backups lie; None for the object store.
        backup: an id; None for the newest.
        every: whether every backup is meant.
        every_object: whether all copied objects are read.
        jobs: files that are read at the same time; None for the settings'.
        repairs: whether every finding's repair is printed.
        json_output: whether the answer is a document.
    """

    target: str | None
    dsn: str | None = field(repr=False)
    to: Path | None
    backup: str | None
    every: bool
    every_object: bool
    jobs: int | None
    repairs: bool
    json_output: bool


def verify_own(asked: OwnAsked) -> int:
    """Verify backups, print what was seen, and record it.

    Args:
        asked: what was typed.

    Returns:
        the exit code; that of the worst where there are several.
    """
    chosen, watch = choose(asked.target, asked.dsn, None, None), Stopwatch()
    typed = chosen.typed(to=asked.to)
    with (
        typed.told(),
        open_shelf(chosen, asked.to) as shelf,
        progress_bar(quiet=asked.json_output, doing="reading") as progress,
    ):
        how = VerifyHow(
            asked.jobs or chosen.settings.backup_jobs,
            None if asked.every_object else SAMPLE,
            progress,
        )
        verified = list(_verified(shelf, asked, how))
        report = typed.report(verify_report(chosen.label, shelf.vault.where, verified, watch))
    if asked.json_output:
        print_json(report.evidence)
    else:
        again = typed.pasted(f"studioops backup verify {'--all' if asked.every else ''}".strip())
        _print(report, console(), repairs=asked.repairs, more=f"{again} --repairs")
    print_unseen(report)
    record(chosen.settings, replace(report, target=chosen.identity), "backup verify")
    return report.status.exit_code


def _verified(shelf: Shelf, asked: OwnAsked, how: VerifyHow) -> Iterable[Verified]:
    if asked.backup is not None:
        return [verify_backup(shelf, asked.backup, how)]
    newest = newest_backup(shelf)
    if asked.every:
        return verify_all(shelf, reversed(shelf.ids()), how)
    return [verify_backup(shelf, newest, how)]


def _print(report: Report, out: Console, *, repairs: bool, more: str) -> None:
    told = report.evidence
    count = len(told["backups"])
    what = f"{count} backups" if count > 1 else "1 backup"
    head = f"{report.target}: {report.status}: {what} of {told['where']} read through"
    style = STYLES.get(str(report.status), "")
    print_line(out, f"{head} in {report.seconds:.1f} s", style)
    for one in told["backups"]:
        print_line(out, _line(one), STYLES.get(one["status"], ""))
    if count == 1:
        print_subjects(report.subjects, out)
    print_findings(report.findings, out, repairs=repairs, more=more)
    if report.status is not Status.FAILED:
        out.print()
        proof = f"`{told['proven_by']}` proves that it restores and that its rows are right"
        print_line(out, f"not restored: {proof}")


def _line(one: Mapping[str, Any]) -> str:
    head = f"{one['status']}: {one['backup']}: "
    if one["files"] is None:
        return f"{head}{_why(one)}"
    size = bytes_of(one["size"])
    line = f"{head}{one['files']} files, {size}, as of {one['snapshot_at']}, {one['seconds']:.1f} s"
    return f"{line}: {why}" if (why := _why(one)) else line


def _why(one: Mapping[str, Any]) -> str:
    """What of it is not well; what exactly follows among the findings."""
    told = [each for each in one["subjects"] if each["status"] == one["status"] != "passed"]
    if one["status"] == "failed":
        return f"faults in {', '.join(each['name'] for each in told)}"
    return f"{told[0]['name']}: {told[0]['reason']}" if told else ""
