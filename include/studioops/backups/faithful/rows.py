"""Whether every table of a copy holds what the original's held."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from studioops.backups.model import Manifest
from studioops.backups.seen import Seen, fault
from studioops.model import Finding, Status, Stopwatch, Subject
from studioops.postgres import Database
from studioops.postgres.fingerprint import (
    Table,
    TableRows,
    fingerprint_tables,
    hash_probe,
    list_tables,
)
from studioops.postgres.snapshot import shared_snapshot

Progress = Callable[[str, int, int], None]
WHY = "the copy is not what the original was: rows were lost, doubled or changed on the way"
REPAIR = (
    "do not recover from this backup: take a new one, drill it, and compare the table with the "
    "original"
)


def compare_rows(
    database: Database,
    manifest: Manifest,
    *,
    connections: int = 1,
    progress: Progress | None = None,
) -> Seen:
    """Fingerprint a copy's tables and compare them with the manifest's.

    Args:
        database: the copy.
        manifest: of its backup.
        connections: used at the same time.
        progress: told the table, how many are done, and of how many.

    Returns:
        a subject for all that are equal, and one for each that is not or can't be compared.

    Raises:
        DatabaseError: the copy can't be read.
    """
    if not manifest.fingerprint:
        reason = "the backup was taken without fingerprints; next: take one with them"
        return Seen.unseen("rows", reason)
    watch = Stopwatch()
    with shared_snapshot(database) as snapshot:
        with database.transaction(snapshot=snapshot.name) as connection:
            probe, tables = hash_probe(connection), list_tables(connection)
        if probe != manifest.fingerprint:
            return Seen.unseen("rows", _unlike(manifest))
        copy = fingerprint_tables(
            database,
            _weighed(tables.counted, manifest),
            snapshot=snapshot.name,
            connections=connections,
            progress=progress,
        )
    return _judged(manifest.tables, copy, watch)


def _weighed(tables: Iterable[Table], manifest: Manifest) -> Iterator[Table]:
    """By what the original held: of a copy that was just restored there may be no statistics."""
    for table in tables:
        known = manifest.tables.get(table.name)
        yield replace(table, pages=known.rows) if known is not None else table


def _judged(
    original: Mapping[str, TableRows], copy: Mapping[str, TableRows], watch: Stopwatch
) -> Seen:
    unread = {
        name: f"{name}: {rows.unread}"
        for held in (original, copy)
        for name, rows in held.items()
        if rows.unread
    }
    findings = [
        one
        for name in sorted({*original, *copy} - set(unread))
        for one in _difference(name, original.get(name), copy.get(name))
    ]
    equal = len(original) - len({one.object for one in findings} | set(unread))
    apart = [Subject(f"rows {one.object}", Status.FAILED) for one in findings]
    apart += [Subject(f"rows {n}", Status.NOT_CHECKED, why) for n, why in unread.items()]
    whole = Subject("rows", Status.PASSED, "", watch.seconds)
    return Seen((*([whole] if equal or not apart else []), *apart), tuple(findings))


def _difference(name: str, original: TableRows | None, copy: TableRows | None) -> Iterator[Finding]:
    if original is None:
        return  # a table that the original has not is told with the definitions
    if copy is None:
        yield fault("table_missing", name, f"{original.rows} rows are gone with it", WHY, REPAIR)
    elif copy.rows != original.rows:
        message = f"{copy.rows} rows where the original had {original.rows}"
        yield fault("rows_differ", name, message, WHY, REPAIR)
    elif copy.digest != original.digest:
        message = f"all {copy.rows} rows are there, and what is in them differs"
        yield fault("contents_differ", name, message, WHY, REPAIR)


def _unlike(manifest: Manifest) -> str:
    version = manifest.server["version"]
    return (
        f"this server hashes otherwise than PostgreSQL {version} did; next: drill on a server of "
        "the same kind (the target's setting DRILL)"
    )
