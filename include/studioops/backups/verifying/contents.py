"""Whether a dump's table of contents can be listed, and each part that it names is there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from studioops.backups.foreign.broken import BrokenDump
from studioops.backups.foreign.contents import Entry, list_contents
from studioops.backups.foreign.dump import Dump
from studioops.backups.foreign.head import LENGTH, Head, major_of, read_head
from studioops.backups.model import Manifest
from studioops.backups.seen import Seen, fault
from studioops.backups.shelf import DUMP
from studioops.backups.verifying.files import REPAIR, WHY
from studioops.backups.workplace import workplace
from studioops.errors import BackupError
from studioops.model import Finding, Stopwatch
from studioops.postgres.client_tools import tools_for

TOC = "toc.dat"
SUBJECT = "table of contents"
ROWS = "TABLE DATA"


def look_at_contents(manifest: Manifest, toc: bytes | None) -> Seen:
    """List a table of contents as pg_restore does; it alone is written to this machine's disk.

    Args:
        manifest: of the backup.
        toc: its plain content; None where it is not whole.

    Returns:
        one subject; ``not_checked`` where no pg_restore fits.
    """
    if TOC not in {one.name for one in manifest.files}:
        return Seen.of(SUBJECT, [_missing(manifest, TOC, f"{TOC} was never kept")])
    if toc is None:
        return Seen.unseen(SUBJECT, f"{TOC} is not whole; next: see what was found of the files")
    watch = Stopwatch()
    try:
        findings = list(_absent(manifest, _listed(manifest, toc)))
    except BrokenDump as error:
        findings = [_unreadable(manifest, error.finding.message)]
    except BackupError as error:
        return Seen.unseen(SUBJECT, error.reason)
    except OSError as error:
        step = "make room in TMPDIR, then run this again"
        return Seen.unseen(SUBJECT, f"{TOC} can't be written: {error.strerror}; next: {step}")
    return Seen.of(SUBJECT, findings, seconds=watch.seconds)


def _listed(manifest: Manifest, toc: bytes) -> tuple[Entry, ...]:
    tools = tools_for(major_of(manifest.tool.split()[-1]))
    with workplace() as place:
        (place / TOC).write_bytes(toc)
        return list_contents(_as_dump(manifest, toc, place), place, tools)


def _as_dump(manifest: Manifest, toc: bytes, place: Path) -> Dump:
    try:
        head = read_head(toc[:LENGTH])
    except ValueError:
        head = None
    return Dump(f"{manifest.backup_id}/{TOC}", place, head or Head(), "", len(toc))


def _absent(manifest: Manifest, entries: tuple[Entry, ...]) -> Iterator[Finding]:
    """Rows that the table of contents promises, and that no file of the backup holds."""
    there = {one.name.partition(".")[0] for one in manifest.files}
    for entry in entries:
        if entry.kind == ROWS and str(entry.number) not in there:
            message = f"the rows of {entry.name} were never kept"
            yield _missing(manifest, f"{entry.number}.dat", message)


def _missing(manifest: Manifest, name: str, message: str) -> Finding:
    place = f"{manifest.folder}{DUMP}{name}"
    return fault("backup_file_missing", place, message, WHY, REPAIR)


def _unreadable(manifest: Manifest, message: str) -> Finding:
    name = f"{manifest.folder}{DUMP}{TOC}"
    return fault("restore_archive_damaged", name, f"{TOC} {message}", WHY, REPAIR)
