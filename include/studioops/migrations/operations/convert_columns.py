"""Convert columns to another type, both ends of every key between them, and back to the byte."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from psycopg.sql import SQL, Literal

from studioops.errors import Refused
from studioops.migrations.operations.converting.carrying import meanwhile
from studioops.migrations.operations.converting.expand import Expand
from studioops.migrations.operations.converting.firing import loud
from studioops.migrations.operations.converting.in_place import InPlace
from studioops.migrations.operations.converting.keys import tables
from studioops.migrations.operations.converting.model import (
    Carried,
    Converted,
    Keyed,
    Leading,
    Way,
)
from studioops.migrations.operations.converting.reading import Read, read
from studioops.migrations.operations.converting.values import refused_values
from studioops.migrations.operations.drop_foreign_key import Standing
from studioops.migrations.operations.looked_up import foreign_key, index
from studioops.migrations.operations.names import TableName
from studioops.migrations.operations.operation import Operation, Stage
from studioops.migrations.operations.step import Session, Step

# What is written anew in a few hundredths of a second, indexes and spellings and all.
FEW_ROWS = 2_000
FEW_BYTES = 8 << 20


@dataclass(frozen=True)
class ConvertColumns(Operation):
    """Convert columns to another type.

    Args:
        columns: which, by table and name.
        keys: the foreign keys that one of them is an end of.
        keyed: their tables, and what tells rows apart.
        leading: keys of one column between two of them: what a new value of the child goes back
            to is what its parent's does.
        way: in place, or in a column beside, which others' writing does not wait for.
        carried: the indexes that hold one of them, where a column beside takes its place.
    """

    kind: ClassVar[str] = "convert_columns"
    stage: ClassVar[Stage] = Stage.PROTECT

    columns: tuple[Converted, ...]
    keys: tuple[Standing, ...]
    keyed: tuple[Keyed, ...]
    leading: tuple[Leading, ...]
    way: Way
    carried: tuple[Carried, ...] = ()

    def words(self) -> str:
        """What it does, in one line for people."""
        return "convert " + ", ".join(f"{one} to {one.type}" for one in self.columns)

    def steps(self) -> tuple[Step, ...]:
        """In place one change; else a column beside, filled in batches, that takes its place."""
        if self.way is Way.IN_PLACE:
            return InPlace(self.columns, self.keys, self.keyed, self.leading).steps()
        return Expand(self.columns, self.keys, self.leading, self.carried).steps()

    def validate(self, session: Session) -> tuple[str, ...]:
        """Columns and what hangs on them are as planned, and every value can be converted."""
        wanted = {(one.table, one.column): one.type for one in self.columns}
        try:
            found = read(session, wanted)
        except Refused as error:
            return (f"{error.message}: {error.next_step}",)
        changed = tuple(self._changed(session, found))
        return changed or tuple(refused_values(session, self.columns, self.keyed))

    def verify(self, session: Session) -> tuple[str, ...]:
        """Every column has its new type, and every key stands as it stood."""
        return tuple(self._faults(session))

    def _changed(self, session: Session, found: Read) -> Iterator[str]:
        parts = {"columns": "the columns", "keys": "their foreign keys", "keyed": "primary keys"}
        if self.way is Way.EXPAND:
            parts |= {"carried": "their indexes"}
            yield from self._in_the_way(session)
            yield from (f"{one} is not carried over" for one in found.checks)
        for part, word in parts.items():
            if getattr(found, part) != getattr(self, part):
                yield f"{word} are not those of the plan: {_shown(getattr(found, part))}"

    def _in_the_way(self, session: Session) -> Iterator[str]:
        for one in self.carried:
            if index(session, meanwhile(one)) is not None:
                yield f"{meanwhile(one)} is taken: something has that name"
        for table in tables(self.columns):
            yield from loud(session, table)

    def _faults(self, session: Session) -> Iterator[str]:
        for one in self.columns:
            row = session.execute(
                "SELECT format_type(a.atttypid, a.atttypmod) AS type FROM pg_attribute AS a "
                "WHERE a.attrelid = to_regclass(%s) AND a.attname = %s",
                (str(one.table), one.column),
            ).fetchone()
            if row is None or row["type"] != one.type:
                yield f"{one} is not of the type {one.type}"
        for key in self.keys:
            row = foreign_key(session, key.table, key.name)
            if row is None or row["definition"] != key.definition:
                yield f"the foreign key {key.name} of {key.table} does not stand as it did"


def convert_columns(
    session: Session, wanted: Mapping[tuple[TableName, str], str]
) -> ConvertColumns:
    """The operation that converts columns, and with them the other ends of their keys.

    Args:
        session: in a transaction.
        wanted: the type of each column, as SQL writes it.

    Raises:
        Refused: one of them can't be converted; the line says which, why and what to do.
    """
    found = read(session, wanted)
    few = all(_few(session, table) for table in tables(found.columns))
    way = Way.IN_PLACE if few or all(one.free for one in found.columns) else Way.EXPAND
    if way is Way.EXPAND and found.checks:
        raise Refused(
            f"{found.checks[0]} depends on a column of a large table that is to be converted, and "
            "is not carried over",
            "drop it first, and add it again afterwards",
        )
    carried = found.carried if way is Way.EXPAND else ()
    return ConvertColumns(found.columns, found.keys, found.keyed, found.leading, way, carried)


def _few(session: Session, table: TableName) -> bool:
    statement = SQL(
        "SELECT count(*) <= {most} AND pg_table_size({name}::regclass) <= {bytes} AS few "
        "FROM (SELECT FROM ONLY {table} LIMIT {most} + 1) AS rows"
    )
    row = session.execute(
        statement.format(
            most=Literal(FEW_ROWS),
            bytes=Literal(FEW_BYTES),
            name=Literal(str(table)),
            table=table.sql,
        )
    ).fetchone()
    return bool(row and row["few"])


def _shown(parts: tuple[object, ...]) -> str:
    return "; ".join(map(str, parts)) or "none"
