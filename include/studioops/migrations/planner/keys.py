"""Which foreign keys are to be added or replaced, so that one a relationship is as wanted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from studioops.integrity.contract.names import quoted
from studioops.integrity.scan.relationship import PresentRelationship
from studioops.integrity.scan.repair import enable_triggers
from studioops.migrations.operations import (
    AddForeignKey,
    Key,
    ReplaceForeignKey,
    Standing,
    TableName,
)
from studioops.migrations.operations.key import DEFAULT_ACTION
from studioops.migrations.operations.looked_up import foreign_key, foreign_keys
from studioops.migrations.planner.naming import Names
from studioops.migrations.planner.parents import no_key_can_stand
from studioops.migrations.planner.proposal import Decided
from studioops.migrations.planner.seen import Seen, Wanted, leaves_of, table_name
from studioops.postgres.catalog import ForeignKey

ASKED = ("on_delete", "on_update", "match")
SOME_COLUMNS = re.compile(r" ON DELETE SET (?:NULL|DEFAULT) \(")


def decide_keys(seen: Seen, names: Names) -> Decided:
    """The keys that are to be added or replaced.

    Args:
        seen: of the database.
        names: for the new ones.
    """
    return sum((_one(seen, names, wanted) for wanted in seen.wanted), Decided())


def kept(wanted: Wanted) -> PresentRelationship | None:
    """The entry whose key is as the contract wants it; None where none is.

    Args:
        wanted: the relationship.
    """
    return next((one for one in wanted.backed if _right(one)), None)


def _one(seen: Seen, names: Names, wanted: Wanted) -> Decided:
    if not wanted.first.child_end.relation.takes_constraints:
        return Decided(remarks=(f"{wanted}: {wanted.child} is no table, and takes no key",))
    right = kept(wanted)
    standing = right or next(iter(wanted.backed), None)
    told = Decided(remarks=(*_others(wanted, standing), *_never_cleared(wanted)))
    if right is not None:
        return told
    impossible = Decided(refusals=tuple(no_key_can_stand(seen, wanted)))
    leaves = leaves_of(seen.catalog, wanted.first.child_end.relation)
    tables = tuple(table_name(one) for one in leaves)
    if standing is None or standing.constraint is None:
        added = Decided() if impossible.refusals else _added(names, wanted, tables)
        return told + impossible + added
    return told + impossible + _replaced(seen, wanted, standing, tables)


def _right(entry: PresentRelationship) -> bool:
    key, declared = entry.constraint, entry.declared
    if key is None or not (key.validated and key.enforced) or key.disabled_on:
        return False
    return all(getattr(declared, one) in (None, getattr(key, one)) for one in ASKED)


def _others(wanted: Wanted, standing: PresentRelationship | None) -> Iterator[str]:
    for one in wanted.backed:
        if one is not standing and one.constraint is not None and not _right(one):
            yield (
                f"{wanted}: {one.constraint.name} stands on the same columns and is not as the "
                f"contract wants; the scan goes on telling so. If nobody needs it: ALTER TABLE "
                f"{one.table} DROP CONSTRAINT {quoted(one.constraint.name)};"
            )


def _never_cleared(wanted: Wanted) -> Iterator[str]:
    fixed = [one.display for one in wanted.first.child_end.columns if one.not_null]
    if fixed and wanted.declared.on_delete == "SET NULL":
        yield (
            f"{wanted}: the contract wants ON DELETE SET NULL and {', '.join(fixed)} takes no "
            "NULL: a parent that is referred to can't be deleted"
        )


def _not_replaceable(wanted: Wanted, entry: PresentRelationship, key: ForeignKey) -> Iterator[str]:
    if key.disabled_on:
        yield (
            f"{wanted}: triggers of {key.name} are disabled on {', '.join(key.disabled_on)}; "
            f"enable them, as a superuser: {enable_triggers(entry).splitlines()[-1]}"
        )
    if key.period:
        yield f"{wanted}: {key.name} is a key over periods; replace it by hand"
    same = wanted.declared.on_delete in (None, key.on_delete)
    if same and SOME_COLUMNS.search(key.definition):
        yield (
            f"{wanted}: {key.name} clears some of its columns only, which a new key would not; "
            "replace it by hand"
        )


def _added(names: Names, wanted: Wanted, leaves: tuple[TableName, ...]) -> Decided:
    declared = wanted.declared
    key = Key(
        wanted.child,
        wanted.columns,
        wanted.parent,
        wanted.parent_columns,
        on_delete=declared.on_delete or DEFAULT_ACTION,
        on_update=declared.on_update or DEFAULT_ACTION,
        match=declared.match or "simple",
    )
    name = names.constraint(wanted.child, wanted.columns, leaves)
    return Decided((AddForeignKey(key, name, leaves),))


def _replaced(
    seen: Seen, wanted: Wanted, entry: PresentRelationship, leaves: tuple[TableName, ...]
) -> Decided:
    key, declared = entry.constraint, wanted.declared
    row = foreign_key(seen.session, wanted.child, key.name) if key is not None else None
    if key is None or row is None:
        return Decided(refusals=(f"{wanted}: its key is gone meanwhile; plan again",))
    refusals = tuple(_not_replaceable(wanted, entry, key))
    parts = {leaf: _inherited(seen, row, leaf) for leaf in leaves}
    refusals += tuple(
        f"{wanted}: {key.name} does not stand on its partition {leaf}; replace it by hand"
        for leaf, part in parts.items()
        if part is None
    )
    if refusals:
        return Decided(refusals=refusals)
    old = Key(
        wanted.child,
        wanted.columns,
        wanted.parent,
        wanted.parent_columns,
        key.on_delete,
        key.on_update,
        key.match,
        row["deferrable"],
        row["deferred"],
    )
    new = replace(old, **{one: getattr(declared, one) or getattr(key, one) for one in ASKED})
    standing = Standing(wanted.child, key.name, key.definition)
    found = tuple(part for part in parts.values() if part is not None)
    return Decided((ReplaceForeignKey(old, standing, new, found),))


def _inherited(seen: Seen, row: dict[str, Any], leaf: TableName) -> Standing | None:
    """How the key of a partitioned table stands on a partition; None where it does not."""
    words = ("columns", "parent_schema", "parent", "parent_columns", "on_delete", "on_update")
    alike = [
        one
        for one in foreign_keys(seen.session, leaf)
        if one["inherited"] and all(one[word] == row[word] for word in words)
    ]
    alike.sort(key=lambda one: one["name"] != row["name"])
    return Standing(leaf, alike[0]["name"], alike[0]["definition"]) if alike else None
