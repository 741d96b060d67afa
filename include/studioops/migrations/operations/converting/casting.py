"""Casts of a column there and back, as SQL writes them."""

from __future__ import annotations

import re
from dataclasses import replace

from psycopg.sql import SQL, Composed, Identifier, Literal

from studioops.integrity.scan.compare import (
    HAS_INPUT_IS_VALID,
    INTEGER_PATTERN,
    INTEGER_RANGES,
    UUID_PATTERN,
)
from studioops.migrations.operations.converting.model import Converted, is_string, words
from studioops.migrations.operations.step import Session


def assigned(value: Composed, type_: str) -> Composed:
    """A value as an assignment to a column of a type wants it.

    An explicit cast to ``varchar(3)`` would cut a longer text off without a word.

    Args:
        value: an expression.
        type_: of the column.
    """
    return cast_to(value, "text" if is_string(type_) else type_)


def cast_to(value: Composed, type_: str) -> Composed:
    """A value under an explicit cast."""
    return SQL("CAST({} AS {})").format(value, words(type_))


def named(*parts: str) -> Composed:
    """A column as an expression."""
    return Composed([Identifier(*parts)])


def text(value: Composed) -> Composed:
    """A value's text, compared byte by byte."""
    return SQL('({} COLLATE "C")').format(cast_to(value, "text"))


def there(one: Converted, value: Composed | None = None) -> Composed:
    """The column, or another value of its old type, as its new type."""
    return cast_to(value or named(one.column), one.type)


def back(one: Converted, value: Composed) -> Composed:
    """The text that a value of the new type has as the old one.

    Args:
        one: the column.
        value: of its new type.
    """
    return text(value if is_string(one.was) else cast_to(value, one.was))


def respelled(one: Converted) -> Composed:
    """Whether the way there and back would end at another text."""
    own = named(one.column)
    return SQL("{} OPERATOR(pg_catalog.<>) {}").format(back(one, there(one)), text(own))


def malformed(session: Session, one: Converted, value: Composed | None = None) -> Composed | None:
    """Whether a value is none of the new type; None where this server can't say.

    Args:
        session: whose server is asked its version.
        one: the column.
        value: another value of its old type.
    """
    own, length = text(value or named(one.column)), re.search(r"\((\d+)\)", one.type)
    if is_string(one.type):
        # An assignment takes blanks that are too many away.
        long = SQL("length(rtrim({}, ' ')) > {}")
        return long.format(own, Literal(int(length[1]))) if length else Composed([SQL("false")])
    if is_string(one.was) and session.info.server_version >= HAS_INPUT_IS_VALID:
        return SQL("NOT pg_input_is_valid({}, {})").format(own, Literal(one.type))
    if one.type == "uuid":
        return SQL("{} !~ {}").format(own, Literal(UUID_PATTERN))
    if one.type in INTEGER_RANGES and (is_string(one.was) or one.was in INTEGER_RANGES):
        return _no_integer(own, *INTEGER_RANGES[one.type])
    return None


def turned(one: Converted) -> Converted:
    """The same column as if its new type were its old one."""
    return replace(one, type=one.was, was=one.type)


def _no_integer(own: Composed, low: int, high: int) -> Composed:
    number = SQL("trim({}, {})::numeric").format(own, Literal(" \t\n\v\f\r"))
    # Of a NULL nothing is said.
    return SQL("CASE WHEN {} ~ {} THEN {} NOT BETWEEN {} AND {} ELSE {} IS NOT NULL END").format(
        own, Literal(INTEGER_PATTERN), number, Literal(low), Literal(high), own
    )
