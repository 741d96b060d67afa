"""The references that rows hang together by, with the scan's own SQL for each."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeGuard, cast

from psycopg.sql import SQL, Composable, Composed, Identifier

from studioops.errors import StudioOpsError
from studioops.integrity.contract import ColumnSet, Contract, DeclaredRelationship
from studioops.integrity.scan.compare import CannotCompare, Pair, compare_pairs
from studioops.integrity.scan.plan import plan_relationships
from studioops.integrity.scan.question import Question, source
from studioops.integrity.scan.relationship import (
    AbsentRelationship,
    PlannedRelationship,
    PresentRelationship,
)
from studioops.migrations.quarantine.catalog import catalog_of
from studioops.postgres.catalog import Catalog, Relation

if TYPE_CHECKING:
    from studioops.migrations.operations.reference import Reference, Touched
    from studioops.migrations.operations.step import Session

NOWHERE = Path("plan")
# Of a period nobody says which parent covers it: each that could counts.
PERIOD = SQL(
    "{complete} AND EXISTS (SELECT FROM {parent} AS p JOIN fresh AS f"
    " ON f.relation = p.tableoid AND f.place = p.ctid WHERE {match})"
)


class Unfit(StudioOpsError):
    """What was asked for can't be done on this database; each reason is a line."""

    def __init__(self, reasons: Iterable[str]) -> None:
        self.reasons = tuple(reasons)
        super().__init__("; ".join(self.reasons), "plan again: studioops migrate plan")


@dataclass(frozen=True)
class Edge:
    """A reference, and how the scan looks at it.

    Args:
        planned: it, as it stands in the database.
        pairs: how its columns are compared, the child's row called ``c`` and the parent's ``p``.
        going: what becomes of rows that lose their parent: ``remove``, ``clear`` or ``refuse``.
        parents: the oids of the tables that hold the parent's rows.
    """

    planned: PresentRelationship
    pairs: Sequence[Pair]
    going: str
    parents: frozenset[int]

    def __str__(self) -> str:
        """``child(columns) → parent(columns)``."""
        return f"{self.planned.child} → {self.planned.parent}"

    @property
    def child(self) -> Relation:
        """The table whose rows refer."""
        return self.planned.child_end.relation

    @property
    def columns(self) -> tuple[str, ...]:
        """Of the child."""
        return tuple(one.name for one in self.planned.child_end.columns)

    @property
    def parent_columns(self) -> frozenset[str]:
        """Of the parent."""
        return frozenset(one.name for one in self.planned.parent_end.columns)

    @property
    def period(self) -> bool:
        """Whether its last columns are periods of time, which parents can cover together."""
        key = self.planned.constraint
        return key is not None and key.period

    @property
    def offending(self) -> Composable:
        """What is true of its orphans, the child's row called ``c``."""
        return Question(self.planned, self.pairs).offending

    @property
    def counts(self) -> Composed:
        """One row, ``orphans`` and ``malformed``."""
        return Question(self.planned, self.pairs).counts

    @property
    def losing(self) -> Composed:
        """What is true of rows whose last parent goes, by the tables ``going`` and ``fresh``."""
        pairs = self.pairs[:-1] if self.period else self.pairs
        parts = {
            "complete": SQL(" AND ").join(
                SQL("{} IS NOT NULL").format(Identifier("c", name)) for name in self.columns
            ),
            "parent": source(self.planned.parent_end.relation),
            "match": SQL(" AND ").join(pair.test for pair in pairs),
        }
        if self.period:
            return PERIOD.format(**parts)
        return SQL(
            "{complete} AND EXISTS (SELECT FROM {parent} AS p JOIN fresh AS f"
            " ON f.relation = p.tableoid AND f.place = p.ctid WHERE {match})"
            " AND NOT EXISTS (SELECT FROM {parent} AS p WHERE {match} AND NOT EXISTS"
            " (SELECT FROM going AS g WHERE g.relation = p.tableoid AND g.place = p.ctid))"
        ).format(**parts)


@dataclass(frozen=True)
class Edges:
    """All that an operation on rows has to look at.

    Args:
        own: the reference whose orphans it deals with.
        touched: what the plan says of the others.
        unnamed: keys that stand and that the plan says nothing of, and the reference itself where
            it says nothing: none of their rows may lose its parent.
        keys: every key that stands on what is written, or refers to it.
    """

    own: Edge
    touched: tuple[Edge, ...]
    unnamed: tuple[Edge, ...]
    keys: tuple[Edge, ...]


