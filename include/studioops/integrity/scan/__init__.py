"""The scan: every relationship of the contract and of the catalog, looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from studioops.integrity.contract import Contract
from studioops.integrity.scan.batch import batches
from studioops.integrity.scan.judge import judge_without_rows
from studioops.integrity.scan.look import Look
from studioops.integrity.scan.looker import Looker, Progress
from studioops.integrity.scan.merge import merge_scans, remaining
from studioops.integrity.scan.plan import plan_relationships
from studioops.integrity.scan.ranges import cut, parts_of
from studioops.integrity.scan.relationship import (
    AbsentRelationship,
    PlannedRelationship,
    PresentRelationship,
)
from studioops.integrity.scan.report import build_report, with_reading
from studioops.integrity.scan.wording import foreign_key_line, orphans_line, reading_line
from studioops.model import Finding, Report, Stopwatch
from studioops.postgres import PRIMARY, Database
from studioops.postgres.catalog import read_catalog
from studioops.postgres.snapshot import held_snapshot

__all__ = [
    "PlannedRelationship",
    "batches",
    "foreign_key_line",
    "judge_definitions",
    "merge_scans",
    "orphans_line",
    "plan_scan",
    "reading_line",
    "remaining",
    "scan",
    "unseen_keys",
]


def plan_scan(
    database: Database, contract: Contract | None, *, range_rows: int | None = None
) -> list[PlannedRelationship]:
    """What a scan would look at.

    Args:
        database: the target.
        contract: or None for the catalog alone.
        range_rows: a table with more rows is looked at in ranges of its primary key of about so
            many; None for no such table.

    Raises:
        DatabaseError: the catalog can't be read.
        BrokenContract: the contract names a type that the target does not know.
    """
    return _planned(database, contract, range_rows)[0]


def unseen_keys(contract: Contract | None) -> list[str]:
    """The keys of a contract's relationships where not even the catalog could be read.

    Args:
        contract: or None, which names nothing.
    """
    declared = contract.relationships if contract else ()
    return [AbsentRelationship(str(one.child), str(one.parent), one, "").key for one in declared]


def scan(
    database: Database,
    contract: Contract | None,
    *,
    target: str,
    keys: Sequence[str] | None = None,
    progress: Progress | None = None,
    paranoid: bool = False,
    range_rows: int | None = None,
    connections: int = 1,
    one_snapshot: bool = False,
    checkpoint: Callable[[Report], None] | None = None,
    server: str = PRIMARY,
) -> Report:
    """Look at the relationships of a target.

    Args:
        database: the target, read-only.
        contract: or None for the catalog alone.
        target: its name, for the report.
        keys: of the entries, or of the parts of entries, to look at; None for all.
        progress: told the relationship, how many are done, and of how many.
        paranoid: read heaps alone, since an index can be corrupt.
        range_rows: a table with more rows is looked at in ranges of its primary key of about so
            many, each by itself; not when paranoid, since finding a range takes an index.
        connections: how many are used at the same time, and one more for a shared snapshot.
        one_snapshot: whether all is seen as of one moment; else each table, portion of small ones
            or range is, and no transaction lasts longer than it must.
        checkpoint: told of each of these as it is done, by a report that :func:`merge_scans` takes.
        server: what the report calls the server that is read.

    Returns:
        a report whose ``evidence`` is the document of ``scan --json``; what could not be looked
        at is in it as ``not_checked`` with its reason. With ``keys``, parts stay parts.

    Raises:
        DatabaseError: not even the catalog can be read.
        BrokenContract: the contract names a type that the target does not know.
    """
    watch = Stopwatch()
    cut_at = None if paranoid or keys is not None else range_rows
    planned, version = _planned(database, contract, cut_at)
    chosen = planned if keys is None else list(parts_of(planned, keys))
    present = [one for one in chosen if isinstance(one, PresentRelationship)]

    def tell(looks: Sequence[Look]) -> None:
        if checkpoint is not None:
            seen = {look.planned.key: look for look in looks}
            checkpoint(build_report(target, [one.planned for one in looks], seen, watch))

    with _snapshot(database, shared=one_snapshot) as snapshot:
        looker = Looker(
            database,
            version,
            progress,
            paranoid=paranoid,
            connections=connections,
            snapshot=snapshot,
        )
        looks = looker.look(present, tell)
    report = build_report(target, chosen, looks, watch)
    whole = (
        report
        if keys is not None
        else merge_scans(target, [report], [one.key for one in chosen], "")
    )
    snapshot = "one for all" if one_snapshot else "one a table"
    reading = {"connections": connections, "snapshot": snapshot, "server": server}
    return with_reading(whole, reading)


def judge_definitions(
    database: Database, contract: Contract | None
) -> tuple[list[Finding], list[str]]:
    """What is wrong with a target's relationships as far as definitions tell; no row is read.

    Args:
        database: read-only, with its limits.
        contract: or None for the catalog alone.

    Returns:
        the findings, and why a relationship of the contract could not be judged, one line each.

    Raises:
        DatabaseError: the catalog can't be read.
        BrokenContract: the contract names a type that the target does not know.
    """
    findings, unseen = [], []
    for one in plan_scan(database, contract):
        if isinstance(one, AbsentRelationship):
            unseen.append(f"{one.child}: {one.reason}")
        else:
            findings += judge_without_rows(one)
    return findings, unseen


@contextmanager
def _snapshot(database: Database, *, shared: bool) -> Iterator[str]:
    """The name of a snapshot, held as long as it is used; an empty one where none is shared."""
    if not shared:
        yield ""
        return
    with held_snapshot(database) as name:
        yield name


def _planned(
    database: Database, contract: Contract | None, range_rows: int | None
) -> tuple[list[PlannedRelationship], int]:
    """The entries, and the server's version."""
    names = contract.type_names if contract is not None else ()
    with database.transaction() as connection:
        catalog = read_catalog(connection, names)
        planned = plan_relationships(catalog, contract)
        if range_rows is not None:
            planned = cut(connection, planned, range_rows, catalog.server_version)
    return planned, catalog.server_version
