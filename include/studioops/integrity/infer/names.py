"""Which key a column's name speaks of: a suspicion, for the data to confirm."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from studioops.integrity.infer.words import glued, stem, stems

Stems = tuple[str, ...]
# Other words for the key that a reference ends with.
KEY_WORDS = {"id", "uuid", "guid", "key", "fk", "ref"}
# What every table has: equal names mean nothing.
GENERIC = {
    *("id", "uuid", "guid", "key", "code", "name", "title", "number", "no", "position", "line"),
    *("type", "kind", "status", "state", "value", "date", "version", "created_at", "updated_at"),
}
# A name that more tables go by tells none of them apart, and a thousand tenants' schemas with a
# thousand keys of one name each would be a million suspicions.
FEW = 3
OWN = {"parent", "root", "previous", "next", "original", "predecessor", "successor", "ancestor"}
OWN_STEMS = {stem(word) for word in OWN}


class Rule(StrEnum):
    """How a name speaks of a key; see STRENGTHS."""

    CONSTRAINT = "constraint"
    NAMED = "named"
    OWN = "own"
    COMPOSITE = "composite"
    PREFIXED = "prefixed"
    SHORT = "short"
    GLUED = "glued"
    SAME_NAME = "same_name"
    BARE = "bare"
    COMPOSITE_GENERIC = "composite_generic"


STRENGTHS = {
    Rule.CONSTRAINT: 1.0,
    Rule.NAMED: 1.0,  # customer_id → customers.id
    Rule.OWN: 0.9,  # parent_id → the same table's id
    Rule.COMPOSITE: 0.9,  # (tenant_id, order_id) → orders(tenant_id, id)
    Rule.PREFIXED: 0.8,  # billing_customer_id → customers.id
    Rule.SHORT: 0.7,  # session_id → chat_sessions.id
    Rule.GLUED: 0.7,  # customerid → customers.id
    Rule.SAME_NAME: 0.6,  # isbn → books.isbn
    Rule.BARE: 0.6,  # customer → customers.id
    Rule.COMPOSITE_GENERIC: 0.6,  # (region, version) → plans(region, version)
}


@dataclass(frozen=True, slots=True)
class NamedKey:
    """A key of one column, by its names.

    Args:
        owner: the oid of its table.
        table: the table's name.
        column: the key's.
        primary: whether it is the table's primary key.
        schema: the table's.
    """

    owner: int
    table: str
    column: str
    primary: bool = True
    schema: str = ""


class NameIndex:
    """Finds the keys that a column's name may speak of, however many tables there are."""

    def __init__(self) -> None:
        self._said: dict[Stems, list[tuple[NamedKey, Rule]]] = defaultdict(list)
        self._glued: dict[str, list[NamedKey]] = defaultdict(list)
        self._same: dict[str, list[NamedKey]] = defaultdict(list)
        self._own: dict[int, list[tuple[NamedKey, Stems]]] = defaultdict(list)

    def add(self, key: NamedKey) -> None:
        """Remember a key under every name that it goes by."""
        table, column = stems(key.table), stems(key.column)
        rest = key_words(table, column)
        self._own[key.owner].append((key, rest))
        for said in {table + rest, rest + table}:
            self._said[said].append((key, Rule.NAMED))
        if rest:
            for start in range(1, len(table)):
                self._said[table[start:] + rest].append((key, Rule.SHORT))
            for text in glued(key.table, key.column):
                self._glued[text].append(key)
        if key.primary and rest:
            self._said[table].append((key, Rule.BARE))
        if key.primary and rest == column and key.column.lower() not in GENERIC:
            self._same[key.column].append(key)

    def find(self, owner: int, column: str, schema: str = "") -> dict[NamedKey, Rule]:
        """The keys that a column may refer to, each by its strongest rule.

        Args:
            owner: the oid of the column's table.
            column: its name.
            schema: the table's.
        """
        found: dict[NamedKey, Rule] = {}
        for key, rule in self._matches(owner, column, schema):
            own = key.owner == owner
            if own and (key.column == column or rule not in (Rule.OWN, Rule.PREFIXED)):
                continue
            if key not in found or STRENGTHS[rule] > STRENGTHS[found[key]]:
                found[key] = rule
        return found

    def _matches(self, owner: int, column: str, schema: str) -> Iterator[tuple[NamedKey, Rule]]:
        said = stems(column)
        if not said or column.lower() in KEY_WORDS:
            return
        spellings = {said, (*said[:-1], "id")} if said[-1] in KEY_WORDS else {said}
        for spelling in sorted(spellings):
            yield from few(self._said.get(spelling, ()), schema)
            for start in range(1, len(spelling) - 1):
                # A word before a bare table name is mostly an attribute: plan_status, no plan.
                for key, rule in few(self._said.get(spelling[start:], ()), schema):
                    if rule is Rule.NAMED:
                        yield key, Rule.PREFIXED
            for key, rest in self._own.get(owner, ()):
                if rest and spelling[-len(rest) :] == rest and _tail(spelling, rest) in OWN_STEMS:
                    yield key, Rule.OWN
        if len(said) == 1:
            yield from few([(key, Rule.GLUED) for key in self._glued[column.lower()]], schema)
        yield from few([(key, Rule.SAME_NAME) for key in self._same[column]], schema)


def few(matches: Sequence[tuple[NamedKey, Rule]], schema: str) -> Iterator[tuple[NamedKey, Rule]]:
    """What a name speaks of, rule by rule, unless it is too much to mean anything.

    Args:
        matches: all keys that go by one name.
        schema: where the name stands; its own keys go before a crowd of others.
    """
    for rule in dict.fromkeys(rule for _, rule in matches):
        keys = [key for key, other in matches if other is rule]
        if len(keys) > FEW:
            keys = [key for key in keys if key.schema == schema]
        if len(keys) <= FEW:
            yield from ((key, rule) for key in keys)


def key_words(table: Stems, column: Stems) -> Stems:
    """A key's words without those of its table: ``id`` of customers.customer_id."""
    for start in range(len(table)):
        own = table[start:]
        if column[: len(own)] == own:
            return column[len(own) :]
    return column


def _tail(spelling: Stems, rest: Stems) -> str:
    before = spelling[: -len(rest)]
    return before[-1] if before else ""
