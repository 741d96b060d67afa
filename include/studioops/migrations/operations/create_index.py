"""Create an index while others read and write; of a partitioned table one partition at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from psycopg.sql import SQL, Composed, Identifier

from studioops.migrations.operations.built import built_concurrently
from studioops.migrations.operations.lock import Lock
from studioops.migrations.operations.looked_up import index, not_there, other_leaves
from studioops.migrations.operations.names import TableName, listed, shown
from studioops.migrations.operations.operation import Operation, Stage
from studioops.migrations.operations.step import Change, Session, Step, run, run_back


@dataclass(frozen=True, slots=True)
class Leaf:
    """A partition and the index that it gets.

    Args:
        table: the partition.
        index: the index's name, in the partition's schema.
    """

    table: TableName
    index: str


@dataclass(frozen=True)
class CreateIndex(Operation):
    """Create a b-tree over columns.

    Args:
        table: that gets it.
        columns: in order.
        name: of the index, in the table's schema.
        leaves: the tables that hold the rows, where the table is partitioned.
    """

    kind: ClassVar[str] = "create_index"
    stage: ClassVar[Stage] = Stage.PROTECT

    table: TableName
    columns: tuple[str, ...]
    name: str
    leaves: tuple[Leaf, ...] = ()

    def words(self) -> str:
        """What it does, in one line for people."""
        return f"create index {self.name} on {self.table} ({shown(self.columns)})"

    def steps(self) -> tuple[Step, ...]:
        """One build; of a partitioned table one a partition, which the whole then takes over."""
        if not self.leaves:
            return (self._built(self.table, self.name),)
        return (*(self._built(one.table, one.index) for one in self.leaves), self._above())

    def validate(self, session: Session) -> tuple[str, ...]:
        """The table is there with its columns and partitions, and the names are free."""
        return tuple(self._refusals(session))

    def verify(self, session: Session) -> tuple[str, ...]:
        """It is there and valid."""
        row = index(session, self.table.beside(self.name))
        return () if row and row["valid"] else (f"{self.name} is not there, or not valid",)

    def _refusals(self, session: Session) -> Iterator[str]:
        yield from not_there(session, self.table, self.columns)
        yield from other_leaves(session, self.table, [one.table for one in self.leaves])
        own = Leaf(self.table, self.name)
        for one in (own, *self.leaves):
            if index(session, one.table.beside(one.index)) is not None:
                yield f"{one.table.beside(one.index)} is taken: something has that name"

    def _built(self, table: TableName, name: str) -> Step:
        create = self._statement(SQL("CREATE INDEX CONCURRENTLY"), table, name)
        return built_concurrently(table.beside(name), create)

    def _above(self) -> Step:
        name = self.table.beside(self.name)
        return Change(
            f"create {name}, which takes over those of its partitions",
            Lock.SHARE_ROW_EXCLUSIVE,
            run(self._statement(SQL("CREATE INDEX"), self.table, self.name)),
            Lock.ACCESS_EXCLUSIVE,
            run_back(SQL("DROP INDEX IF EXISTS {}").format(name.sql)),
        )

    def _statement(self, verb: SQL, table: TableName, name: str) -> Composed:
        words = (verb, Identifier(name), table.sql, listed(self.columns))
        return SQL("{} {} ON {} ({})").format(*words)
