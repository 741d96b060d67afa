"""A dump of any kind brought into a scratch database, and what was seen on the way."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace

from studioops.backups.foreign.broken import REPAIR, WHY, BrokenDump
from studioops.backups.foreign.dump import Dump
from studioops.backups.foreign.feed import Fed, feed
from studioops.backups.foreign.opening import open_archive
from studioops.backups.foreign.packing import content
from studioops.backups.foreign.rows_there import Contents, data_only
from studioops.backups.restoring.judging import judge_restore, lost_keys
from studioops.backups.restoring.kinds import Kind
from studioops.backups.restoring.messages import Level
from studioops.backups.restoring.missing_keys import PutBack, put_back
from studioops.backups.restoring.restore import Restored, restore
from studioops.backups.seen import Seen, fault
from studioops.backups.workplace import workplace
from studioops.model import Finding, Stopwatch
from studioops.postgres.client_tools import ClientTools

Progress = Callable[[str, int, int], None]
ARCHIVE = "archive"
NOT_WHOLE = "the dump is not whole; next: use another dump"
NO_TABLES = "the dump holds rows alone; next: give a whole dump"
# A worker of an older pg_restore looks for its table beyond the end.
CUT = re.compile("end of file|could not find block ID")


@dataclass(frozen=True)
class Brought:
    """What became of a dump.

    Args:
        seen: of the archive, and of the restore where it came to that.
        contents: what it says that it holds; None where there is no copy to judge.
        notes: what was said and does no harm, explained.
        seconds: of the restore.
    """

    seen: Seen
    contents: Contents | None = None
    notes: tuple[str, ...] = ()
    seconds: float = 0.0


def bring(
    dump: Dump, dsn: str, tools: ClientTools | None, jobs: int, progress: Progress | None = None
) -> Brought:
    """Restore a dump into an empty database, with every message read.

    Args:
        dump: of any kind.
        dsn: of the empty database.
        tools: that restore an archive; None for a script, which needs none.
        jobs: connections that restore.
        progress: told what is being done.

    Raises:
        CouldNotCheck: or one of its kinds: nobody could look.
    """
    watch = Stopwatch()
    try:
        if tools is None:
            return _script(dump, dsn, watch, progress)
        return _archive(dump, dsn, tools, jobs, progress)
    except BrokenDump as broken:
        return stopped([broken.finding], NOT_WHOLE, watch.seconds)


def stopped(findings: Sequence[Finding], reason: str, seconds: float = 0.0) -> Brought:
    """What became of a dump of which there is no copy to judge.

    Args:
        findings: of the archive.
        reason: why it was not restored to its end.
        seconds: that the look took.
    """
    seen = Seen.of(ARCHIVE, findings, seconds=seconds)
    return Brought(Seen.together([seen, Seen.unseen("restore", reason)]))


def _archive(
    dump: Dump,
    dsn: str,
    tools: ClientTools,
    jobs: int,
    progress: Progress | None,
) -> Brought:
    watch = Stopwatch()
    with ExitStack() as stack:
        place = stack.enter_context(workplace())
        opened = open_archive(dump, tools, place, progress)
        if opened.findings:
            return stopped(opened.findings, NOT_WHOLE, watch.seconds)
        if opened.contents.data_only:
            return stopped([data_only(dump.name)], NO_TABLES, watch.seconds)
        looked = watch.seconds
        tell = None if progress is None else lambda told: progress(told, 0, 1)
        restored = restore(opened.dump.path, dsn, tools=tools, jobs=jobs, progress=tell)
    if damage := tuple(_damage(dump, restored)):
        return stopped(damage, NOT_WHOLE, watch.seconds)
    return _judged(dump, dsn, restored, (), opened.contents, looked=looked)


def _script(dump: Dump, dsn: str, watch: Stopwatch, progress: Progress | None) -> Brought:
    tell = None if progress is None else lambda told: progress(told, 0, 1)
    fed = feed(content(dump.path, dump.packing, dump.name), dsn, tell)
    contents = Contents.of_script(fed.script)
    ends, findings = tuple(_end_of(dump, fed)), tuple(fed.outside.findings(dump.name))
    if ends:
        return stopped([*ends, *findings], NOT_WHOLE, watch.seconds)
    if contents.data_only:
        return stopped([*findings, data_only(dump.name)], NO_TABLES, watch.seconds)
    return _judged(dump, dsn, fed.restored, findings, contents)


def _judged(
    dump: Dump,
    dsn: str,
    restored: Restored,
    findings: Sequence[Finding],
    contents: Contents,
    *,
    looked: float = 0.0,
) -> Brought:
    lost = lost_keys(restored.messages)
    back: Sequence[PutBack] = put_back(dsn, lost) if lost else ()
    judged = judge_restore(restored, back)
    told = tuple(_worded(one) for one in judged.findings)
    seen = Seen.together(
        [
            Seen.of(ARCHIVE, findings, seconds=looked),
            Seen.of("restore", told, seconds=restored.seconds),
        ]
    )
    whole = restored.messages.ended
    return Brought(
        seen,
        contents if whole else None,
        tuple(dict.fromkeys(_notes(dump, restored))),
        restored.seconds,
    )


def _damage(dump: Dump, restored: Restored) -> Iterator[Finding]:
    """What pg_restore found of the archive itself."""
    for one in restored.messages.of(Kind.ARCHIVE_DAMAGED):
        check = "dump_cut_off" if CUT.search(one.text) else "dump_damaged"
        at = f" (at {one.entry})" if one.entry else ""
        message = f"can't be read to its end: {one.text}{at}"
        yield fault(check, dump.name, message, WHY, REPAIR)


def _end_of(dump: Dump, fed: Fed) -> Iterator[Finding]:
    script = fed.script
    if script.ended and not script.cut:
        return
    within = f"in the middle of {script.cut}" if script.cut else "without pg_dump's last line"
    about = f" ({script.about})" if script.about else ""
    message = (
        f"ends at line {script.line} {within}{about}: it was cut off, and psql would not say so"
    )
    yield fault("dump_cut_off", dump.name, message, WHY, REPAIR)


def _worded(finding: Finding) -> Finding:
    """Repairs speak of drills there; here it is this command that is run again."""
    repair = finding.repair.replace("drill again", "verify again").replace(
        "take a new backup and drill it", "take a new dump and verify it"
    )
    return replace(finding, repair=repair)


def _notes(dump: Dump, restored: Restored) -> Iterator[str]:
    for one in restored.messages.of(Kind.UNKNOWN_SETTING):
        if one.level is Level.WARNING:
            yield (
                f"{dump.name} was written by pg_dump {dump.head.tool}, which sets {one.name}; "
                "this older server does not know it, and nothing of the copy hangs on it: "
                "not counted"
            )
