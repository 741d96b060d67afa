"""What the catalog says, as small frozen values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

ACTIONS = {
    "a": "NO ACTION",
    "r": "RESTRICT",
    "c": "CASCADE",
    "n": "SET NULL",
    "d": "SET DEFAULT",
}
MATCHES = {"s": "simple", "f": "full", "p": "partial"}

# To SQL these two names mean one character and one bit.
WHOLE = {"character": "bpchar", "bit": '"bit"'}


def cast_name(name: str) -> str:
    """A type's name for a cast that cuts no value short.

    Args:
        name: as ``format_type`` says it.
    """
    element = name.removesuffix("[]")
    return WHOLE.get(element, element) + name[len(element) :]


@dataclass(frozen=True, slots=True)
class ColumnType:
    """A type, and the operator that means equality for it (None where it has none, as json)."""

    oid: int
    name: str
    category: str
    equality: tuple[str, str] | None

    @property
    def cast(self) -> str:
        """How a cast names it that cuts nothing short."""
        return cast_name(self.name)


@dataclass(frozen=True, slots=True)
class Column:
    """A column; a domain counts as its base type. ``collation`` is None where it takes none."""

    number: int
    name: str
    display: str
    not_null: bool
    declared_type: str
    type: ColumnType
    collation: str | None = None


@dataclass(frozen=True, slots=True)
class Relation:
    """A table, partitioned table, foreign table or view.

    ``rows`` and ``all_visible`` (the share of pages that an index-only scan need not visit) are
    what the statistics say.
    """

    oid: int
    schema: str
    name: str
    display: str
    kind: str
    rows: int
    all_visible: float
    partition_of: int | None
    columns: Mapping[str, Column]

    @property
    def partitioned(self) -> bool:
        """Whether its rows lie in partitions."""
        return self.kind == "p"

    @property
    def takes_constraints(self) -> bool:
        """Whether a foreign key can stand on it."""
        return self.kind in "rp"

    def at(self, number: int) -> Column:
        """The column of that number."""
        return next(column for column in self.columns.values() if column.number == number)


@dataclass(frozen=True, slots=True)
class Operator:
    """The operator by which a constraint compares one pair: ``parent OPERATOR child``."""

    schema: str
    name: str
    cast_parent: str | None = None
    cast_child: str | None = None
    collation: str | None = None


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """A foreign-key constraint, at the root where its tables are partitioned."""

    oid: int
    name: str
    child: int
    parent: int
    child_columns: tuple[Column, ...]
    parent_columns: tuple[Column, ...]
    operators: tuple[Operator, ...]
    validated: bool
    enforced: bool
    period: bool
    on_delete: str
    on_update: str
    match: str
    definition: str
    disabled_on: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Index:
    """An index; number 0 among its columns stands for an expression."""

    name: str
    method: str
    is_unique: bool
    is_primary: bool
    valid: bool
    partial: bool
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Catalog:
    """One database's definitions, as one snapshot saw them."""

    server_version: int
    relations: Mapping[int, Relation]
    foreign_keys: Sequence[ForeignKey]
    indexes: Mapping[int, Sequence[Index]]
    asked_types: Mapping[str, ColumnType | None]
    distinct: Mapping[tuple[str, str, str], float]
    _names: Mapping[tuple[str, str], int] = field(default_factory=dict)

    def find(self, schema: str, name: str) -> Relation | None:
        """The relation of that name."""
        oid = self._names.get((schema, name))
        return None if oid is None else self.relations[oid]

    def primary_key(self, relation: Relation) -> tuple[Column, ...]:
        """The columns of its primary key; empty where it has none."""
        for index in self.indexes.get(relation.oid, ()):
            if index.is_primary:
                return tuple(relation.at(number) for number in index.numbers)
        return ()

    def distinct_values(self, relation: Relation, column: Column) -> float | None:
        """How many values a column has, by the statistics; None where there are none."""
        figure = self.distinct.get((relation.schema, relation.name, column.name))
        # pg_stats' own convention: a negative figure is a share of the rows.
        return None if figure is None else figure if figure > 0 else -figure * relation.rows

    def ordered_index(self, relation: Relation, columns: Sequence[Column]) -> bool:
        """Whether a b-tree leads with exactly these columns in this order."""
        wanted = tuple(column.number for column in columns)
        return any(
            index.method == "btree"
            and index.valid
            and not index.partial
            and index.numbers[: len(wanted)] == wanted
            for index in self.indexes.get(relation.oid, ())
        )

    def partitions(self, relation: Relation) -> list[Relation]:
        """Its partitions, one level down."""
        return [one for one in self.relations.values() if one.partition_of == relation.oid]
