"""Drop the columns that a conversion has kept for the way back; their spellings stay."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import ClassVar
from uuid import UUID, uuid4

from psycopg.sql import SQL, Composed, Identifier

from studioops.migrations.operations.convert_columns import ConvertColumns
from studioops.migrations.operations.converting import spellings
from studioops.migrations.operations.converting.attributes import (
    attributes,
    described_as,
    stored_as,
)
from studioops.migrations.operations.converting.batching import one_batch, started
from studioops.migrations.operations.converting.casting import named
from studioops.migrations.operations.converting.firing import loud, quietly
from studioops.migrations.operations.converting.in_step import InStep
from studioops.migrations.operations.converting.keys import lock_all, tables
from studioops.migrations.operations.converting.model import Converted, Way
from studioops.migrations.operations.lock import Lock
from studioops.migrations.operations.looked_up import not_there
from studioops.migrations.operations.names import TableName
from studioops.migrations.operations.operation import Operation, Stage
from studioops.migrations.operations.step import (
    Batch,
    Batches,
    Change,
    Memo,
    Session,
    Step,
    execute,
)


@dataclass(frozen=True)
class DropConverted(Operation):
    """Drop the columns that a conversion has kept.

    Args:
        converted: the conversion. Of one in place nothing is there to drop, and no step is made.
    """

    kind: ClassVar[str] = "drop_converted"
    stage: ClassVar[Stage] = Stage.CONTRACT

    converted: ConvertColumns

    def words(self) -> str:
        """What it does, in one line for people."""
        kept = ", ".join(f"{one.table}.{one.old}" for one in self.converted.columns)
        return f"drop {kept}, which a conversion kept"

    def steps(self) -> tuple[Step, ...]:
        """First what casting back would spell otherwise is kept, then the columns go."""
        if self.converted.way is Way.IN_PLACE:
            return ()
        return (*map(self._kept, self._children_first()), self._dropped())

    def validate(self, session: Session) -> tuple[str, ...]:
        """The kept columns are there, and the way back can fill them again."""
        return tuple(self._refusals(session))

    def verify(self, session: Session) -> tuple[str, ...]:
        """They are gone."""
        return tuple(
            f"{one.table} still has {one.old}"
            for one in self.converted.columns
            if not list(not_there(session, one.table, [one.old]))
        )

    def _refusals(self, session: Session) -> Iterator[str]:
        if self.converted.way is Way.EXPAND:
            for table in tables(self.converted.columns):
                yield from not_there(session, table, [one.old for _, one in self._own(table)])
                yield from loud(session, table)

    def _children_first(self) -> list[TableName]:
        """So that on the way back what is referred to is filled before what refers to it."""
        made = self.converted
        depths = {
            one.table: len(spellings.above(place, made.leading))
            for place, one in enumerate(made.columns)
        }
        return sorted(tables(made.columns), key=lambda table: -depths[table])

    def _own(self, table: TableName) -> list[tuple[int, Converted]]:
        return [
            (place, one) for place, one in enumerate(self.converted.columns) if one.table == table
        ]

    def _kept(self, table: TableName) -> Step:
        def before(session: Session) -> Memo:
            spellings.make_spellings(session)
            return {"kept": str(uuid4()), **started(session, table)}

        def backward(session: Session, memo: Memo) -> Batch:
            back = {**memo, **started(session, table), "back": True}
            left = SQL(" OR ").join(_missing(one) for _, one in self._own(table))
            memo = memo if memo.get("back") else back
            batch = one_batch(session, memo, table, partial(self._fill, table, left), left)
            if batch.done:
                spellings.forget(session, UUID(memo["kept"]))
            return batch

        names = ", ".join(one.old for _, one in self._own(table))
        return Batches(
            f"keep what {names} of {table} spells otherwise",
            lambda session, memo: one_batch(
                session, memo, table, partial(self._keep, table), Composed([SQL("false")])
            ),
            backward,
            before,
        )

    def _keep(self, table: TableName, session: Session, within: Composed, memo: Memo) -> int:
        for place, _ in self._own(table):
            spellings.keep_beside(session, UUID(memo["kept"]), place, self.converted, within)
        return 0

    def _fill(
        self, table: TableName, left: Composed, session: Session, within: Composed, memo: Memo
    ) -> int:
        values = [
            SQL("{} = {}").format(
                Identifier(one.old),
                spellings.spelled_beside(UUID(memo["kept"]), place, self.converted),
            )
            for place, one in self._own(table)
        ]
        quietly(session, table)
        update = SQL("UPDATE ONLY {} SET {} WHERE {} AND ({})")
        return session.execute(
            update.format(table.sql, SQL(", ").join(values), within, left)
        ).rowcount

    def _dropped(self) -> Step:
        columns = self.converted.columns
        in_steps = [InStep(one, columns, self.converted.leading) for one in tables(columns)]

        def forward(session: Session) -> Memo:
            lock_all(session, columns, ())
            read = [attributes(session, one.table, one.old) for one in columns]
            for one in in_steps:
                one.drop(session)
            drop = SQL("ALTER TABLE {} DROP COLUMN {}")
            execute(session, [drop.format(one.table.sql, Identifier(one.old)) for one in columns])
            return {"attributes": read}

        def backward(session: Session, memo: Memo) -> None:
            lock_all(session, columns, ())
            for one, read in zip(columns, memo["attributes"], strict=True):
                add = SQL("ALTER TABLE {} ADD COLUMN {} {}")
                session.execute(add.format(one.table.sql, Identifier(one.old), one.sql(one.was)))
                execute(session, [*stored_as(one.table, one.old, read)])
                execute(session, [*described_as(one.table, one.old, read)])
            for in_step in in_steps:
                in_step.backward(session)

        name = f"drop {', '.join(f'{one.table}.{one.old}' for one in columns)}"
        return Change(name, Lock.ACCESS_EXCLUSIVE, forward, Lock.ACCESS_EXCLUSIVE, backward)


def drop_converted(operation: ConvertColumns) -> DropConverted:
    """The operation that drops what a conversion keeps.

    Args:
        operation: the conversion.
    """
    return DropConverted(operation)


def _missing(one: Converted) -> Composed:
    return SQL("({} IS NULL AND {} IS NOT NULL)").format(named(one.old), named(one.column))
