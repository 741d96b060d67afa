"""Drop a foreign key; the way back adds it for new rows, then validates it if it was valid."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, cast

from psycopg.sql import SQL, Composed, Identifier, Literal

from studioops.migrations.operations.key import (
    Key,
    add_key,
    drop_constraint,
    validate_constraint,
)
from studioops.migrations.operations.lock import Lock
from studioops.migrations.operations.looked_up import foreign_key, other_leaves
from studioops.migrations.operations.names import TableName
from studioops.migrations.operations.operation import Operation, Stage
from studioops.migrations.operations.step import Change, Memo, Session, Step, nothing, run_back

NOT_VALID = " NOT VALID"
# From 18 on: such a key is not valid either, cannot be validated, and does not say so.
NOT_ENFORCED = " NOT ENFORCED"
COMMENT = SQL("COMMENT ON CONSTRAINT {} ON {} IS {}")
RENAME = SQL("ALTER TABLE {} RENAME CONSTRAINT {} TO {}")


@dataclass(frozen=True, slots=True)
class Standing:
    """A foreign key that stands on a table.

    Args:
        table: the table, or a partition of it.
        name: of the constraint.
        definition: as ``pg_get_constraintdef`` says it.
    """

    table: TableName
    name: str
    definition: str

    @property
    def valid(self) -> bool:
        """Whether it holds for rows from before it, too."""
        return not self.definition.endswith((NOT_VALID, NOT_ENFORCED))

    @property
    def for_new_rows(self) -> Composed:
        """The statement that adds it, and looks at no row."""
        if not self.valid:
            return self.as_it_was
        text = f"{self.definition}{NOT_VALID}"
        return add_key(self.table, self.name, _composed(text))

    @property
    def as_it_was(self) -> Composed:
        """The statement that adds it; it looks at rows, but where its partitions have it."""
        return add_key(self.table, self.name, _composed(self.definition))

    def unlike(self, session: Session) -> Iterator[str]:
        """Why it is not this key that stands there, or can't be made again as it is.

        Args:
            session: in a transaction.
        """
        row = foreign_key(session, self.table, self.name)
        if row is None:
            yield f"{self.table} has no foreign key {self.name}"
            return
        if row["definition"] != self.definition:
            yield f"{self.name} of {self.table} is {row['definition']}, not {self.definition}"
        if row["triggers_changed"]:
            yield f"triggers of {self.name} are disabled: enable them first, the way back could not"


@dataclass(frozen=True)
class DropForeignKey(Operation):
    """Drop a foreign key from a table.

    Args:
        key: what it is; where the key of that name is another one, nothing is dropped.
        standing: how it stands there.
        leaves: how it stands on the tables that hold the rows, where the table is partitioned.
    """

    kind: ClassVar[str] = "drop_foreign_key"
    stage: ClassVar[Stage] = Stage.CONTRACT

    key: Key
    standing: Standing
    leaves: tuple[Standing, ...] = ()

    def words(self) -> str:
        """What it does, in one line for people."""
        return f"drop foreign key {self.key}"

    def steps(self) -> tuple[Step, ...]:
        """The drop, and what only the way back has to do: each partition before the whole."""
        return drop_steps(self.standing, self.leaves)

    def validate(self, session: Session) -> tuple[str, ...]:
        """The key is there, is that one, and can be made again as it is."""
        return tuple(not_droppable(session, self.key, self.standing, self.leaves))

    def verify(self, session: Session) -> tuple[str, ...]:
        """It is gone."""
        table, name = self.standing.table, self.standing.name
        gone = foreign_key(session, table, name) is None
        return () if gone else (f"{table} still has the foreign key {name}",)


def not_droppable(
    session: Session, key: Key, standing: Standing, leaves: tuple[Standing, ...]
) -> Iterator[str]:
    """Why a key can't be dropped and made again; nothing where it can.

    Args:
        session: in a transaction.
        key: what it should be.
        standing: how it should stand there.
        leaves: on the partitions.
    """
    yield from other_leaves(session, key.child, [one.table for one in leaves])
    for one in (standing, *leaves):
        yield from one.unlike(session)
        if one.valid != standing.valid:
            yield f"{one.name} is valid on one of {one.table} and {standing.table} alone"
    row = foreign_key(session, standing.table, standing.name)
    if row is not None:
        yield from key.differences(row)
        if row["inherited"]:
            yield f"{standing.name} belongs to the table that {standing.table} is a partition of"


def drop_steps(
    standing: Standing, leaves: tuple[Standing, ...], instead: str = ""
) -> tuple[Step, ...]:
    """The steps that drop a key.

    Args:
        standing: how it stands there.
        leaves: on the partitions.
        instead: what the constraint is called, on every table, that takes its name in the same
            moment; nothing where none does.
    """
    if not leaves:
        return (*_validated_again(standing), _dropped(standing, instead))
    parts = [step for leaf in leaves for step in (*_validated_again(leaf), _added_again(leaf))]
    # On the way back each partition gets its key under a name that is free by then.
    renamed = [_renamed((standing, *leaves), instead)] if instead else []
    return (_dropped(standing, whole=True), *parts, *renamed)


def _validated_again(standing: Standing) -> Iterator[Step]:
    if standing.valid:
        yield Change(
            f"nothing; on the way back validate {standing.name} on {standing.table}",
            Lock.ROW,
            nothing,
            Lock.SHARE_UPDATE_EXCLUSIVE,
            run_back(validate_constraint(standing.table, standing.name)),
        )


def _added_again(leaf: Standing) -> Step:
    return Change(
        f"nothing; on the way back add {leaf.name} to {leaf.table} for new rows",
        Lock.ROW,
        nothing,
        Lock.SHARE_ROW_EXCLUSIVE,
        run_back(leaf.for_new_rows),
    )


def _dropped(standing: Standing, instead: str = "", *, whole: bool = False) -> Step:
    table, name = standing.table, standing.name

    def forward(session: Session) -> Memo:
        row = foreign_key(session, table, name)
        session.execute(drop_constraint(table, name))
        if instead:
            _rename(session, table, instead, name)
        return {"comment": row["comment"] if row else None}

    def backward(session: Session, memo: Memo) -> None:
        if instead:
            _rename(session, table, name, instead)
        session.execute(standing.as_it_was if whole else standing.for_new_rows)
        if memo["comment"] is not None:
            comment = Literal(memo["comment"])
            session.execute(COMMENT.format(Identifier(name), table.sql, comment))

    also = f", and call {instead} so" if instead else ""
    back = Lock.ACCESS_EXCLUSIVE if instead else Lock.SHARE_ROW_EXCLUSIVE
    return Change(f"drop {name} from {table}{also}", Lock.ACCESS_EXCLUSIVE, forward, back, backward)


def _renamed(all_of_it: tuple[Standing, ...], instead: str) -> Step:
    def forward(session: Session) -> Memo:
        for one in all_of_it:
            _rename(session, one.table, instead, one.name)
        return {}

    def backward(session: Session, _: Memo) -> None:
        for one in all_of_it:
            _rename(session, one.table, one.name, instead)

    name = f"call {instead} {all_of_it[0].name}"
    return Change(name, Lock.ACCESS_EXCLUSIVE, forward, Lock.ACCESS_EXCLUSIVE, backward)


def _rename(session: Session, table: TableName, name: str, other: str) -> None:
    session.execute(RENAME.format(table.sql, Identifier(name), Identifier(other)))


def _composed(text: str) -> Composed:
    # Words of pg_get_constraintdef, which the plan holds and the catalog was asked for again.
    return Composed([SQL(cast(Any, text))])
