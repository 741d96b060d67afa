"""Which columns must have another type, so that keys can stand and compare what was meant.

Columns that relationships tie together are of one type in the end, or stay as they are: where all
of them agree and every reference finds its parent as it is spelled, nothing is converted, whatever
type the contract says their values have.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from psycopg.sql import SQL

from studioops.errors import CouldNotCheck
from studioops.integrity.contract import DeclaredRelationship
from studioops.integrity.contract.names import quoted
from studioops.integrity.scan.question import ask, source
from studioops.integrity.scan.relationship import PresentRelationship
from studioops.migrations.operations import TableName
from studioops.migrations.planner.seen import Seen, Wanted, table_name
from studioops.postgres.catalog import Column, ColumnType, Relation

Place = tuple[TableName, str]


@dataclass(frozen=True, slots=True)
class Types:
    """What is to be converted.

    Args:
        columns: each with the type that it gets.
        refusals: why nobody can say which.
    """

    columns: Mapping[Place, str]
    refusals: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Pair:
    """One column of a relationship and the one that it refers to.

    Args:
        child: the column with its table.
        parent: the other.
        wanted: what the contract says its values must be.
        needs: the relationship that can't have a key while they are as they are; empty where it
            can.
        declared: whether the contract names it.
    """

    child: tuple[Relation, Column]
    parent: tuple[Relation, Column]
    wanted: ColumnType | None
    needs: str
    declared: bool


def decide_types(seen: Seen, said: Mapping[Place, str]) -> Types:
    """The columns that are to be converted.

    Args:
        seen: of the database.
        said: the types that a history says; an end of a relationship that has another one gets
            what the contract says, with all that it is tied to.
    """
    columns: dict[Place, str] = {}
    otherwise = {one.declared for one in seen.wanted if _spelled_otherwise(seen, one.first)}
    spelled = [one for one in seen.wanted if one.declared in otherwise]
    refusals = [line for one in spelled for line in _in_the_way(one)]
    otherwise |= {one.declared for one in seen.wanted if _said_otherwise(one.first, said)}
    for pairs in _tied(list(_pairs(seen, otherwise))):
        kind = _kind(pairs)
        if isinstance(kind, str):
            refusals.append(kind)
        elif kind is not None:
            ends = [end for one in pairs for end in (one.child, one.parent)]
            columns |= {
                _place(end): kind.cast
                for end in ends
                if end[1].type.oid != kind.oid and end[0].takes_constraints
            }
    return Types(dict(sorted(columns.items())), tuple(refusals))


def together(columns: Mapping[Place, str], seen: Seen) -> list[dict[Place, str]]:
    """The columns that are converted in one operation: of one table, or tied by a key.

    Args:
        columns: each with its type.
        seen: of the database.
    """
    first: dict[TableName, Place] = {}
    ties = [(first.setdefault(place[0], place), place) for place in columns]
    for entry in seen.planned:
        if entry.constraint is not None:
            places = (table_name(entry.child_end.relation), table_name(entry.parent_end.relation))
            ends = [
                ((places[0], child.name), (places[1], parent.name)) for child, parent in entry.pairs
            ]
            ties += [pair for pair in ends if all(place in columns for place in pair)]
    groups = _joined(list(columns), ties)
    return [{place: columns[place] for place in group} for group in groups]


def _pairs(seen: Seen, otherwise: set[DeclaredRelationship]) -> Iterator[_Pair]:
    for wanted in seen.wanted:
        entry = wanted.first
        needs = _both_tables(entry) and (_unequal(entry) or wanted.declared in otherwise)
        yield from _pairs_of(entry, str(wanted) if needs else "", declared=True)
    for entry in seen.planned:
        # A key that the contract does not name holds both its ends together, no more.
        if entry.declared is None and not _unequal(entry):
            yield from _pairs_of(entry, "", declared=False)


def _pairs_of(entry: PresentRelationship, needs: str, *, declared: bool) -> Iterator[_Pair]:
    ends = (entry.child_end.relation, entry.parent_end.relation)
    for (child, parent), kind in zip(entry.pairs, entry.wanted_types, strict=True):
        concerned = child.type.oid != parent.type.oid or (kind and kind.oid != child.type.oid)
        yield _Pair((ends[0], child), (ends[1], parent), kind, needs if concerned else "", declared)


def _in_the_way(wanted: Wanted) -> Iterator[str]:
    """A key that takes such references for orphans: they would go before they can be respelled."""
    for one in wanted.backed:
        if one.constraint is not None:
            yield (
                f"{wanted}: rows name their parent in another spelling than its own, which "
                f"{one.constraint.name} does not take; drop it, so that the columns can be "
                f"converted: ALTER TABLE {one.table} DROP CONSTRAINT {quoted(one.constraint.name)};"
            )


def _both_tables(entry: PresentRelationship) -> bool:
    ends = (entry.child_end.relation, entry.parent_end.relation)
    return all(one.takes_constraints for one in ends)


def _unequal(entry: PresentRelationship) -> bool:
    return any(one.type.oid != other.type.oid for one, other in entry.pairs)


def _said_otherwise(entry: PresentRelationship, said: Mapping[Place, str]) -> bool:
    ends = (entry.child_end, entry.parent_end)
    places = [((end.relation, one), one.declared_type) for end in ends for one in end.columns]
    return any(said.get(_place(end), now) != now for end, now in places)


def _spelled_otherwise(seen: Seen, entry: PresentRelationship) -> bool:
    """Whether a reference is none to a key, and is one as the type that the contract names.

    Such as a UUID in upper case: it would be taken for an orphan, or keep the key from standing.
    """
    kinds = zip(entry.wanted_types, entry.child_end.columns, strict=True)
    named = any(kind is not None and kind.oid != column.type.oid for kind, column in kinds)
    if not named or _unequal(entry) or not _both_tables(entry):
        return False
    version = seen.catalog.server_version
    try:
        as_type = ask(replace(entry, constraint=None), version).offending
    except CouldNotCheck:
        # The scan could not either, which is what the refusal is about.
        return False
    as_it_is = replace(entry, wanted_types=(None,) * len(entry.wanted_types))
    statement = SQL("SELECT EXISTS (SELECT FROM {} AS c WHERE {} AND ({}) IS NOT TRUE) AS some")
    row = seen.session.execute(
        statement.format(
            source(entry.child_end.relation), ask(as_it_is, version).offending, as_type
        )
    ).fetchone()
    return bool(row and row["some"])


def _tied(pairs: list[_Pair]) -> list[list[_Pair]]:
    """The pairs whose columns have to be of one type together."""
    ties = [(_place(one.child), _place(one.parent)) for one in pairs]
    groups = _joined(sorted({place for tie in ties for place in tie}), ties)
    number = {place: n for n, group in enumerate(groups) for place in group}
    found: list[list[_Pair]] = [[] for _ in groups]
    for one in pairs:
        found[number[_place(one.child)]].append(one)
    return found


def _kind(pairs: list[_Pair]) -> ColumnType | str | None:
    """The type that all get; None where they stay; why not where nobody can say."""
    needing = [one for one in pairs if one.needs]
    if not needing:
        return None
    kinds = {one.wanted.oid: one.wanted for one in needing if one.wanted is not None}
    if not kinds:
        children = {_place(one.child) for one in pairs if one.declared}
        roots = [one.parent[1] for one in pairs if _place(one.parent) not in children]
        kinds = {one.type.oid: one.type for one in roots}
    if len(kinds) == 1:
        return next(iter(kinds.values()))
    names = sorted(one.name for one in kinds.values()) or ["nothing"]
    return (
        f"{needing[0].needs}: its columns must be of one type, and what they are tied to says "
        f"{', '.join(names)}; decide: write one `type:` into the contract for all of them"
    )


def _joined(places: list[Place], ties: list[tuple[Place, Place]]) -> list[list[Place]]:
    """Groups of places that are tied, directly or by others, in the order of the places."""
    group = {place: {place} for place in places}
    for one, other in ties:
        if group[one] is not group[other]:
            group[one] |= group[other]
            for place in group[other]:
                group[place] = group[one]
    unique = {id(group[place]): sorted(group[place]) for place in places}
    return list(unique.values())


def _place(end: tuple[Relation, Column]) -> Place:
    return table_name(end[0]), end[1].name
