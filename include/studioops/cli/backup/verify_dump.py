"""``studioops backup verify --dump``: any dump of pg_dump proven on a scratch server."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console

from studioops.backups.foreign import VerifyHow, on_disk, verify_dump
from studioops.cli.backup.subjects import print_subjects
from studioops.cli.backup.words import print_unseen
from studioops.cli.findings import STYLES, print_findings, print_line
from studioops.cli.output import console, print_json
from studioops.cli.pasted import Typed
from studioops.cli.progress import progress_bar
from studioops.cli.store import open_store
from studioops.errors import UsageError
from studioops.integrity import load_contract
from studioops.model import Report
from studioops.objectstore import ObjectStore
from studioops.settings import Settings, load_settings

ATTEMPTS = 4


@dataclass(frozen=True, slots=True)
class DumpAsked:
    """What was typed.

    Args:
        dump: which one.
        dsn: of the scratch server.
        contract: that the copy must keep; None for its catalog alone.
        jobs: connections that restore; None for the settings'.
        repairs: whether every finding's repair is printed.
        json_output: whether the answer is a document.
    """

    dump: str
    dsn: str = field(repr=False)
    contract: Path | None
    jobs: int | None
    repairs: bool
    json_output: bool


def verify_a_dump(asked: DumpAsked) -> int:
    """Restore a dump into a scratch database, prove the copy, and drop it again.

    Args:
        asked: what was typed.

    Returns:
        the exit code.
    """
    settings = load_settings()
    how = VerifyHow(
        server=asked.dsn,
        contract=load_contract(asked.contract) if asked.contract else None,
        jobs=asked.jobs or settings.backup_jobs,
        range_rows=settings.scan_range_rows,
    )
    with (
        progress_bar(quiet=asked.json_output, doing="verifying") as progress,
        on_disk(asked.dump, lambda: _store(settings), progress) as path,
    ):
        report = verify_dump(path, asked.dump, how, progress)
    if asked.json_output:
        print_json(report.evidence)
    else:
        typed = Typed.of({"--dsn": asked.dsn, "--contract": asked.contract})
        more = f"studioops backup verify --dump {shlex.quote(asked.dump)} {typed} --repairs"
        print_verified(report, console(), repairs=asked.repairs, more=more)
    print_unseen(report)
    return report.status.exit_code


def print_verified(
    report: Report, out: Console, *, repairs: bool = False, more: str = "--repairs"
) -> None:
    """Print what became of a dump: what it is, each subject, what is wrong with it.

    Args:
        report: of kind ``verify``.
        out: where to.
        repairs: whether each finding's repair is printed, not only the first of each check.
        more: how to see the others.
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
    print_subjects(report.subjects, out)
    print_findings(report.findings, out, repairs=repairs, more=more)


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


def _store(settings: Settings) -> ObjectStore:
    missing = UsageError(
        "no object store is configured",
        "check the file's name, or set MINIO_ENDPOINT, MINIO_ACCESS_KEY and MINIO_SECRET_KEY",
    )
    return open_store(settings, missing, attempts=ATTEMPTS)