def read_edges(session: Session, reference: Reference, touched: Sequence[Touched] = ()) -> Edges:
    """Look the references up, and every key that stands.

    Args:
        session: in a transaction.
        reference: whose orphans are dealt with.
        touched: the others, as the plan names them.

    Raises:
        Unfit: a table, column or type is absent, or its columns can't be compared.
    """
    named = [reference, *(one.reference for one in touched)]
    catalog = catalog_of(session, {kind for one in named for kind in one.types})
    _refuse_unknown_types(catalog, named)
    contract = Contract(NOWHERE, "", tuple(map(_declared, named, range(len(named)))), (), ())
    planned = plan_relationships(catalog, contract)
    goings = ["remove", *(str(one.going) for one in touched)]
    edges = [_edge(catalog, _named(planned, line), going) for line, going in enumerate(goings)]
    written = {oid for one in edges for oid in _holders(catalog, one.child)}
    standing = [_edge(catalog, one, "refuse") for one in planned if _stands(one, written)]
    # One that the plan names twice stands once; a table that refers to itself may not be named.
    keys = {str(one): one for one in standing}
    told = {str(one) for one in edges[1:]}
    others = keys | {str(edges[0]): replace(edges[0], going="refuse")}
    unnamed = tuple(one for name, one in others.items() if name not in told)
    return Edges(edges[0], tuple(edges[1:]), unnamed, tuple(keys.values()))


def keys_of(session: Session, tables: Iterable[tuple[str, str]]) -> tuple[Edge, ...]:
    """The keys that stand on tables, for whoever puts rows back.

    Args:
        session: in a transaction.
        tables: the children, each by schema and name.
    """
    catalog = catalog_of(session)
    found = [catalog.find(*one) for one in tables]
    children = {one.oid for one in found if one is not None}
    planned = plan_relationships(catalog, None)
    edges = [_edge(catalog, one, "refuse") for one in planned if _stands(one, children)]
    return tuple(one for one in edges if one.child.oid in children)


def _stands(one: PlannedRelationship, written: Collection[int]) -> TypeGuard[PresentRelationship]:
    """Whether a key that PostgreSQL heeds has to do with tables that are written."""
    if not isinstance(one, PresentRelationship) or one.constraint is None:
        return False
    ends = {one.child_end.relation.oid, one.parent_end.relation.oid}
    return one.constraint.enforced and not ends.isdisjoint(written)


def _declared(reference: Reference, line: int) -> DeclaredRelationship:
    child, parent = reference.child, reference.parent
    return DeclaredRelationship(
        child=ColumnSet(child.schema, child.name, reference.columns),
        parent=ColumnSet(parent.schema, parent.name, reference.parent_columns),
        on_delete=None,
        on_update=None,
        match=reference.match,
        types=reference.types or None,
        orphans="quarantine",
        line=line,
    )


def _refuse_unknown_types(catalog: Catalog, named: Sequence[Reference]) -> None:
    unknown = {kind for one in named for kind in one.types if catalog.asked_types[kind] is None}
    if unknown:
        raise Unfit(f"the database knows no type {kind}" for kind in sorted(unknown))


def _named(planned: Iterable[Any], line: int) -> PresentRelationship:
    """The entry of one declaration: its constraint's where one backs it."""
    found = next(one for one in planned if one.declared is not None and one.declared.line == line)
    if isinstance(found, AbsentRelationship):
        raise Unfit([f"{found.child} → {found.parent}: {found.reason}"])
    return cast(PresentRelationship, found)


def _edge(catalog: Catalog, planned: PresentRelationship, going: str) -> Edge:
    ends = (planned.child_end, planned.parent_end)
    if others := [one.relation for one in ends if not one.relation.takes_constraints]:
        raise Unfit(f"{one.display} is no table whose rows can be taken out" for one in others)
    try:
        pairs = compare_pairs(planned, catalog.server_version)
    except CannotCompare as error:
        raise Unfit([f"{planned.child} → {planned.parent}: {error.message}"]) from None
    holders = frozenset(_holders(catalog, planned.parent_end.relation))
    edge = Edge(planned, pairs, going, holders)
    if edge.period and planned.declared is not None:
        raise Unfit([f"{edge} is a key over periods of time, which nobody follows"])
    return edge


def _holders(catalog: Catalog, relation: Relation) -> Iterator[int]:
    """The table, or where it is partitioned those that hold its rows."""
    yield relation.oid
    for part in catalog.partitions(relation) if relation.partitioned else ():
        yield from _holders(catalog, part)
