"""Cutting a huge table into ranges of its primary key, so that no statement lasts for hours.

The statistics say where to cut and never what is looked at: the ranges have no gap between them and
no end, so that every row lies in exactly one, however old the statistics are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from sqlalchemy import Connection

from studioops.errors import CouldNotCheck
from studioops.integrity.scan.question import ask
from studioops.integrity.scan.relationship import (
    KeyRange,
    PlannedRelationship,
    PresentRelationship,
    read_key,
)
from studioops.integrity.scan.strategies import choose
from studioops.postgres import fetch, load_sql
from studioops.postgres.catalog import Column, Relation

# Where rows do not lie in their key's order, each range would read the whole table.
CORRELATED = 0.9
WHOLE_READS = "hash_anti_join"


@dataclass(frozen=True, slots=True)
class _Bounds:
    """Quantiles of a column, and how well rows lie in its order."""

    values: Sequence[str]
    correlation: float


def cut(
    connection: Connection,
    planned: Sequence[PlannedRelationship],
    range_rows: int,
    server_version: int,
) -> list[PlannedRelationship]:
    """The same entries, those of huge tables in ranges.

    Args:
        connection: in a transaction.
        planned: whole entries.
        range_rows: how many rows a range shall have.
        server_version: as in ``server_version_num``.

    Returns:
        one entry a range; a relationship that an index answers, or whose rows do not lie in their
        key's order, stays whole.
    """
    known: dict[int, _Bounds | None] = {}
    made: list[PlannedRelationship] = []
    for one in planned:
        if not (isinstance(one, PresentRelationship) and _pays(one, range_rows, server_version)):
            made.append(one)
            continue
        table = one.child_end.relation
        if table.oid not in known:
            known[table.oid] = _bounds(connection, table, one.row_key[0])
        made += _ranges(one, known[table.oid], -(-table.rows // range_rows))
    return made


def parts_of(
    planned: Sequence[PlannedRelationship], keys: Sequence[str]
) -> Iterator[PlannedRelationship]:
    """The entries, or parts of them, that keys name.

    Args:
        planned: whole entries of the database as it stands now.
        keys: as planned, perhaps by another process; one whose entry is gone names nothing.
    """
    whole = {one.key: one for one in planned}
    for key in keys:
        name, part, ranges = read_key(key)
        one = whole.get(name)
        if part is None and one is not None:
            yield one
        elif isinstance(one, PresentRelationship) and one.row_key:
            yield replace(one, part=part, ranges=ranges)


def _pays(one: PresentRelationship, range_rows: int, server_version: int) -> bool:
    if one.child_end.relation.rows <= range_rows or not one.row_key:
        return False
    # ">=" must be the key's own order: that of a type of PostgreSQL itself is.
    if one.row_key[0].type.equality != ("pg_catalog", "="):
        return False
    try:
        return choose(one, ask(one, server_version)).name == WHOLE_READS
    except CouldNotCheck:
        return False


def _bounds(connection: Connection, table: Relation, column: Column) -> _Bounds | None:
    asked = {
        "schema": table.schema,
        "relation": table.name,
        "column": column.name,
        "inherited": table.partitioned,
    }
    rows = fetch(connection, load_sql(__package__, "bounds"), asked)
    if not rows or rows[0]["bounds"] is None:
        return None
    return _Bounds(rows[0]["bounds"], abs(rows[0]["correlation"] or 0))


def _ranges(
    one: PresentRelationship, bounds: _Bounds | None, wanted: int
) -> Iterator[PresentRelationship]:
    if bounds is None or bounds.correlation < CORRELATED:
        yield one
        return
    last = len(bounds.values) - 1
    places = sorted({n * last // wanted for n in range(1, wanted)} - {0, last})
    cuts = [None, *dict.fromkeys(bounds.values[place] for place in places), None]
    if not places:
        yield one
        return
    for low, high in pairwise(cuts):
        yield replace(one, part=KeyRange(low, high), ranges=len(cuts) - 1)
