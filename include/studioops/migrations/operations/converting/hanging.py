"""What hangs on a column that would not survive its conversion, or not the way back."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import psycopg

from studioops.migrations.operations.converting.model import words
from studioops.migrations.operations.step import Session
from studioops.postgres import load_sql

CARRIED = "is not carried over"
# The first that holds is told.
REASONS = {
    "inherits": "its table inherits, is inherited from or is a partition",
    "typed": "its table is of a composite type",
    "row_type_used": "a column elsewhere is of its table's row type",
    "identity": "it is an identity column",
    "generated": "it is a generated column",
    "half_not_null": "its NOT NULL is not valid: ALTER TABLE … VALIDATE CONSTRAINT",
    "serial": "a sequence belongs to it",
    "forced": "its table forces row security on its owner: ALTER TABLE … NO FORCE ROW LEVEL "
    "SECURITY",
}


def unfit(session: Session, row: Mapping[str, Any], type_: str) -> Iterator[str]:
    """Why the column itself can't be converted.

    Args:
        session: in a transaction.
        row: of it, as ``column.sql`` says it.
        type_: that it shall get.
    """
    if row["kind"] != "r" or row["persistence"] == "t":
        yield "its table is partitioned, temporary or no table"
    if row["type_kind"] == "d":
        yield f"its type {row['type']} is a domain"
    yield from (why for word, why in REASONS.items() if row[word])
    for one, other in ((row["type"], type_), (type_, row["type"])):
        if not runs(session, f"SELECT NULL::{one}::{other}"):
            yield f"PostgreSQL casts no {one} to {other}"
    default = row["default_text"]
    if re.fullmatch(r"'(?:[^']|'')*'(?:::[\w ]+)?", default) and not runs(
        session, f"SELECT CAST(({default}) AS {type_})"
    ):
        yield f"its default {default} is none"


def hangs(session: Session, row: Mapping[str, Any], column: str, type_: int) -> Iterator[str]:
    """What depends on the column and is not carried over, by name.

    Args:
        session: in a transaction.
        row: of it, as ``column.sql`` says it.
        column: its name.
        type_: that it shall get, by number.
    """
    values = {"oid": row["table_oid"], "number": row["number"], "type": type_}
    for one in session.execute(load_sql(__package__, "hanging"), values).fetchall():
        if one["expression"] is None or uses(one["expression"], column):
            yield f"{one['what']} depends on it and {CARRIED}"
    for one in session.execute(load_sql(__package__, "indexes"), values).fetchall():
        yield from (f"the index {one['name']} {why}" for why in _of_index(one, column))


def asks_for_null(session: Session, row: Mapping[str, Any], column: str) -> Iterator[str]:
    """CHECKs that ask whether the column is NULL, and nothing else of it.

    In place they stay; a column that takes its place would not have them.

    Args:
        session: in a transaction.
        row: of it, as ``column.sql`` says it.
        column: its name.
    """
    values = {"oid": row["table_oid"], "number": row["number"]}
    for one in session.execute(load_sql(__package__, "hanging"), values).fetchall():
        if one["expression"] is not None and not uses(one["expression"], column):
            yield one["what"]


def uses(expression: str, column: str) -> bool:
    """Whether an expression asks for more of a column than whether it is NULL.

    Args:
        expression: as ``pg_get_expr`` says it.
        column: its name.
    """
    name, rest = token(column), re.sub(r"'(?:[^']|'')*'", "", expression)
    rest = re.sub(rf"{name} IS (?:NOT )?NULL", "", rest)
    return re.search(name, rest) is not None or ".*" in rest


def token(column: str) -> str:
    """A pattern for a column's name in a definition, quoted or not."""
    plain, within = re.escape(column), re.escape(column.replace('"', '""'))
    return rf"(?:(?<![\w$\"]){plain}(?![\w$\"])|\"{within}\")"


def _of_index(row: Mapping[str, Any], column: str) -> Iterator[str]:
    if uses(row["expressions"], column) or uses(row["predicate"], column):
        yield f"has an expression or a condition of it and {CARRIED}"
    if column not in row["columns"]:
        return
    if row["special"]:
        yield f"has an operator class or a collation of its own for it and {CARRIED}"
    elif not row["possible"]:
        yield f"is a {row['method']}, which knows no order of the new type"
    if not row["valid"]:
        yield "is not valid: REINDEX or drop it"
    if row["elsewhere"]:
        yield f"lies in a tablespace of its own and {CARRIED}"
    if row["statistics"]:
        yield f"has a statistics target and {CARRIED}"


def runs(session: Session, question: str) -> bool:
    """Whether PostgreSQL takes a question.

    Args:
        session: in a transaction, which goes on in either case.
        question: of words of the catalog.
    """
    try:
        with session.transaction():
            session.execute(words(question))
    except psycopg.Error:
        return False
    return True
