"""Any dump of pg_dump proven: restored into a scratch database, judged, and dropped again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from studioops.backups.foreign.broken import BrokenDump
from studioops.backups.foreign.dump import Dump, recognise
from studioops.backups.foreign.restoring import NOT_WHOLE, Brought, bring, stopped
from studioops.backups.foreign.rows_there import judge_rows
from studioops.backups.foreign.scratch_place import scratch_place
from studioops.backups.seen import Seen
from studioops.backups.sound import prove_sound
from studioops.integrity import Contract
from studioops.model import Report, Stopwatch
from studioops.postgres import Limits, Pool, open_database, parse_dsn
from studioops.postgres.client_tools import ClientTools, needs_tls, tools_for

SCHEMA_VERSION = 1
Progress = Callable[[str, int, int], None]
# A copy is looked at by nobody else, so a statement may take as long as it needs.
PATIENCE = Limits(statement_timeout=6 * 3600, lock_timeout=60)
ROWS = "rows"
UNPROVABLE = {
    "faithful: rows": "no manifest says what rows the original held",
    "faithful: definitions": "no manifest says what the original's definitions were",
    "faithful: sequences": "no manifest says where the original's sequences stood",
    "age of the data": "no manifest says as of when the data are",
}
NO_CONTRACT = "no contract was given (--contract), so the catalog alone was judged"
NO_COPY = "there is no whole copy to judge; next: use another dump"


@dataclass(frozen=True)
class VerifyHow:
    """How a dump is proven.

    Args:
        server: connection string of any database on the scratch server; it is not touched.
        contract: what the copy must keep; None for its catalog alone.
        jobs: connections that restore and look at the same time.
        range_rows: a table with more rows is scanned in ranges of its key.
    """

    server: str = field(repr=False)
    contract: Contract | None = None
    jobs: int = 2
    range_rows: int | None = None


def verify_dump(path: Path, name: str, how: VerifyHow, progress: Progress | None = None) -> Report:
    """Prove a dump, without a ledger and without a manifest.

    Args:
        path: where it lies.
        name: as it was given, to be shown.
        how: where, and against what.
        progress: told what is being done, how much of it is done, and of how much.

    Returns:
        a report of kind ``verify``.

    Raises:
        UsageError: it is no dump of one database.
        CouldNotCheck: or one of its kinds: the server is away, a tool is missing, the disk full.
    """
    watch = Stopwatch()
    try:
        dump = recognise(path, name)
    except BrokenDump as broken:
        brought = stopped([broken.finding], NOT_WHOLE, watch.seconds)
        return _report(name, None, None, how, brought=brought, judged=[_nothing()], watch=watch)
    tools = _tools(dump, how)
    with scratch_place(how.server) as place:
        brought = bring(dump, place.dsn, tools, how.jobs, progress)
        judged = list(_judged(dump, place.dsn, brought, how, progress))
    return _report(name, dump, tools, how, brought=brought, judged=judged, watch=watch)


def _tools(dump: Dump, how: VerifyHow) -> ClientTools | None:
    """The archive's own, or newer ones; a script is sent without any."""
    if dump.head.form == "plain":
        return None
    return tools_for(dump.head.major, tls=needs_tls(parse_dsn(how.server)))


def _judged(
    dump: Dump, dsn: str, brought: Brought, how: VerifyHow, progress: Progress | None
) -> Iterator[Seen]:
    if brought.contents is None:
        yield _nothing()
        return
    pool = Pool(size=how.jobs + 2, overflow=4)
    with open_database(dsn, limits=PATIENCE, pool=pool, application="backup verify") as database:
        watch = Stopwatch()
        rows = list(judge_rows(database, brought.contents, dump.name))
        yield Seen.of(ROWS, rows, seconds=watch.seconds)
        yield prove_sound(
            database,
            contract=how.contract,
            target=how.contract.target if how.contract else dump.head.database or dump.name,
            connections=how.jobs,
            range_rows=how.range_rows,
            progress=progress,
        )


def _nothing() -> Seen:
    return Seen.together([Seen.unseen(ROWS, NO_COPY), Seen.unseen("sound", NO_COPY)])


def _unprovable(how: VerifyHow) -> Iterator[Seen]:
    for name, reason in UNPROVABLE.items():
        yield Seen.not_applicable(name, reason)
    if how.contract is None:
        yield Seen.not_applicable("contract", NO_CONTRACT)


def _report(
    name: str,
    dump: Dump | None,
    tools: ClientTools | None,
    how: VerifyHow,
    *,
    brought: Brought,
    judged: list[Seen],
    watch: Stopwatch,
) -> Report:
    seen = Seen.together([brought.seen, *judged, *_unprovable(how)])
    seconds = watch.seconds
    evidence = {
        "schema_version": SCHEMA_VERSION,
        "dump": name,
        "server": parse_dsn(how.server).where,
        "status": str(seen.status),
        "started_at": watch.started_at.isoformat(),
        "seconds": seconds,
        "restore_seconds": brought.seconds,
        "archive": _archive(dump) if dump else None,
        "restored_with": f"pg_restore {tools.major}.{tools.minor}" if tools else None,
        "notes": list(brought.notes),
        "subjects": [{**asdict(one), "status": str(one.status)} for one in seen.subjects],
        "findings": [{**asdict(one), "severity": str(one.severity)} for one in seen.findings],
    }
    return Report(
        "verify",
        name,
        seen.status,
        watch.started_at,
        seconds,
        seen.subjects,
        seen.findings,
        evidence,
    )


def _archive(dump: Dump) -> dict[str, Any]:
    head = dump.head
    return {
        "form": head.form,
        "packing": dump.packing or None,
        "compression": head.compression,
        "bytes": dump.size,
        "database": head.database or None,
        "server_version": head.server or None,
        "tool_version": head.tool or None,
        "taken_at": head.taken_at or None,
    }
