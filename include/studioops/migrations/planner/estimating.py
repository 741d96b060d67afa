"""What each operation of a plan would cost: rows, bytes, locks, and whom they keep waiting."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from studioops.migrations.operations import (
    AddForeignKey,
    ConvertColumns,
    CreateIndex,
    Lock,
    Operation,
    ReplaceForeignKey,
    Session,
    TableName,
)
from studioops.migrations.planner.counting import Counted
from studioops.migrations.planner.proposal import Estimate
from studioops.migrations.planner.seen import Seen
from studioops.postgres import load_sql

# From the one that keeps nobody waiting to the one that keeps everybody.
STRENGTH = list(Lock)


def estimate(seen: Seen, one: Operation, counted: Mapping[Operation, Counted]) -> Estimate:
    """What an operation would cost.

    Args:
        seen: of the database.
        one: the operation.
        counted: what was counted of operations on rows.
    """
    rows = counted.get(one)
    tables = rows.tables if rows is not None else tables_of(one)
    there = strongest(step.lock for step in one.steps())
    back = strongest(step.lock_back for step in one.steps())
    return Estimate(
        rows=rows.rows if rows is not None else sum(_rows(seen, table) for table in tables),
        bytes=_bytes(seen.session, tables),
        lock=there.value,
        blocks=there.blocks,
        lock_back=back.value,
        blocks_back=back.blocks,
        words=rows.words if rows is not None else "",
    )


def tables_of(one: Operation) -> tuple[TableName, ...]:
    """The tables whose rows an operation reads or writes.

    Args:
        one: no operation on single rows.
    """
    if isinstance(one, AddForeignKey | ReplaceForeignKey):
        return tuple(dict.fromkeys((one.key.child, one.key.parent)))
    if isinstance(one, CreateIndex):
        return (one.table,)
    if isinstance(one, ConvertColumns):
        return tuple(dict.fromkeys(column.table for column in one.columns))
    return ()


def strongest(locks: Iterable[Lock]) -> Lock:
    """The strongest of several locks.

    Args:
        locks: that steps take.
    """
    return max(locks, key=STRENGTH.index, default=Lock.ROW)


def _rows(seen: Seen, table: TableName) -> int:
    relation = seen.catalog.find(table.schema, table.name)
    counted = seen.rows.get(table)
    return counted if counted is not None else relation.rows if relation is not None else 0


def _bytes(session: Session, tables: tuple[TableName, ...]) -> int:
    values = {"tables": [str(one) for one in tables]}
    row = session.execute(load_sql(__package__, "sizes"), values).fetchone()
    return int(row["bytes"]) if row is not None else 0
