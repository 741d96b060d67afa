"""Converting where few rows have to be written: one ALTER TABLE each, all in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

from psycopg.sql import SQL, Composed, Identifier

from studioops.migrations.operations.converting import spellings
from studioops.migrations.operations.converting.attributes import attributes, stored_as
from studioops.migrations.operations.converting.casting import assigned, cast_to, named
from studioops.migrations.operations.converting.keys import (
    add_keys,
    drop_keys,
    lock_all,
    tables,
    validated_back,
    validated_there,
)
from studioops.migrations.operations.converting.model import Converted, Keyed, Leading, words
from studioops.migrations.operations.drop_foreign_key import Standing
from studioops.migrations.operations.lock import Lock
from studioops.migrations.operations.names import TableName
from studioops.migrations.operations.step import Change, Memo, Session, Step


@dataclass(frozen=True)
class InPlace:
    """The steps of it.

    Args:
        columns: that are converted.
        keys: that stand on them.
        keyed: their tables.
        leading: keys of one column between two of them.
    """

    columns: tuple[Converted, ...]
    keys: tuple[Standing, ...]
    keyed: tuple[Keyed, ...]
    leading: tuple[Leading, ...]

    def steps(self) -> tuple[Step, ...]:
        """The conversion; before and after it, what looks at rows for the keys."""
        names = ", ".join(map(str, self.columns))
        convert = Change(
            f"convert {names}, in place",
            Lock.ACCESS_EXCLUSIVE,
            self._forward,
            Lock.ACCESS_EXCLUSIVE,
            self._backward,
        )
        valid = [key for key in self.keys if key.valid]
        return (*map(validated_back, valid), convert, *map(validated_there, valid))

    def _forward(self, session: Session) -> Memo:
        kept = uuid4()
        lock_all(session, self.columns, self.keys)
        before = [attributes(session, one.table, one.column) for one in self.columns]
        comments = drop_keys(session, self.keys)
        spellings.make_spellings(session)
        for place in range(len(self.columns)):
            spellings.keep(session, kept, place, self.columns, self.keyed)
        for table in tables(self.columns):
            session.execute(altered(table, self.columns))
        add_keys(session, self.keys, comments)
        return {"kept": str(kept), "before": before}

    def _backward(self, session: Session, memo: Memo) -> None:
        kept = UUID(memo["kept"])
        lock_all(session, self.columns, self.keys)
        comments = drop_keys(session, self.keys)
        places = spellings.places_kept(session, kept)
        spelled = self._spelled(kept, places)
        for table in tables(self.columns):
            session.execute(altered_back(table, self.columns, spelled))
        for one, before in zip(self.columns, memo["before"], strict=True):
            for statement in stored_as(one.table, one.column, before):
                session.execute(statement)
        spellings.forget(session, kept)
        add_keys(session, self.keys, comments)

    def _spelled(self, kept: UUID, places: set[int]) -> Mapping[int, Composed]:
        """How values are spelled again, by the place of each column that has any kept."""
        found: dict[int, Composed] = {}
        for place in range(len(self.columns)):
            others = spellings.above(place, self.leading)
            if places & {place, *others}:
                found[place] = spellings.spelled_again(
                    kept, place, self.columns, self.keyed, others
                )
        return found


def altered(table: TableName, columns: Iterable[Converted]) -> Composed:
    """The statement that converts the columns of a table.

    Args:
        table: the table.
        columns: of this and of others.
    """
    parts: list[Composed] = []
    for one in columns:
        if one.table == table:
            using = assigned(named(one.column), one.type)
            default = cast_to(Composed([words(f"({one.default})")]), one.type)
            parts += _alter(one, one.type, using, default)
    return _joined(table, parts)


def altered_back(
    table: TableName,
    columns: Sequence[Converted],
    spelled: Mapping[int, Composed] | None = None,
) -> Composed:
    """The statement that casts the columns of a table back.

    Args:
        table: the table.
        columns: of this and of others.
        spelled: how values of some get their spelling back, by the column's place; those of others
            are as the type spells them.
    """
    parts: list[Composed] = []
    for place, one in enumerate(columns):
        if one.table == table:
            plain = assigned(named(one.column), one.was)
            using = plain if spelled is None else spelled.get(place, plain)
            parts += _alter(one, one.was, using, Composed([words(one.default)]))
    return _joined(table, parts)


def _alter(one: Converted, type_: str, using: Composed, default: Composed) -> Iterator[Composed]:
    column = Identifier(one.column)
    if one.default:
        yield SQL("ALTER COLUMN {} DROP DEFAULT").format(column)
    change = SQL("ALTER COLUMN {} TYPE {}").format(column, one.sql(type_))
    yield change if one.free else SQL("{} USING {}").format(change, using)
    if one.default:
        yield SQL("ALTER COLUMN {} SET DEFAULT {}").format(column, default)


def _joined(table: TableName, parts: Iterable[Composed]) -> Composed:
    return SQL("ALTER TABLE {} {}").format(table.sql, SQL(", ").join(parts))
