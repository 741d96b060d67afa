"""Whether a foreign key can stand between two tables at all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from studioops.integrity.scan.relationship import End
from studioops.migrations.operations.names import shown
from studioops.migrations.planner.seen import Seen, Wanted, column_names
from studioops.postgres import load_sql

# A table that is kept takes no key to one that is lost with a crash or a session.
KEPT = {"p": 0, "u": 1, "t": 2}

CLEARS = {"SET NULL", "SET DEFAULT"}


def no_key_can_stand(seen: Seen, wanted: Wanted) -> Iterator[str]:
    """Why there can be no foreign key; nothing where there can.

    Args:
        seen: of the database.
        wanted: the relationship.
    """
    child, parent, declared = wanted.first.child_end, wanted.first.parent_end, wanted.declared
    if not parent.relation.takes_constraints:
        yield f"{wanted}: {wanted.parent} is no table, and no key can refer to it; name a table"
        return
    tables = _tables(seen, child, parent)
    late = set(tables[parent.relation.oid]["late"])
    if not _unique(seen, parent, late):
        how = "INDEX" if parent.relation.partitioned else "INDEX CONCURRENTLY"
        columns = shown(column_names(parent))
        yield (
            f"{wanted}: nothing keeps ({columns}) of {wanted.parent} unique, so that no key can "
            f"refer to it; make it so: CREATE UNIQUE {how} ON {wanted.parent} ({columns});"
        )
    written = set(column_names(child)) & set(tables[child.relation.oid]["generated"])
    if written and (declared.on_delete in CLEARS or declared.on_update in {*CLEARS, "CASCADE"}):
        yield (
            f"{wanted}: {shown(sorted(written))} is generated, and no key can write it; write "
            "actions into the contract that do not: `on_delete: CASCADE`, `on_update: NO ACTION`"
        )
    kinds = [KEPT[tables[end.relation.oid]["persistence"]] for end in (child, parent)]
    if kinds[0] < kinds[1]:
        yield (
            f"{wanted}: {wanted.parent} is not logged and {wanted.child} is, so that no key can "
            f"stand; make it logged: ALTER TABLE {wanted.parent} SET LOGGED;"
        )


def _tables(seen: Seen, *ends: End) -> dict[int, dict[str, Any]]:
    values = {"tables": [one.relation.oid for one in ends]}
    rows = seen.session.execute(load_sql(__package__, "parents"), values)
    return {row["oid"]: row for row in rows}


def _unique(seen: Seen, parent: End, late: set[str]) -> bool:
    wanted = {one.number for one in parent.columns}
    return any(
        one.is_unique
        and one.valid
        and not one.partial
        and one.name not in late
        and set(one.numbers) == wanted
        for one in seen.catalog.indexes.get(parent.relation.oid, ())
    )
