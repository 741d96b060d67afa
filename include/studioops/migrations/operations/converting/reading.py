"""Asking the catalog what a conversion takes, when the plan is made and when it is applied."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import psycopg

from studioops.errors import Refused
from studioops.migrations.operations.converting.hanging import asks_for_null, hangs, runs, unfit
from studioops.migrations.operations.converting.model import (
    TYPE,
    Carried,
    Converted,
    Keyed,
    Leading,
    beside,
    words,
)
from studioops.migrations.operations.drop_foreign_key import Standing
from studioops.migrations.operations.names import TableName, shown
from studioops.migrations.operations.step import Session
from studioops.postgres import load_sql

Wanted = Mapping[tuple[TableName, str], str]
NEXT = "change that first, or leave the column as it is"


@dataclass
class Read:
    """What the catalog says of columns that are to be converted, and of what hangs on them.

    Args:
        columns: by table and name, in the order of both.
        keys: foreign keys that have one of them as an end.
        keyed: their tables, and what tells rows apart.
        leading: keys of one column both of whose ends are converted.
        carried: indexes that hold one of them, or ask whether it is NULL.
        checks: CHECKs that ask whether one of them is NULL.
    """

    columns: tuple[Converted, ...] = ()
    keys: tuple[Standing, ...] = ()
    keyed: tuple[Keyed, ...] = ()
    leading: tuple[Leading, ...] = ()
    carried: tuple[Carried, ...] = ()
    checks: tuple[str, ...] = ()
    rows: dict[tuple[TableName, str], dict[str, Any]] = field(default_factory=dict)
    _keys: dict[tuple[TableName, str], dict[str, Any]] = field(default_factory=dict)


def read(session: Session, wanted: Wanted) -> Read:
    """Read the columns, and with them the other ends of their keys.

    Args:
        session: in a transaction; its ``search_path`` is ``pg_catalog`` from then on.
        wanted: the type of each.

    Raises:
        Refused: one of them can't be converted; the line says which, why and what to do.
    """
    session.execute("SELECT set_config('search_path', 'pg_catalog', true)")
    found, waiting, types = Read(), dict(wanted), {}
    while waiting:
        place = min(waiting)
        oid, types[place] = canonical(session, waiting.pop(place))
        row = _column(session, place)
        if row["type"] == types[place]:
            raise Refused(f"{_named(place)} is of the type {types[place]} already", NEXT)
        found.rows[place] = row
        _fits(session, place, row, oid, types[place])
        found.checks += tuple(asks_for_null(session, row, place[1]))
        for other in _other_ends(session, found, place, row):
            if other in types or other in waiting:
                continue
            if _column(session, other)["type"] != types[place]:
                waiting[other] = types[place]
    _agree(session, found, types)
    _put_together(found, types)
    found.carried = tuple(_carried(session, found))
    return found


def canonical(session: Session, type_: str) -> tuple[int, str]:
    """The number of a type, and its name as ``format_type`` writes it.

    Args:
        session: in a transaction.
        type_: as somebody wrote it.

    Raises:
        Refused: there is none of that name, or it is a domain or pseudo-type.
    """
    if not TYPE.fullmatch(type_):
        raise Refused(f"{type_!r} is no type", "write it as SQL does, such as uuid")
    try:
        with session.transaction():
            answer = session.execute(words(f"SELECT NULL::{type_} AS value")).pgresult
    except psycopg.Error:
        answer = None
    if answer is None:
        raise Refused(f"there is no type {type_}", "write it with its schema, as in public.mood")
    row = session.execute(
        "SELECT t.oid::bigint AS oid, format_type(t.oid, %s) AS name, t.typtype::text AS kind "
        "FROM pg_type AS t WHERE t.oid = %s",
        (answer.fmod(0), answer.ftype(0)),
    ).fetchone()
    asked = session.execute(
        "SELECT typtype::text AS kind FROM pg_type WHERE oid = to_regtype(%s)", (type_,)
    ).fetchone()
    if row is None or {row["kind"], asked and asked["kind"]} & {"d", "p"}:
        raise Refused(f"{type_} is a domain or no type of columns", "convert to its base type")
    return row["oid"], row["name"]


def _column(session: Session, place: tuple[TableName, str]) -> dict[str, Any]:
    values = {"table": str(place[0]), "column": place[1]}
    row = session.execute(load_sql(__package__, "column"), values).fetchone()
    if row is None:
        raise Refused(f"there is no column {_named(place)}", "plan with one that is there")
    return row


def _fits(
    session: Session, place: tuple[TableName, str], row: Mapping[str, Any], oid: int, type_: str
) -> None:
    for reason in (*unfit(session, row, type_), *hangs(session, row, place[1], oid)):
        raise Refused(f"{_named(place)} can't become {type_}: {reason}", NEXT)


def _other_ends(
    session: Session, found: Read, place: tuple[TableName, str], row: Mapping[str, Any]
) -> Iterator[tuple[TableName, str]]:
    values = {"oid": row["table_oid"], "number": row["number"]}
    for key in session.execute(load_sql(__package__, "keys"), values).fetchall():
        child, parent = _ends(key)
        _usable(key, child)
        found._keys[child, key["name"]] = key
        for pair in zip(key["columns"], key["parent_columns"], strict=True):
            ends = ((child, pair[0]), (parent, pair[1]))
            if place in ends:
                yield from (end for end in ends if end != place)


def _usable(key: Mapping[str, Any], child: TableName) -> None:
    name = f"the foreign key {key['name']} of {child}"
    if key["partitioned"]:
        raise Refused(f"{name} has a partitioned table at an end and is not carried over", NEXT)
    if not key["enforced"]:
        raise Refused(f"{name} is not enforced and is not carried over", NEXT)
    if key["triggers_changed"]:
        raise Refused(f"triggers of {name} are disabled: the way back could not", "enable them")


def _agree(session: Session, found: Read, types: Mapping[tuple[TableName, str], str]) -> None:
    """Both ends of every key must have an equality between them afterwards."""
    for key in found._keys.values():
        child, parent = _ends(key)
        for one, other in zip(key["columns"], key["parent_columns"], strict=True):
            ends = [(child, one), (parent, other)]
            if not set(ends) & types.keys():
                continue
            now = [types.get(end) or _column(session, end)["type"] for end in ends]
            if not runs(session, f"SELECT NULL::{now[0]} = NULL::{now[1]}"):
                raise Refused(
                    f"{_named(ends[0])} would be {now[0]} and {_named(ends[1])} {now[1]}, and the "
                    f"foreign key {key['name']} stands between them",
                    "give both the same type",
                )


def _put_together(found: Read, types: Mapping[tuple[TableName, str], str]) -> None:
    places = {place: number for number, place in enumerate(sorted(found.rows))}
    found.columns = tuple(
        Converted(
            table=place[0],
            column=place[1],
            type=types[place],
            was=found.rows[place]["type"],
            collation=found.rows[place]["collation"],
            default=found.rows[place]["default_text"],
            not_null=found.rows[place]["not_null"],
            new=beside(place[1], "__new", found.rows[place]["names"]),
            old=beside(place[1], "__old", found.rows[place]["names"]),
        )
        for place in places
    )
    tables = {place[0]: tuple(found.rows[place]["primary_key"]) for place in places}
    found.keyed = tuple(Keyed(table, key) for table, key in tables.items())
    keys = [found._keys[place] for place in sorted(found._keys)]
    found.keys = tuple(Standing(_ends(key)[0], key["name"], key["definition"]) for key in keys)
    found.leading = tuple(_leading(keys, places))


def _carried(session: Session, found: Read) -> Iterator[Carried]:
    for keyed in found.keyed:
        numbers = [row["number"] for place, row in found.rows.items() if place[0] == keyed.table]
        values = {"table": str(keyed.table), "numbers": numbers}
        for row in session.execute(load_sql(__package__, "carried"), values).fetchall():
            yield Carried(
                keyed.table.beside(row["name"]),
                keyed.table,
                row["definition"],
                row["constraint_words"],
                row["late"],
            )


def _leading(
    keys: list[dict[str, Any]], places: Mapping[tuple[TableName, str], int]
) -> Iterator[Leading]:
    for key in keys:
        child, parent = _ends(key)
        ends = ((child, key["columns"][0]), (parent, key["parent_columns"][0]))
        if len(key["columns"]) == 1 and key["validated"] and all(one in places for one in ends):
            yield Leading(places[ends[0]], places[ends[1]])


def _ends(key: Mapping[str, Any]) -> tuple[TableName, TableName]:
    child = TableName(key["child_schema"], key["child"])
    return child, TableName(key["parent_schema"], key["parent"])


def _named(place: tuple[TableName, str]) -> str:
    return f"{place[0]}.{shown([place[1]])}"
