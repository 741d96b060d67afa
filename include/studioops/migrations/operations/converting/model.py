"""What a conversion knows of its columns, from the moment on that it was planned."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from itertools import count
from typing import Any, cast

from psycopg.sql import SQL

from studioops.migrations.operations.names import TableName, shown, with_tail

# What format_type writes: words, quoted names, numbers in parentheses.
TYPE = re.compile(r"""(?:[\w $.,()\[\]]|"(?:[^"]|"")*")+""")
STRINGS = re.compile(r"(?:text|character varying|character)(?:\(\d+\))?")
# What PostgreSQL turns into one another without looking at a row.
SAME_BYTES = {"text", "character varying"}
CONSTRAINTS = ("", "PRIMARY KEY", "UNIQUE")
LATE = ("", " DEFERRABLE", " DEFERRABLE INITIALLY DEFERRED")


class Way(StrEnum):
    """How columns are converted."""

    IN_PLACE = "in_place"
    EXPAND = "expand"


@dataclass(frozen=True, slots=True)
class Converted:
    """A column and the type that it gets.

    Args:
        table: its table.
        column: its name.
        type: that it gets, as ``format_type`` says it.
        was: the type that it has.
        collation: that it has, as SQL names it; empty where it is its type's own.
        default: that it has, as ``pg_get_expr`` says it; empty where there is none.
        not_null: whether it takes no NULL.
        new: what the column beside it is called that is going to take its place.
        old: what it is called itself once another has its place.
    """

    table: TableName
    column: str
    type: str
    was: str
    collation: str = ""
    default: str = ""
    not_null: bool = False
    new: str = ""
    old: str = ""

    def __post_init__(self) -> None:
        """Refuse what is no type: these words go into SQL as they stand."""
        for one in (self.type, self.was):
            if not TYPE.fullmatch(one):
                raise ValueError(f"{one!r} is no type")

    def __str__(self) -> str:
        """``schema.table.column``."""
        return f"{self.table}.{shown([self.column])}"

    @property
    def free(self) -> bool:
        """Whether neither way looks at a row: the bytes are the same."""
        return {self.type, self.was} <= SAME_BYTES

    def sql(self, type_: str) -> SQL:
        """The type and the collation that goes with it, for ALTER COLUMN and ADD COLUMN.

        Args:
            type_: ``type`` or ``was``.
        """
        collated = self.collation and (type_ == self.was or is_string(type_))
        return words(f"{type_} COLLATE {self.collation}" if collated else type_)


@dataclass(frozen=True, slots=True)
class Keyed:
    """A table and what tells its rows apart.

    Args:
        table: the table.
        primary_key: its columns; empty where there is none.
    """

    table: TableName
    primary_key: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Carried:
    """An index that holds a column that is converted.

    Args:
        index: its schema and name.
        table: that it is of.
        definition: as ``pg_get_indexdef`` says it.
        constraint: the words that make the constraint that rests on it, such as ``PRIMARY KEY``;
            empty where none does.
        late: what stands behind them, such as ``DEFERRABLE``.
    """

    index: TableName
    table: TableName
    definition: str
    constraint: str = ""
    late: str = ""

    def __post_init__(self) -> None:
        """Refuse what is none of SQL's words: they go into statements as they stand."""
        if self.constraint not in CONSTRAINTS or self.late not in LATE:
            raise ValueError(f"{self.constraint} {self.late} makes no constraint")


@dataclass(frozen=True, slots=True)
class Leading:
    """A valid foreign key of one column, both of whose ends are converted.

    Args:
        child: the place of its column among those that are converted.
        parent: of the column that it refers to.
    """

    child: int
    parent: int


def beside(name: str, suffix: str, taken: Collection[str] = ()) -> str:
    """A name made of another one, which PostgreSQL does not cut short and nobody else has.

    Args:
        name: the other one.
        suffix: what is put behind it.
        taken: names that others have.
    """
    for number in count(1):
        made = with_tail(name, suffix if number == 1 else f"{suffix}{number}")
        if made not in taken:
            return made
    raise AssertionError("count() ends nowhere")


def is_string(type_: str) -> bool:
    """Whether it is a string type, to which a cast by assignment tells what is too long."""
    return STRINGS.fullmatch(type_) is not None


def words(text: str) -> SQL:
    """Words of the catalog, which the plan holds and the catalog was asked for again."""
    return SQL(cast(Any, text))
