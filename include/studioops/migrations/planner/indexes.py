"""Which indexes are to be created, so that a parent's change never reads a whole child."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from studioops.migrations.operations import CreateIndex, Leaf, TableName
from studioops.migrations.planner.naming import Names
from studioops.migrations.planner.seen import Seen, Wanted, leaves_of, table_name

Columns = tuple[str, ...]


def decide_indexes(seen: Seen, names: Names) -> tuple[CreateIndex, ...]:
    """The indexes that relationships of the contract lack.

    Args:
        seen: of the database.
        names: for the new ones.
    """
    lacking: dict[TableName, list[Wanted]] = {}
    for one in seen.wanted:
        if one.first.child_end.relation.takes_constraints and not one.first.covered:
            lacking.setdefault(one.child, []).append(one)
    return tuple(one for group in lacking.values() for one in _of_table(seen, names, group))


def leading(references: Iterable[Columns]) -> list[Columns]:
    """The columns of as few indexes as serve all references of a table.

    An index serves a reference whose columns it begins with, in whatever order.

    Args:
        references: their columns.
    """
    found: list[Columns] = []
    for one in sorted(references, key=lambda columns: (-len(columns), columns)):
        if not any(set(other[: len(one)]) == set(one) for other in found):
            found.append(_ordered(one, references))
    return sorted(found)


def _ordered(columns: Columns, references: Iterable[Columns]) -> Columns:
    """The widest one's columns, those of narrower ones first as far as one holds the next."""
    ordered: list[str] = []
    narrower = [one for one in references if set(one) < set(columns)]
    for one in sorted(narrower, key=lambda columns: (len(columns), columns)):
        if set(ordered) <= set(one):
            ordered += [name for name in one if name not in ordered]
    return (*ordered, *(name for name in columns if name not in ordered))


def _of_table(seen: Seen, names: Names, group: Sequence[Wanted]) -> Iterator[CreateIndex]:
    relation, table = group[0].first.child_end.relation, group[0].child
    leaves = [table_name(one) for one in leaves_of(seen.catalog, relation)]
    for columns in leading([one.columns for one in group]):
        name = names.index(table, columns)
        parts = tuple(Leaf(leaf, names.index(leaf, columns)) for leaf in leaves)
        yield CreateIndex(table, columns, name, parts)
