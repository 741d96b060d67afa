"""Columns against buckets, both ways; what looks wrong is looked at twice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from itertools import groupby

from studioops.integrity.contract import Contract
from studioops.integrity.objects.buckets import Buckets
from studioops.integrity.objects.comparison import Comparison
from studioops.integrity.objects.seen import Seen
from studioops.model import Report, Status, Stopwatch
from studioops.postgres import Database

SCHEMA_VERSION = 1
KIND = "objects"
CONTENTS = 1000
CONTENT_BYTES = 1 << 30
SETTLING_S = 300
Progress = Callable[[str, int, int], None]


def compare_objects(
    database: Database,
    store: Buckets,
    contract: Contract,
    *,
    target: str,
    contents: int | None = CONTENTS,
    content_bytes: int | None = CONTENT_BYTES,
    pause: float = 2.0,
    settling: float = SETTLING_S,
    progress: Progress | None = None,
) -> Report:
    """Hold the columns that name objects against their buckets.

    Each bucket is listed once, and each column read once, whatever their size in bounded memory.
    What looks missing, unnamed or changed is looked at again after a pause, since writes are in
    flight: an upload and its row are two steps.

    Args:
        database: the target, read-only.
        store: where the buckets are.
        contract: whose ``objects`` are looked at.
        target: its name, for the report.
        contents: how many objects are read at most, chosen at random, to hold their content
            against the SHA-256 that rows claim; None for all, whatever their size.
        content_bytes: how many bytes of them at most, but one object at least; None for all.
        pause: seconds before the second look.
        settling: seconds; a younger object that no row names yet is no fault.
        progress: told the bucket, how many entries are done, and of how many.

    Returns:
        a report of kind ``objects``, a subject an entry; what could not be looked at is
        ``not_checked`` with its reason.
    """
    watch = Stopwatch()
    settled = datetime.now(UTC) - timedelta(seconds=settling)
    size = None if contents is None else content_bytes
    comparison = Comparison(database, store, contents, size, pause, settled)
    seen: list[Seen] = []
    ordered = sorted(contract.objects, key=lambda one: one.bucket)
    for bucket, entries in groupby(ordered, key=lambda one: one.bucket):
        seen += comparison.look(bucket, list(entries))
        if progress is not None:
            progress(bucket, len(seen), len(ordered))
    return _report(target, sorted(seen, key=lambda one: one.declared.line), watch)


def objects_not_checked(contract: Contract, reason: str, target: str) -> Report:
    """The report where nobody could look.

    Args:
        contract: whose ``objects`` were to be looked at.
        reason: why nobody could, with the next step.
        target: its name.
    """
    return _report(target, [Seen(one, reason=reason) for one in contract.objects], Stopwatch())


def _report(target: str, seen: Sequence[Seen], watch: Stopwatch) -> Report:
    findings = tuple(finding for one in seen for finding in one.findings())
    status = Status.worst(one.status for one in seen)
    evidence = {
        "schema_version": SCHEMA_VERSION,
        "target": target,
        "status": str(status),
        "started_at": watch.started_at.isoformat(),
        "seconds": watch.seconds,
        "objects": [one.as_json() for one in seen],
        "findings": [asdict(finding) for finding in findings],
    }
    return Report(
        kind=KIND,
        target=target,
        status=status,
        started_at=watch.started_at,
        seconds=watch.seconds,
        subjects=tuple(one.subject for one in seen),
        findings=findings,
        evidence=evidence,
    )
