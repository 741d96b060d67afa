"""Relationships that names suggest and no constraint backs."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from studioops.integrity.infer.names import (
    FEW,
    GENERIC,
    STRENGTHS,
    NamedKey,
    NameIndex,
    Rule,
    key_words,
)
from studioops.integrity.infer.words import stems
from studioops.integrity.scan.compare import INTEGER_RANGES, TEXT_TYPES
from studioops.postgres.catalog import Catalog, Column, ColumnType, Relation

Names = tuple[str, ...]


class KeyKind(StrEnum):
    """How firmly a parent's columns are its key."""

    PRIMARY = "primary"
    UNIQUE = "unique"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A relationship that may be one.

    Args:
        child: the referring table.
        columns: the referring columns.
        parent: the table referred to.
        referred: its columns, in the same order.
        rule: how the names speak of it.
        key: what the columns are to the parent.
    """

    child: Relation
    columns: Names
    parent: Relation
    referred: Names
    rule: Rule
    key: KeyKind

    @property
    def ends(self) -> tuple[int, Names, int, Names]:
        """What tells it from others, whatever rule found it."""
        return self.child.oid, self.columns, self.parent.oid, self.referred

    @property
    def types(self) -> Names | None:
        """What values must be, where the parent's own type would not say it: ids kept as text."""
        if len(self.columns) > 1:
            return None
        ends = (self.child.columns[self.columns[0]], self.parent.columns[self.referred[0]])
        child, parent = (end.type.name for end in ends)
        return ("uuid",) if child == "uuid" != parent else None


def candidates(catalog: Catalog) -> list[Candidate]:
    """Every relationship that names suggest, the strongest rule each.

    Args:
        catalog: of the database.

    Returns:
        in the order of the tables' names; none that a foreign key backs or implies.
    """
    found: dict[tuple[int, Names, int, Names], Candidate] = {}
    search = _Search(catalog)
    for one in (*search.single(), *search.composite()):
        known = found.get(one.ends)
        if known is None or STRENGTHS[one.rule] > STRENGTHS[known.rule]:
            found[one.ends] = one
    return list(found.values())


