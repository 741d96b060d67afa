"""The moment in which the new column takes the old one's place; and back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from psycopg.sql import SQL, Composed, Identifier

from studioops.migrations.operations.converting.attributes import attributes, described_as
from studioops.migrations.operations.converting.carrying import dropped, marks, put_in_place
from studioops.migrations.operations.converting.casting import cast_to
from studioops.migrations.operations.converting.in_step import InStep
from studioops.migrations.operations.converting.keys import add_keys, drop_keys, lock_all, tables
from studioops.migrations.operations.converting.model import (
    Carried,
    Converted,
    Leading,
    words,
)
from studioops.migrations.operations.drop_foreign_key import Standing
from studioops.migrations.operations.key import drop_constraint
from studioops.migrations.operations.lock import Lock
from studioops.migrations.operations.names import TableName
from studioops.migrations.operations.step import Change, Memo, Session, Step, execute

HELPER = "studioops_converted_{}"


@dataclass(frozen=True)
class Turning:
    """The exchange of columns, with all that hangs on them.

    Args:
        columns: that are converted.
        keys: that stand on them.
        leading: keys of one column between two of them.
        carried: indexes that hold them; each was built on the other column meanwhile.
    """

    columns: tuple[Converted, ...]
    keys: tuple[Standing, ...]
    leading: tuple[Leading, ...]
    carried: tuple[Carried, ...]

    def step(self) -> Step:
        """The only one that keeps readers out for longer than it takes to say so."""
        return Change(
            f"put {', '.join(one.new for one in self.columns)} in place",
            Lock.ACCESS_EXCLUSIVE,
            self._forward,
            Lock.ACCESS_EXCLUSIVE,
            self._backward,
        )

    def _forward(self, session: Session) -> Memo:
        self._turn(session, there=True)
        return {}

    def _backward(self, session: Session, _: Memo) -> None:
        self._turn(session, there=False)

    def _turn(self, session: Session, *, there: bool) -> None:
        lock_all(session, self.columns, self.keys)
        comments = drop_keys(session, self.keys)
        said = marks(session, self.carried)
        for table in tables(self.columns):
            self._in_step(table).drop(session)
        for index in self.carried:
            dropped(session, index)
        for place, one in enumerate(self.columns):
            # The old column keeps its own, for the way back.
            read = attributes(session, one.table, one.column)
            execute(session, [*_exchanged(place, one, there=there)])
            if there:
                execute(session, [*described_as(one.table, one.column, read)])
            if one.not_null:
                _same_name(session, one, read["not_null_name"])
        for index, mark in zip(self.carried, said, strict=True):
            put_in_place(session, index, mark)
        for table in tables(self.columns):
            in_step = self._in_step(table)
            in_step.backward(session) if there else in_step.forward(session)
        add_keys(session, self.keys, comments)

    def _in_step(self, table: TableName) -> InStep:
        return InStep(table, self.columns, self.leading)


def check(place: int, one: Converted, other: str) -> Composed:
    """The statement that makes the other column whole, for new rows; the proof for NOT NULL."""
    column, beside = Identifier(one.column), Identifier(other)
    whole = SQL("{} IS NOT NULL").format(beside)
    if not one.not_null:
        whole = SQL("({} IS NULL) = ({} IS NULL)").format(column, beside)
    statement = SQL("ALTER TABLE {} ADD CONSTRAINT {} CHECK ({}) NOT VALID")
    return statement.format(one.table.sql, Identifier(HELPER.format(place)), whole)


def _exchanged(place: int, one: Converted, *, there: bool) -> Iterator[Composed]:
    leave, take = (one.old, one.new) if there else (one.new, one.old)
    table, column = one.table.sql, Identifier(one.column)
    alter = SQL("ALTER TABLE {} ALTER COLUMN {} {}")
    if one.not_null:
        yield alter.format(table, column, SQL("DROP NOT NULL"))
    if one.default:
        yield alter.format(table, column, SQL("DROP DEFAULT"))
    rename = SQL("ALTER TABLE {} RENAME COLUMN {} TO {}")
    yield rename.format(table, column, Identifier(leave))
    yield rename.format(table, Identifier(take), column)
    if one.default:
        own = Composed([words(f"({one.default})")])
        default = cast_to(own, one.type) if there else own
        yield alter.format(table, column, SQL("SET DEFAULT {}").format(default))
    if one.not_null:
        yield alter.format(table, column, SQL("SET NOT NULL"))
    yield drop_constraint(one.table, HELPER.format(place))


def _same_name(session: Session, one: Converted, name: str | None) -> None:
    """From 18 on NOT NULL has a name, which somebody may have given it."""
    now = attributes(session, one.table, one.column)["not_null_name"]
    if name is not None and now != name:
        rename = SQL("ALTER TABLE {} RENAME CONSTRAINT {} TO {}")
        session.execute(rename.format(one.table.sql, Identifier(now), Identifier(name)))
