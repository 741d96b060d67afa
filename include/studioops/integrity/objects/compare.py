"""Columns against buckets, both ways; what looks wrong is looked at twice."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from itertools import groupby

from studioops.errors import CouldNotCheck
from studioops.integrity.contract import Contract
from studioops.integrity.contract.model import DeclaredObject
from studioops.integrity.objects.contents import missing_now, read_contents
from studioops.integrity.objects.rows import (
    NamingColumn,
    claimed,
    find_column,
    read_names,
    still_named,
)
from studioops.integrity.objects.seen import Seen, Suspects
from studioops.integrity.objects.workspace import Listed, Workspace
from studioops.model import Report, Status, Stopwatch
from studioops.objectstore import ObjectStore
from studioops.postgres import Database
from studioops.postgres.catalog import Catalog, read_catalog

SCHEMA_VERSION = 1
KIND = "objects"
CONTENTS = 1000
SETTLING_S = 300
# More suspects than that are looked for in the bucket's list once more: it names a thousand a call.
ASKED_ONE_BY_ONE = 1000
Progress = Callable[[str, int, int], None]


def compare_objects(
    database: Database,
    store: ObjectStore,
    contract: Contract,
    *,
    target: str,
    contents: int | None = CONTENTS,
    pause: float = 2.0,
    settling: float = SETTLING_S,
    progress: Progress | None = None,
) -> Report:
    """Hold the columns that name objects against their buckets.

    Each bucket is listed once, and each column read once. What looks missing, unnamed or changed is
    looked at again after a pause, since writes are in flight: an upload and its row are two steps.

    Args:
        database: the target, read-only.
        store: where the buckets are.
        contract: whose ``objects`` are looked at.
        target: its name, for the report.
        contents: how many objects are read at most, chosen at random, to hold their content
            against the SHA-256 that rows claim; None for all.
        pause: seconds before the second look.
        settling: seconds; a younger object that no row names yet is no fault.
        progress: told the bucket, how many entries are done, and of how many.

    Returns:
        a report of kind ``objects``, a subject an entry; what could not be looked at is
        ``not_checked`` with its reason.
    """
    watch = Stopwatch()
    comparison = _Comparison(database, store, contents, pause, settling)
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


class _Comparison:
    """One database and one store, held against each other bucket by bucket."""

    def __init__(
        self,
        database: Database,
        store: ObjectStore,
        contents: int | None,
        pause: float,
        settling: float,
    ) -> None:
        self._database = database
        self._store = store
        self._contents = contents
        self._pause = pause
        self._settled = datetime.now(UTC) - timedelta(seconds=settling)
        self._catalog: Catalog | None = None

    def look(self, bucket: str, entries: Sequence[DeclaredObject]) -> list[Seen]:
        """What is seen of the entries of one bucket."""
        watch, seen = Stopwatch(), [Seen(one) for one in entries]
        with Workspace() as workspace:
            for n, one in enumerate(seen):
                self._read(workspace, n, one)
            columns = {n: one.column for n, one in enumerate(seen) if one.column is not None}
            with _reasons(*(seen[n] for n in columns)):
                self._list(workspace, bucket)
                time.sleep(self._pause)
                for n, column in columns.items():
                    self._judge(workspace, n, seen[n], column)
                # An entry that could not be read may name what looks unnamed.
                if len(columns) == len(seen):
                    seen[0].unnamed = self._unnamed(workspace, bucket, list(columns.values()))
        for one in seen:
            one.seconds = round(watch.seconds / len(seen), 3)
        return seen

    def _read(self, workspace: Workspace, number: int, one: Seen) -> None:
        with _reasons(one), self._database.transaction() as connection:
            if self._catalog is None:
                self._catalog = read_catalog(connection)
            column = find_column(self._catalog, one.declared)
            for rows in read_names(connection, column):
                workspace.add_names((number, key, sha256) for key, sha256 in rows)
            one.rows = workspace.names(number)
            one.column, one.reason = column, column.lacking

    def _list(self, workspace: Workspace, bucket: str) -> None:
        for page in self._store.pages(bucket):
            workspace.add_objects(
                Listed(one.key, one.size, one.modified <= self._settled) for one in page
            )

    def _judge(self, workspace: Workspace, number: int, one: Seen, column: NamingColumn) -> None:
        bucket = one.declared.bucket
        few = workspace.count_missing(number) <= ASKED_ONE_BY_ONE
        if not few:
            self._list(workspace, bucket)
        one.objects = workspace.objects()
        for keys in workspace.missing(number):
            with self._database.transaction() as connection:
                named = still_named(connection, column, keys)
            left = [key for key in keys if key in named]
            one.missing.add(missing_now(self._store, bucket, left) if few else left)
        if column.sha256 is not None:
            one.claims, one.unproven = workspace.claims(number)
            self._prove(workspace.provable(number, self._contents), one, column)

    def _prove(self, claims: Sequence[tuple[str, str]], one: Seen, column: NamingColumn) -> None:
        read = read_contents(self._store, one.declared.bucket, claims)
        one.contents_read = len(read)
        one.bytes_read = sum(each.size for each in read)
        wrong = [each for each in read if each.actual is not None and each.actual != each.claimed]
        if not wrong:
            return
        time.sleep(self._pause)
        keys = [each.key for each in wrong]
        with self._database.transaction() as connection:
            now = claimed(connection, column, keys)
        again = read_contents(
            self._store, one.declared.bucket, [(each.key, each.claimed) for each in wrong]
        )
        one.mismatched.add(
            sorted(
                each.key
                for each in again
                if each.actual not in (None, each.claimed) and (each.key, each.claimed) in now
            )
        )

    def _unnamed(
        self, workspace: Workspace, bucket: str, columns: Sequence[NamingColumn]
    ) -> Suspects:
        found, few = Suspects(), workspace.count_unnamed() <= ASKED_ONE_BY_ONE
        for keys in workspace.unnamed():
            named: set[str] = set()
            with self._database.transaction() as connection:
                for column in columns:
                    named |= still_named(connection, column, keys)
            left = [key for key in keys if key not in named]
            gone = set(missing_now(self._store, bucket, left)) if few else set()
            found.add([key for key in left if key not in gone])
        return found


@contextmanager
def _reasons(*entries: Seen) -> Iterator[None]:
    """Leave with each entry why it could not be looked at."""
    try:
        yield
    except CouldNotCheck as error:
        for one in entries:
            one.reason = f"{error.message}; next: {error.next_step}"


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