class _Search:
    def __init__(self, catalog: Catalog) -> None:
        # Partitions are spoken for by their root; a view holds no rows of its own.
        tables = [one for one in catalog.relations.values() if one.takes_constraints]
        self._tables = [one for one in tables if one.partition_of is None]
        self._tables.sort(key=lambda one: (one.schema, one.name))
        self._primary = {one.oid: _names(catalog.primary_key(one)) for one in self._tables}
        self._catalog = catalog
        self._backed: set[tuple[int, frozenset[str]]] = set()
        self._implied: set[tuple[int, str, int, str]] = set()
        for key in catalog.foreign_keys:
            child, parent = _names(key.child_columns), _names(key.parent_columns)
            self._backed.add((key.child, frozenset(child)))
            for one, other in zip(child, parent, strict=True):
                self._implied.add((key.child, one, key.parent, other))

    def single(self) -> Iterator[Candidate]:
        """Those of one column."""
        index = NameIndex()
        kinds: dict[NamedKey, KeyKind] = {}
        for table in self._tables:
            for column, kind in self._keys(table):
                key = NamedKey(
                    table.oid, table.name, column, kind is not KeyKind.UNIQUE, table.schema
                )
                kinds[key] = kind
                index.add(key)
        for child in self._tables:
            for name in child.columns:
                if not self._taken(child, (name,)):
                    for key, rule in index.find(child.oid, name, child.schema).items():
                        parent = self._catalog.relations[key.owner]
                        yield from self._of_names(
                            Candidate(child, (name,), parent, (key.column,), rule, kinds[key])
                        )

    def _of_names(self, one: Candidate) -> Iterator[Candidate]:
        """The candidate, unless something other than its names speaks against it."""
        (name,), (referred,) = one.columns, one.referred
        whole = self._primary[one.child.oid] == one.columns
        if (
            (one.child.oid, name, one.parent.oid, referred) not in self._implied
            and (not whole or one.rule is Rule.NAMED)
            and comparable(one.child.columns[name].type, one.parent.columns[referred].type)
        ):
            yield one

    def composite(self) -> Iterator[Candidate]:
        """Those of several columns."""
        spelt = {
            one.oid: {stems(name): name for name in reversed(list(one.columns))}
            for one in self._tables
        }
        having: dict[str | Names, set[int]] = defaultdict(set)
        for one in self._tables:
            for name in one.columns:
                having[name].add(one.oid)
                having[stems(name)].add(one.oid)
        keys = [(one, *key) for one in self._tables for key in self._composite_keys(one)]
        alike = Counter((one.schema, frozenset(referred)) for one, referred, _ in keys)
        for parent, referred, kind in keys:
            told = alike[parent.schema, frozenset(referred)] <= FEW
            for child in self._having(having, parent, referred, told=told):
                columns = _composite(child, spelt[child.oid], parent, referred)
                if columns is not None and not self._pointless(child, columns, parent):
                    plain = any(one.lower() in GENERIC for one in columns)
                    rule = Rule.COMPOSITE_GENERIC if plain else Rule.COMPOSITE
                    yield Candidate(child, columns, parent, referred, rule, kind)

    def _having(
        self,
        having: Mapping[str | Names, set[int]],
        parent: Relation,
        referred: Names,
        *,
        told: bool,
    ) -> Iterator[Relation]:
        """The tables of its schema, or of all where these are few, with columns like the key's."""
        by_tables = [having[by_table(parent, name)] for name in referred]
        oids = set.intersection(
            *(having[name] | by for name, by in zip(referred, by_tables, strict=True))
        )
        # Where many tables have a key of these names, a name must speak of the table, too.
        oids = oids if told else oids & set[int]().union(*by_tables)
        tables = [self._catalog.relations[oid] for oid in oids]
        if len({one.schema for one in tables}) > FEW:
            tables = [one for one in tables if one.schema == parent.schema]
        yield from sorted(tables, key=lambda one: (one.schema, one.name))

    def _pointless(self, child: Relation, columns: Names, parent: Relation) -> bool:
        if child.oid == parent.oid or self._taken(child, columns):
            return True
        # Two tables with one whole key: nothing tells which is the parent.
        keys = [set(self._primary[one.oid]) for one in (child, parent)]
        return all(key == set(columns) for key in keys) or all(
            name.lower() in GENERIC for name in columns
        )

    def _taken(self, child: Relation, columns: Names) -> bool:
        return (child.oid, frozenset(columns)) in self._backed

    def _keys(self, table: Relation) -> Iterator[tuple[str, KeyKind]]:
        """Its keys of one column; the column ``id`` of a table that has no primary key."""
        unique = self._unique(table)
        for columns, kind in sorted(unique.items()):
            if len(columns) == 1:
                yield columns[0], kind
        if not self._primary[table.oid]:
            for name in table.columns:
                if name.lower() == "id" and (name,) not in unique:
                    yield name, KeyKind.NONE

    def _composite_keys(self, table: Relation) -> Iterator[tuple[Names, KeyKind]]:
        for columns, kind in sorted(self._unique(table).items()):
            if len(columns) > 1:
                yield columns, kind

    def _unique(self, table: Relation) -> dict[Names, KeyKind]:
        found: dict[Names, KeyKind] = {}
        for index in self._catalog.indexes.get(table.oid, ()):
            if index.is_unique and index.valid and not index.partial and 0 not in index.numbers:
                names = _names(tuple(table.at(number) for number in index.numbers))
                if index.is_primary or names not in found:
                    found[names] = KeyKind.PRIMARY if index.is_primary else KeyKind.UNIQUE
        return found


def comparable(child: ColumnType, parent: ColumnType) -> bool:
    """Whether values of one type could be meant for the other.

    Args:
        child: of the referring column.
        parent: of the column referred to.
    """
    if child.oid == parent.oid:
        return child.equality is not None and child.name != "boolean"
    numbers, texts = set(INTEGER_RANGES), TEXT_TYPES
    if parent.name in numbers:
        return child.name in numbers | texts | {"numeric"}
    if parent.name in texts:
        return child.name in numbers | texts | {"uuid"}
    return parent.name == "uuid" and child.name in texts


def by_table(parent: Relation, name: str) -> Names:
    """How a reference to one column of a table is spelt: order_id for the id of orders."""
    table = stems(parent.name)
    return table + key_words(table, stems(name))


def _composite(
    child: Relation, spelt: dict[Names, str], parent: Relation, referred: Names
) -> Names | None:
    """The child's columns that go by the key's names; None where one is lacking."""
    columns = []
    for name in referred:
        named = spelt.get(by_table(parent, name))
        column = named if name not in child.columns or name.lower() == "id" else name
        if column is None:
            return None
        if not comparable(child.columns[column].type, parent.columns[name].type):
            return None
        columns.append(column)
    return tuple(columns) if len(set(columns)) == len(columns) else None


def _names(columns: tuple[Column, ...]) -> Names:
    return tuple(column.name for column in columns)
