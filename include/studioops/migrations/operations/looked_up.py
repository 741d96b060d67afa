"""What the catalog says of the tables, keys, indexes and columns that operations are about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from studioops.migrations.operations.names import TableName, shown
from studioops.migrations.operations.step import Session
from studioops.postgres import load_sql

ORDINARY = ("r", "p")


def asked(session: Session, question: str, values: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The answer of one of the ``.sql`` files beside this one.

    Args:
        session: in a transaction.
        question: the file's name without its ending.
        values: bound by name.
    """
    return session.execute(load_sql(__package__, question), values).fetchall()


def foreign_keys(session: Session, table: TableName) -> list[dict[str, Any]]:
    """The foreign keys that stand on a table."""
    return asked(session, "foreign_keys", {"table": str(table)})


def foreign_key(session: Session, table: TableName, name: str) -> dict[str, Any] | None:
    """The foreign key of that name on a table."""
    return next((one for one in foreign_keys(session, table) if one["name"] == name), None)


def index(session: Session, name: TableName) -> dict[str, Any] | None:
    """The index, or whatever else has that name."""
    found = asked(session, "index", {"schema": name.schema, "name": name.name})
    return found[0] if found else None


def column(session: Session, table: TableName, name: str, helper: str) -> dict[str, Any] | None:
    """A column, and whether a constraint called ``helper`` stands beside it."""
    values = {"table": str(table), "column": name, "helper": helper}
    found = asked(session, "column", values)
    return found[0] if found else None


def not_there(session: Session, table: TableName, columns: Sequence[str]) -> Iterator[str]:
    """Why a table with these columns is not there; nothing where it is."""
    found = asked(session, "table", {"table": str(table), "columns": list(columns)})
    if not found:
        yield f"there is no table {table}"
    elif found[0]["kind"] not in ORDINARY:
        yield f"{table} is no table that can be changed"
    elif missing := [one for one in columns if one not in found[0]["columns"]]:
        yield f"{table} has no column {shown(missing)}"


def other_leaves(session: Session, table: TableName, planned: Sequence[TableName]) -> Iterator[str]:
    """Why the partitions are not those that were planned with; nothing where they are."""
    found = asked(session, "leaves", {"table": str(table)})
    there = {TableName(one["schema"], one["name"]) for one in found}
    if there != set(planned):
        yield f"the partitions of {table} are not those of the plan"
    for one in found:
        if one["is_foreign"]:
            yield f"{TableName(one['schema'], one['name'])} is a foreign table"
