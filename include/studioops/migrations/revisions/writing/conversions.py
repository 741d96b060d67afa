"""Conversions in a revision: in place, of values that come back as they are spelled."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import psycopg
from psycopg.sql import SQL, Composed, Identifier, Literal

from studioops.migrations.operations import ConvertColumns, Lock, Session
from studioops.migrations.operations.converting.attributes import attributes, stored_as
from studioops.migrations.operations.converting.in_place import altered, altered_back
from studioops.migrations.operations.converting.keys import tables
from studioops.migrations.operations.converting.model import Converted, Way
from studioops.migrations.operations.drop_foreign_key import COMMENT, Standing
from studioops.migrations.operations.key import drop_constraint, validate_constraint
from studioops.migrations.operations.looked_up import foreign_key
from studioops.migrations.revisions.writing.guards import comes_back, lost_now
from studioops.migrations.revisions.writing.parts import Part, Said, part

FEW = (
    "the tables were small when this was written, and the limit of a statement's time keeps the "
    "lock from being held for long"
)
BACK = "it is there again before the transaction ends"
IGNORED = {
    "changing-column-type": FEW,
    "constraint-missing-not-valid": FEW,
    "ban-drop-constraint": BACK,
    "ban-drop-default": BACK,
}
SPELLED = (
    "{one} holds values that are no {type}, or would not come back as they are spelled: "
    "`studioops migrate apply` converts them, and keeps each spelling"
)


def why_not(session: Session, operation: ConvertColumns) -> str:
    """Why a revision can't convert columns; empty where it can.

    Args:
        session: in a transaction.
        operation: the conversion.
    """
    if operation.way is not Way.IN_PLACE:
        return "it is filled in batches beside, while others read and write"
    lost = [str(one) for one in operation.columns if not one.free and _lost(session, one)]
    spelled = ", ".join(lost)
    return f"values of {spelled} would not come back as they are spelled" if lost else ""


def converted(session: Session, operation: ConvertColumns) -> Said:
    """Columns that are converted in one transaction, with the keys at their ends."""
    guards = [
        comes_back(session, one, SPELLED.format(one=one, type=one.type))
        for one in operation.columns
        if not one.free
    ]
    before = [(one, attributes(session, one.table, one.column)) for one in operation.columns]
    stored = [line for one, read in before for line in stored_as(one.table, one.column, read)]
    comments = list(_comments(session, operation.keys))
    valid = [
        part(Lock.SHARE_UPDATE_EXCLUSIVE, validate_constraint(one.table, one.name))
        for one in operation.keys
        if one.valid
    ]
    columns = operation.columns
    there = [altered(table, columns) for table in tables(columns)]
    back = [altered_back(table, columns) for table in tables(columns)]
    up, down = (_turned(operation, one, comments) for one in (there, [*back, *stored]))
    return Said((up, *valid), (down, *valid), tuple(guards), IGNORED)


def _lost(session: Session, one: Converted) -> bool:
    try:
        with session.transaction():
            row = session.execute(lost_now(session, one)).fetchone()
    except psycopg.DataError:
        return True
    return bool(row and row["lost"])


def _comments(session: Session, keys: Sequence[Standing]) -> Iterator[Composed]:
    for key in keys:
        row = foreign_key(session, key.table, key.name)
        if row and row["comment"] is not None:
            yield COMMENT.format(Identifier(key.name), key.table.sql, Literal(row["comment"]))


def _turned(
    operation: ConvertColumns, changes: Sequence[Composed], comments: Sequence[Composed]
) -> Part:
    ends = {*tables(operation.columns), *(one.table for one in operation.keys)}
    names = SQL(", ").join(SQL("ONLY {}").format(table.sql) for table in sorted(ends))
    return part(
        Lock.ACCESS_EXCLUSIVE,
        SQL("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE").format(names),
        *(drop_constraint(one.table, one.name) for one in operation.keys),
        *changes,
        *(one.for_new_rows for one in operation.keys),
        *comments,
    )
