"""Which tables a dump carries rows of."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from studioops.postgres.sql import fetch, load_sql

LARGE_OBJECTS = "large objects"


@dataclass(frozen=True, slots=True)
class Table:
    """A table with rows of its own.

    Args:
        name: in full, as SQL writes it.
        schema: its name, not quoted; empty for the large objects.
        relation: its name, not quoted.
        columns: those that hold something, by name in the order of C.
        types: the oid of each column's type.
        condition: which rows of an extension's table a dump carries, as ``WHERE …``.
        pages: of its heap, as the statistics have it.
    """

    name: str
    schema: str
    relation: str
    columns: tuple[str, ...] = ()
    types: tuple[int, ...] = ()
    condition: str = ""
    pages: int = 0


@dataclass(frozen=True, slots=True)
class Tables:
    """The tables of a database.

    Args:
        counted: those whose rows a dump carries.
        left_out: the others by name, and why.
    """

    counted: tuple[Table, ...]
    left_out: dict[str, str]


def list_tables(connection: Connection) -> Tables:
    """The tables of a database; large objects are a table of their own where there are any.

    Args:
        connection: in a transaction.

    Raises:
        DatabaseError: the catalog can't be read.
    """
    rows = fetch(connection, load_sql(__package__, "tables"))
    counted = tuple(
        Table(
            row["name"],
            row["schema"],
            row["relation"],
            tuple(row["columns"]),
            tuple(row["types"]),
            row["condition"],
            row["pages"],
        )
        for row in rows
        if row["why_left_out"] is None
    )
    left_out = {row["name"]: row["why_left_out"] for row in rows if row["why_left_out"]}
    objects = int(fetch(connection, load_sql(__package__, "large_objects_any"))[0]["pages"])
    if objects:
        counted += (Table(LARGE_OBJECTS, "", LARGE_OBJECTS, pages=objects),)
    return Tables(counted, left_out)
