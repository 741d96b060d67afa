"""What rows that go would break, to the last level: by tables, whether rows are there or not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from studioops.integrity.scan.relationship import PresentRelationship
from studioops.migrations.operations import TableName
from studioops.migrations.operations.reference import Going, Reference, Touched
from studioops.migrations.planner.keys import SOME_COLUMNS
from studioops.migrations.planner.seen import Seen, column_names, table_name
from studioops.postgres.catalog import Catalog

DECIDED = {"CASCADE": Going.REMOVE, "SET NULL": Going.CLEAR}
# What a key does by itself; any other one leaves it to the contract.
OWN = {**DECIDED, "SET DEFAULT": Going.REFUSE}
# Where two say what becomes of the same rows, the one that keeps more from happening.
STRICTER = (Going.REFUSE, Going.REMOVE, Going.CLEAR)


@dataclass(frozen=True, slots=True)
class Rules:
    """What becomes of rows whose parent goes, whichever it is.

    Args:
        by_parent: by the table that is referred to.
        kin: of a table that is a partition, or has some, those above and below it.
    """

    by_parent: Mapping[TableName, tuple[Touched, ...]]
    kin: Mapping[TableName, tuple[TableName, ...]]

    @classmethod
    def of(cls, seen: Seen) -> Rules:
        """By the keys that stand and the contract's relationships.

        Args:
            seen: of the database.
        """
        found: dict[Reference, Going] = {}
        for entry in seen.planned:
            if not entry.child_end.relation.takes_constraints or _idle(entry):
                continue
            reference, going = reference_of(entry), _going(entry)
            found[reference] = min(found.get(reference, going), going, key=STRICTER.index)
        by_parent: dict[TableName, list[Touched]] = {}
        for reference in sorted(found, key=_order):
            touched = Touched(reference, found[reference])
            by_parent.setdefault(reference.parent, []).append(touched)
        rules = {table: tuple(several) for table, several in by_parent.items()}
        return cls(rules, _kin(seen.catalog))

    def touched(self, table: TableName) -> tuple[Touched, ...]:
        """Every reference that rows of a table may break when they go, to the last level.

        Args:
            table: whose rows go.
        """
        found: dict[Touched, None] = {}
        reached, waiting = {table}, [table]
        while waiting:
            for one in self._of(waiting.pop(0)):
                found.setdefault(one)
                reference = one.reference
                if one.going is Going.CLEAR:
                    # A value that is cleared may itself be what others refer to.
                    found |= dict.fromkeys(self.referring(reference.child, reference.columns))
                elif one.going is Going.REMOVE and reference.child not in reached:
                    reached.add(reference.child)
                    waiting.append(reference.child)
        return tuple(found)

    def referring(self, table: TableName, columns: tuple[str, ...]) -> Iterator[Touched]:
        """The references to these columns of a table, or to some of them.

        Args:
            table: that is referred to.
            columns: of it.
        """
        for one in self._of(table):
            if set(one.reference.parent_columns) & set(columns):
                yield one

    def _of(self, table: TableName) -> list[Touched]:
        places = (table, *self.kin.get(table, ()))
        return [one for place in places for one in self.by_parent.get(place, ())]


def reference_of(entry: PresentRelationship) -> Reference:
    """A relationship as operations on rows need it.

    Args:
        entry: of a scan.
    """
    pairs = list(zip(entry.pairs, entry.wanted_types, strict=True))
    kinds = [kind or parent.type for (_, parent), kind in pairs]
    plain = all(
        child.type.oid == parent.type.oid == kind.oid
        for ((child, parent), _), kind in zip(pairs, kinds, strict=True)
    )
    return Reference(
        child=table_name(entry.child_end.relation),
        columns=column_names(entry.child_end),
        parent=table_name(entry.parent_end.relation),
        parent_columns=column_names(entry.parent_end),
        types=() if plain else tuple(one.cast for one in kinds),
        match=entry.match,
    )


def _kin(catalog: Catalog) -> dict[TableName, tuple[TableName, ...]]:
    """Rows of a partition are rows of the whole, to which others may refer; and back."""
    kin: dict[TableName, set[TableName]] = {}
    for one in catalog.relations.values():
        above = one
        while above.partition_of is not None:
            above = catalog.relations[above.partition_of]
            kin.setdefault(table_name(one), set()).add(table_name(above))
            kin.setdefault(table_name(above), set()).add(table_name(one))
    return {table: tuple(sorted(others)) for table, others in kin.items()}


def _idle(entry: PresentRelationship) -> bool:
    """A key that PostgreSQL does not enforce, and that the contract does not name, does nothing."""
    key = entry.constraint
    return key is not None and not key.enforced and entry.declared is None


def _going(entry: PresentRelationship) -> Going:
    key, declared = entry.constraint, entry.declared
    if key is not None and key.enforced and key.on_delete in OWN:
        partly = SOME_COLUMNS.search(key.definition)
        return Going.REFUSE if partly else OWN[key.on_delete]
    on_delete = declared.on_delete if declared is not None else None
    return DECIDED.get(on_delete or "", Going.REFUSE)


def _order(reference: Reference) -> tuple[TableName, tuple[str, ...], tuple[str, ...], str]:
    return reference.child, reference.columns, reference.parent_columns, str(reference)
