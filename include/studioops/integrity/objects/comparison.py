"""One database and one store, held against each other bucket by bucket."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from studioops.errors import CouldNotCheck
from studioops.integrity.contract.model import DeclaredObject
from studioops.integrity.objects.buckets import Buckets
from studioops.integrity.objects.contents import PORTION, Read, read_contents, within
from studioops.integrity.objects.rows import NamingColumn, claimed, find_column, read_names
from studioops.integrity.objects.second_look import look_again
from studioops.integrity.objects.seen import SAMPLE, Seen, Suspects
from studioops.integrity.objects.spelling import plain_names
from studioops.integrity.objects.workspace import UNNAMED, Listed, Workspace
from studioops.model import Stopwatch
from studioops.postgres import Database
from studioops.postgres.catalog import Catalog, read_catalog


@dataclass(slots=True)
class Comparison:
    """A comparison under way.

    Args:
        database: the target, read-only.
        store: where the buckets are.
        contents: how many contents are read at most; None for all.
        content_bytes: and how many bytes of them; None for all.
        pause: seconds before the second look.
        settled: an object written later may still get its row.
    """

    database: Database
    store: Buckets
    contents: int | None
    content_bytes: int | None
    pause: float
    settled: datetime
    _catalog: Catalog | None = None

    def look(self, bucket: str, entries: Sequence[DeclaredObject]) -> list[Seen]:
        """What is seen of the entries of one bucket.

        Args:
            bucket: its name.
            entries: all of the contract's that name it.
        """
        watch, seen = Stopwatch(), [Seen(one) for one in entries]
        with _reasons(*seen), Workspace() as workspace:
            for n, one in enumerate(seen):
                self._read(workspace, n, one)
            columns = {n: one.column for n, one in enumerate(seen) if one.column is not None}
            with _reasons(*(seen[n] for n in columns)):
                self._compare(workspace, bucket, seen, columns)
        for one in seen:
            one.seconds = round(watch.seconds / len(seen), 3)
        return seen

    def _read(self, workspace: Workspace, number: int, one: Seen) -> None:
        with _reasons(one), self.database.transaction() as connection:
            if self._catalog is None:
                self._catalog = read_catalog(connection)
            column = find_column(self._catalog, one.declared)
            for rows in read_names(connection, column):
                workspace.add_names((number, key, sha256) for key, sha256 in rows)
            one.rows = workspace.names(number)
            one.column, one.reason = column, column.lacking

    def _compare(
        self,
        workspace: Workspace,
        bucket: str,
        seen: Sequence[Seen],
        columns: dict[int, NamingColumn],
    ) -> None:
        for page in self.store.pages(bucket):
            workspace.add_objects(
                Listed(one.key, one.size, one.modified <= self.settled) for one in page
            )
        # An entry that could not be read may name what looks unnamed.
        whole = len(columns) == len(seen)
        suspects = workspace.suspect(unnamed=whole)
        look_again(
            self.database,
            self.store,
            bucket,
            workspace,
            columns,
            suspects=suspects,
            pause=self.pause,
        )
        for n, column in columns.items():
            self._judge(workspace, n, seen[n], column)
        if whole:
            seen[0].unnamed = Suspects(*workspace.faults(UNNAMED, SAMPLE))

    def _judge(self, workspace: Workspace, number: int, one: Seen, column: NamingColumn) -> None:
        missing = Suspects(*workspace.faults(number, SAMPLE))
        for value in missing.sample:
            for name in filter(workspace.has, plain_names(value, one.declared.bucket)):
                one.spelled[value] = name
        if column.sha256 is not None:
            one.claims, one.unproven = workspace.claims(number)
            self._prove(workspace, number, one, column)
        one.missing, one.objects = missing, workspace.objects()

    def _prove(self, workspace: Workspace, number: int, one: Seen, column: NamingColumn) -> None:
        provable = workspace.provable(number, self.contents)
        read = read_contents(self.store, one.declared.bucket, within(provable, self.content_bytes))
        wrong = filter(lambda each: each.differs, _counted(read, one))
        while portion := list(islice(wrong, PORTION)):
            one.mismatched.add(sorted(self._still_wrong(portion, one, column)))

    def _still_wrong(self, wrong: Sequence[Read], one: Seen, column: NamingColumn) -> set[str]:
        time.sleep(self.pause)
        again = read_contents(
            self.store, one.declared.bucket, [(each.key, each.claimed) for each in wrong]
        )
        with self.database.transaction() as connection:
            now = claimed(connection, column, [each.key for each in wrong])
        return {each.key for each in again if each.differs and (each.key, each.claimed) in now}


def _counted(read: Iterator[Read], one: Seen) -> Iterator[Read]:
    for each in read:
        one.contents_read += 1
        one.bytes_read += each.size
        yield each


@contextmanager
def _reasons(*entries: Seen) -> Iterator[None]:
    """Leave with each entry why it could not be looked at."""
    try:
        yield
    except CouldNotCheck as error:
        for one in entries:
            one.reason = error.reason
