"""Add a foreign key: first for new rows alone, then for all, blocking writers for a moment."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from psycopg.sql import SQL, Composed

from studioops.migrations.operations.key import (
    Key,
    add_key,
    drop_constraint,
    validate_constraint,
)
from studioops.migrations.operations.lock import Lock
from studioops.migrations.operations.looked_up import foreign_key, not_there, other_leaves
from studioops.migrations.operations.names import TableName
from studioops.migrations.operations.operation import Operation, Stage
from studioops.migrations.operations.step import Change, Session, Step, run, run_back


@dataclass(frozen=True)
class AddForeignKey(Operation):
    """Add a foreign key to a table.

    Args:
        key: what it is.
        name: of the constraint.
        leaves: the tables that hold the child's rows, where it is partitioned. Each gets the key
            by itself, for a partitioned table takes none that is not valid; the parent's then
            takes those over without looking at a row.
    """

    kind: ClassVar[str] = "add_foreign_key"
    stage: ClassVar[Stage] = Stage.PROTECT

    key: Key
    name: str
    leaves: tuple[TableName, ...] = ()

    def words(self) -> str:
        """What it does, in one line for people."""
        return f"add foreign key {self.key}"

    def steps(self) -> tuple[Step, ...]:
        """Not valid, then valid; of a partitioned table on every partition, then on itself."""
        definition = self.key.definition
        if not self.leaves:
            return tuple(_in_two(self.key.child, self.name, definition))
        parts = [one for leaf in self.leaves for one in _in_two(leaf, self.name, definition)]
        return (*parts, _at_once(self.key.child, self.name, definition))

    def validate(self, session: Session) -> tuple[str, ...]:
        """Both tables with their columns, the same partitions, and no such key or name yet."""
        return tuple(self._refusals(session))

    def verify(self, session: Session) -> tuple[str, ...]:
        """The key is there as it was asked for, valid and enforced."""
        return tuple(unlike(session, self.key, self.name))

    def _refusals(self, session: Session) -> Iterator[str]:
        key = self.key
        yield from not_there(session, key.child, key.columns)
        yield from not_there(session, key.parent, key.parent_columns)
        yield from other_leaves(session, key.child, self.leaves)
        for table in (key.child, *self.leaves):
            if foreign_key(session, table, self.name) is not None:
                yield f"{table} has a foreign key {self.name} already"


def unlike(session: Session, key: Key, name: str) -> Iterator[str]:
    """What is otherwise than asked for of a key that should be there.

    Args:
        session: in a transaction.
        key: what was asked for.
        name: of the constraint.
    """
    row = foreign_key(session, key.child, name)
    if row is None:
        yield f"{key.child} has no foreign key {name}"
        return
    yield from key.differences(row)
    if not row["validated"]:
        yield f"{name} is not valid"
    if not row["enforced"]:
        yield f"{name} is not enforced"


def _in_two(table: TableName, name: str, definition: Composed) -> Iterator[Step]:
    add = add_key(table, name, SQL("{} NOT VALID").format(definition))
    yield Change(
        f"add {name} to {table} for new rows",
        Lock.SHARE_ROW_EXCLUSIVE,
        run(add),
        Lock.ACCESS_EXCLUSIVE,
        # Of a partition it is gone already, with the one of the table above.
        run_back(drop_constraint(table, name)),
    )
    validate = run(validate_constraint(table, name))
    yield Change(f"validate {name} on {table}", Lock.SHARE_UPDATE_EXCLUSIVE, validate)


def _at_once(table: TableName, name: str, definition: Composed) -> Step:
    return Change(
        f"add {name} to {table}, which takes over those of its partitions",
        Lock.SHARE_ROW_EXCLUSIVE,
        run(add_key(table, name, definition)),
        Lock.ACCESS_EXCLUSIVE,
        run_back(drop_constraint(table, name)),
    )
