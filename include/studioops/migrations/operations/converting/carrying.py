"""Indexes on the column beside, and the constraints that rest on them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from psycopg.sql import SQL, Composed, Identifier, Literal

from studioops.errors import LeftInBetween
from studioops.integrity.contract.names import quoted
from studioops.migrations.operations.converting.hanging import token
from studioops.migrations.operations.converting.model import Carried, beside, words
from studioops.migrations.operations.looked_up import index
from studioops.migrations.operations.names import TableName
from studioops.migrations.operations.step import Session
from studioops.postgres import load_sql

SUFFIX = "__converted"
NAME = r'(?:"(?:[^"]|"")*"|[^" ])+'
HEAD = re.compile(rf"CREATE (UNIQUE )?INDEX {NAME} ON {NAME} USING ")


def meanwhile(one: Carried) -> TableName:
    """What an index is called until it can have the name."""
    return one.index.beside(beside(one.index.name, SUFFIX))


def built_on(one: Carried, renamed: Mapping[str, str]) -> Composed:
    """The statement that builds an index like it on other columns.

    Args:
        one: the index.
        renamed: what is to stand where a column stands.
    """
    head = HEAD.match(one.definition)
    if head is None:
        raise ValueError(f"{one.definition!r} makes no index")
    tail = one.definition[head.end() :]
    names = "|".join(f"(?P<c{n}>{token(name)})" for n, name in enumerate(renamed))
    # Neither a type behind ::, nor a function, nor a part of a longer name; no text either.
    pattern = re.compile(rf"'(?:[^']|'')*'|(?<![:.])(?:{names})(?!\s*[(.])")
    others = list(renamed.values())

    def other(found: re.Match[str]) -> str:
        kind = found.lastgroup
        return found[0] if kind is None else _identifier(others[int(kind[1:])])

    unique = words(head[1] or "")
    statement = SQL("CREATE {}INDEX CONCURRENTLY {} ON {} USING {}")
    name = Identifier(meanwhile(one).name)
    return statement.format(unique, name, one.table.sql, words(pattern.sub(other, tail)))


def marks(session: Session, carried: Iterable[Carried]) -> list[dict[str, Any]]:
    """What is said of indexes beside their definition."""
    question = load_sql(__package__, "marks")
    return [
        session.execute(question, {"schema": one.index.schema, "name": one.index.name}).fetchone()
        or {}
        for one in carried
    ]


def dropped(session: Session, one: Carried) -> None:
    """Drop the index that has the name, in a transaction that soon ends."""
    if one.constraint:
        drop = SQL("ALTER TABLE {} DROP CONSTRAINT {}")
        session.execute(drop.format(one.table.sql, Identifier(one.index.name)))
    else:
        session.execute(SQL("DROP INDEX {}").format(one.index.sql))


def put_in_place(session: Session, one: Carried, mark: Mapping[str, Any]) -> None:
    """Give the name, and all else, to the one that was built meanwhile.

    Args:
        session: in a transaction.
        one: the index.
        mark: of the one that had its name.

    Raises:
        LeftInBetween: it is another index than the one that was there.
    """
    name, waiting = Identifier(one.index.name), meanwhile(one)
    if one.constraint:
        add = SQL("ALTER TABLE {} ADD CONSTRAINT {} {} USING INDEX {}{}")
        kind, late = words(one.constraint), words(one.late)
        session.execute(add.format(one.table.sql, name, kind, Identifier(waiting.name), late))
    else:
        session.execute(SQL("ALTER INDEX {} RENAME TO {}").format(waiting.sql, name))
    row = index(session, one.index)
    if row is None or row["definition"] != one.definition:
        raise LeftInBetween(
            f"the index {one.index} would come out as {row and row['definition']}, "
            f"not as {one.definition}",
            "studioops migrate rollback, then report it with this text",
        )
    for statement in _marked(one, mark):
        session.execute(statement)


def _marked(one: Carried, mark: Mapping[str, Any]) -> Iterable[Composed]:
    name, table = Identifier(one.index.name), one.table.sql
    if mark["comment"] is not None:
        yield SQL("COMMENT ON INDEX {} IS {}").format(one.index.sql, Literal(mark["comment"]))
    if mark["said"] is not None:
        said = SQL("COMMENT ON CONSTRAINT {} ON {} IS {}")
        yield said.format(name, table, Literal(mark["said"]))
    if mark["clustered"]:
        yield SQL("ALTER TABLE {} CLUSTER ON {}").format(table, name)
    if mark["identity"]:
        yield SQL("ALTER TABLE {} REPLICA IDENTITY USING INDEX {}").format(table, name)


def _identifier(name: str) -> str:
    text = quoted(name)
    # A word of SQL's own would need quotes; they do no harm to others.
    return text if text.startswith('"') else f'"{text}"'
