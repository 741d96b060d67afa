"""What the planner has seen of a database: its catalog, its relationships, and their orphans."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from studioops.integrity import Contract, scan
from studioops.integrity.contract import DeclaredRelationship
from studioops.integrity.scan.plan import plan_relationships
from studioops.integrity.scan.relationship import (
    AbsentRelationship,
    End,
    PlannedRelationship,
    PresentRelationship,
)
from studioops.integrity.scan.report import key_of
from studioops.migrations.clock import Progress
from studioops.migrations.operations import Session, TableName
from studioops.migrations.reading import reading
from studioops.postgres import Database
from studioops.postgres.catalog import Catalog, Relation, read_catalog


@dataclass(frozen=True, slots=True)
class Wanted:
    """A relationship of the contract that the database has columns for.

    Args:
        declared: what the contract says.
        entries: one a key that stands on these columns; one without a key where none does.
    """

    declared: DeclaredRelationship
    entries: tuple[PresentRelationship, ...]

    @property
    def first(self) -> PresentRelationship:
        """The one whose order of columns counts."""
        return self.entries[0]

    @property
    def child(self) -> TableName:
        """The table that refers."""
        return table_name(self.first.child_end.relation)

    @property
    def parent(self) -> TableName:
        """The table that is referred to."""
        return table_name(self.first.parent_end.relation)

    @property
    def columns(self) -> tuple[str, ...]:
        """Of the child."""
        return column_names(self.first.child_end)

    @property
    def parent_columns(self) -> tuple[str, ...]:
        """Of the parent, in the same order."""
        return column_names(self.first.parent_end)

    @property
    def backed(self) -> tuple[PresentRelationship, ...]:
        """The entries that have a key."""
        return tuple(one for one in self.entries if one.constraint is not None)

    def __str__(self) -> str:
        """``child(columns) → parent(columns)``."""
        return f"{self.first.child} → {self.first.parent}"


@dataclass(frozen=True, slots=True)
class Seen:
    """All that the planner decides by.

    Args:
        session: reads the database, in one transaction.
        catalog: the definitions.
        wanted: the relationships of the contract that are there.
        absent: those that are not, a line each.
        planned: all that a scan would look at, keys that the contract does not name among them.
        orphans: by an entry's key; what nobody could look at is not in it.
        unseen: by an entry's key, why nobody could look.
        rows: how many each table has that was counted.
    """

    session: Session
    catalog: Catalog
    wanted: tuple[Wanted, ...]
    absent: tuple[str, ...]
    planned: tuple[PresentRelationship, ...]
    orphans: Mapping[str, int]
    unseen: Mapping[str, str]
    rows: Mapping[TableName, int]


@contextmanager
def looked_at(
    database: Database, contract: Contract, connections: int, progress: Progress | None
) -> Iterator[Seen]:
    """Look at a database.

    Args:
        database: read-only, with its limits.
        contract: what it must keep.
        connections: used at the same time to count orphans.
        progress: told the relationship, how many are done, and of how many.

    Raises:
        DatabaseError: it can't be read.
        BrokenContract: the contract names a type that the database does not know.
    """
    with database.transaction() as connection:
        catalog = read_catalog(connection, contract.type_names)
    planned = plan_relationships(catalog, contract)
    declared = [one for one in planned if one.declared is not None]
    report = scan(
        database,
        contract,
        target=contract.target,
        keys=[one.key for one in declared],
        progress=progress,
        connections=connections,
    )
    found = {key_of(one): one for one in report.evidence["relationships"]}
    with reading(database) as session:
        yield _seen(session, catalog, planned, found)


def table_name(relation: Relation) -> TableName:
    """As operations name it."""
    return TableName(relation.schema, relation.name)


def column_names(end: End) -> tuple[str, ...]:
    """Of one end of a relationship, in its order."""
    return tuple(one.name for one in end.columns)


def leaves_of(catalog: Catalog, relation: Relation) -> list[Relation]:
    """The tables that hold a partitioned table's rows; none where it is not partitioned."""
    found: list[Relation] = []
    for one in catalog.partitions(relation) if relation.partitioned else ():
        found += leaves_of(catalog, one) if one.partitioned else [one]
    return sorted(found, key=lambda one: (one.schema, one.name))


def _seen(
    session: Session,
    catalog: Catalog,
    planned: Sequence[PlannedRelationship],
    found: Mapping[str, Mapping[str, Any]],
) -> Seen:
    grouped: dict[DeclaredRelationship, list[PresentRelationship]] = {}
    absent = []
    for one in planned:
        if isinstance(one, AbsentRelationship):
            absent.append(f"{one.child} → {one.parent}: {one.reason}")
        elif one.declared is not None:
            grouped.setdefault(one.declared, []).append(one)
    wanted = [Wanted(declared, tuple(entries)) for declared, entries in grouped.items()]
    return Seen(
        session=session,
        catalog=catalog,
        wanted=tuple(sorted(wanted, key=lambda one: (one.child, one.columns, one.parent))),
        absent=tuple(absent),
        planned=tuple(one for one in planned if isinstance(one, PresentRelationship)),
        orphans={key: one["orphans"] for key, one in found.items() if one["orphans"] is not None},
        unseen={key: one["reason"] for key, one in found.items() if one["orphans"] is None},
        rows={
            one.child: found[one.first.key]["rows"]
            for one in wanted
            if found.get(one.first.key, {}).get("rows") is not None
        },
    )
