"""What is to be looked at: the contract's relationships and the catalog's, each once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from studioops.integrity.contract import (
    BrokenContract,
    ColumnSet,
    Contract,
    DeclaredRelationship,
    Fault,
)
from studioops.integrity.scan.relationship import (
    AbsentRelationship,
    End,
    PlannedRelationship,
    PresentRelationship,
)
from studioops.postgres.catalog import Catalog, Column, ColumnType, ForeignKey, Relation


def plan_relationships(catalog: Catalog, contract: Contract | None) -> list[PlannedRelationship]:
    """Every relationship of the contract, then the catalog's others.

    One entry a constraint; a relationship of the contract that has none has its own.

    Args:
        catalog: of the target.
        contract: or None for the catalog alone.

    Raises:
        BrokenContract: it names a type that the target does not know.
    """
    _refuse_unknown_types(catalog, contract)
    planner = _Planner(catalog, contract)
    entries = [
        entry
        for one in (contract.relationships if contract else ())
        for entry in planner.named(one)
    ]
    return entries + list(planner.remaining())


def _refuse_unknown_types(catalog: Catalog, contract: Contract | None) -> None:
    if contract is None:
        return
    faults = [
        Fault(one.line, f"the database knows no type {name!r}")
        for one in contract.relationships
        for name in one.types or ()
        if catalog.asked_types.get(name) is None
    ]
    if faults:
        raise BrokenContract(contract.path, faults)


class _Planner:
    """Matches declarations with constraints by table and column, never by a constraint's name."""

    def __init__(self, catalog: Catalog, contract: Contract | None) -> None:
        self._catalog = catalog
        self._referrers = _referrers(catalog, contract)
        self._by_tables: dict[tuple[int, int], list[ForeignKey]] = {}
        for key in catalog.foreign_keys:
            self._by_tables.setdefault((key.child, key.parent), []).append(key)
        self._named: set[int] = set()

    def named(self, declared: DeclaredRelationship) -> Iterator[PlannedRelationship]:
        """The entries of one declaration: one a constraint that backs it, else one without."""
        child, parent = self._end(declared.child), self._end(declared.parent)
        if isinstance(child, str) or isinstance(parent, str):
            reasons = [end for end in (child, parent) if isinstance(end, str)]
            shown = str(declared.child), str(declared.parent)
            yield AbsentRelationship(*shown, declared, "; ".join(reasons))
            return
        backing = self._backing(child, parent)
        self._named.update(key.oid for key in backing)
        for key in backing:
            yield self._backed(declared, key)
        if not backing:
            yield self._entry(declared, None, child, parent)

    def remaining(self) -> Iterator[PlannedRelationship]:
        """The constraints that no declaration named."""
        for key in self._catalog.foreign_keys:
            if key.oid not in self._named:
                yield self._backed(None, key)

    def _end(self, names: ColumnSet) -> End | str:
        """One end of a declaration, or what of it is absent."""
        relation = self._catalog.find(names.schema, names.table)
        if relation is None:
            return f"table {names.schema}.{names.table} is absent"
        missing = [name for name in names.columns if name not in relation.columns]
        if missing:
            listed = ", ".join(f"{relation.display}.{name}" for name in missing)
            return f"column {listed} is absent"
        return End(relation, tuple(relation.columns[name] for name in names.columns))

    def _backing(self, child: End, parent: End) -> list[ForeignKey]:
        wanted = _names(child.columns, parent.columns)
        candidates = self._by_tables.get((child.relation.oid, parent.relation.oid), [])
        return [
            key for key in candidates if _names(key.child_columns, key.parent_columns) == wanted
        ]

    def _backed(
        self, declared: DeclaredRelationship | None, key: ForeignKey
    ) -> PresentRelationship:
        # The constraint's own order of columns, so that its operators stay with their pairs.
        relations = self._catalog.relations
        child = End(relations[key.child], key.child_columns)
        return self._entry(declared, key, child, End(relations[key.parent], key.parent_columns))

    def _entry(
        self,
        declared: DeclaredRelationship | None,
        key: ForeignKey | None,
        child: End,
        parent: End,
    ) -> PresentRelationship:
        return PresentRelationship(
            child_end=child,
            parent_end=parent,
            declared=declared,
            constraint=key,
            wanted_types=self._wanted(declared, child),
            row_key=self._catalog.primary_key(child.relation),
            covered=self._covered(child.relation, child.columns),
            merges=all(
                self._catalog.ordered_index(end.relation, end.columns) for end in (child, parent)
            ),
            distinct=self._catalog.distinct_values(child.relation, child.columns[0])
            if len(child.columns) == 1
            else None,
            referred_by=tuple(sorted(self._referrers.get(child.relation.oid, ()))),
        )

    def _wanted(
        self, declared: DeclaredRelationship | None, child: End
    ) -> tuple[ColumnType | None, ...]:
        if declared is None or declared.types is None:
            return (None,) * len(child.columns)
        types = dict(zip(declared.child.columns, declared.types, strict=True))
        return tuple(self._catalog.asked_types[types[column.name]] for column in child.columns)

    def _covered(self, relation: Relation, columns: Sequence[Column]) -> bool:
        wanted = {relation.columns[column.name].number for column in columns}
        for index in self._catalog.indexes.get(relation.oid, ()):
            usable = index.valid and not index.partial and index.method in ("btree", "hash")
            if usable and set(index.numbers[: len(wanted)]) == wanted:
                return True
        partitions = self._catalog.partitions(relation) if relation.partitioned else ()
        # Indexes made partition by partition serve as well as one made at the root.
        return bool(partitions) and all(self._covered(one, columns) for one in partitions)


def _referrers(catalog: Catalog, contract: Contract | None) -> dict[int, set[str]]:
    """By table, the tables whose rows refer to it: what goes with its rows, or loses them."""
    found: dict[int, set[str]] = {}
    for key in catalog.foreign_keys:
        found.setdefault(key.parent, set()).add(catalog.relations[key.child].display)
    for one in contract.relationships if contract else ():
        child = catalog.find(one.child.schema, one.child.table)
        parent = catalog.find(one.parent.schema, one.parent.table)
        if child is not None and parent is not None:
            found.setdefault(parent.oid, set()).add(child.display)
    return found


def _names(child: Sequence[Column], parent: Sequence[Column]) -> set[tuple[str, str]]:
    return {(c.name, p.name) for c, p in zip(child, parent, strict=True)}
