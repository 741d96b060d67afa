"""The second look, since writes are in flight: an upload and its row are two steps.

A name without an object, or an object without a name, is a fault where both looks say so. A few are
asked for one by one; where there are many, each side is read once more, whole, since asking for a
million of them would take a reading of the table for every thousand.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence

from studioops.integrity.objects.buckets import Buckets
from studioops.integrity.objects.contents import missing_now
from studioops.integrity.objects.rows import NamingColumn, read_names, still_named
from studioops.integrity.objects.workspace import UNNAMED, Workspace
from studioops.postgres import Database

ONE_BY_ONE = 1000
Columns = Mapping[int, NamingColumn]


def look_again(
    database: Database,
    store: Buckets,
    bucket: str,
    workspace: Workspace,
    columns: Columns,
    *,
    suspects: int,
    pause: float,
) -> None:
    """Mark the suspects that have a row, and those that have an object, now.

    Args:
        database: the target.
        store: where the bucket is.
        bucket: its name.
        workspace: with its suspects.
        columns: where names stand, by the number of their entry.
        suspects: how many there are.
        pause: seconds that writers get; none where nothing is suspected.
    """
    if not suspects:
        return
    time.sleep(pause)
    # Objects first: whoever deletes takes the row and then the object.
    if suspects <= ONE_BY_ONE:
        _ask_for_objects(store, bucket, workspace, [*columns, UNNAMED])
        _ask_for_rows(database, workspace, columns)
        return
    for page in store.pages(bucket):
        workspace.mark_found(one.key for one in page)
    for entry, column in columns.items():
        for rows in _names(database, column):
            workspace.mark_named(entry, (key for key, _ in rows))


def _ask_for_objects(
    store: Buckets, bucket: str, workspace: Workspace, entries: Sequence[int]
) -> None:
    for entry in entries:
        keys = workspace.suspects(entry)
        missing = set(missing_now(store, bucket, keys))
        workspace.mark_found(key for key in keys if key not in missing)


def _ask_for_rows(database: Database, workspace: Workspace, columns: Columns) -> None:
    for entry, column in columns.items():
        keys = workspace.suspects(entry) + workspace.suspects(UNNAMED)
        with database.transaction() as connection:
            workspace.mark_named(entry, still_named(connection, column, keys))


def _names(database: Database, column: NamingColumn) -> Iterator[list[tuple[str, str | None]]]:
    with database.transaction() as connection:
        yield from read_names(connection, column)
