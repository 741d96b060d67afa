"""Reading the catalog: seven queries, however many tables there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, cast

import psycopg
from psycopg import errors
from sqlalchemy import Connection

from studioops.postgres.catalog.model import (
    ACTIONS,
    MATCHES,
    Catalog,
    Column,
    ColumnType,
    ForeignKey,
    Index,
    Operator,
    Relation,
)
from studioops.postgres.sql import fetch, load_sql, stream

Row = Mapping[str, Any]
NO_NAME = (errors.SyntaxError, errors.InvalidParameterValue, errors.FeatureNotSupported)


def read_catalog(connection: Connection, type_names: Iterable[str] = ()) -> Catalog:
    """The definitions of a database.

    Args:
        connection: in a transaction, so that all queries see one snapshot.
        type_names: further types that the caller wants to compare as.

    Returns:
        the catalog; a type that does not exist stands in ``asked_types`` as None.

    Raises:
        psycopg.Error: as the driver raises it; ``Database.transaction`` puts it in our words.
    """
    version = fetch(connection, "SELECT current_setting('server_version_num')::int AS number")
    types, asked = _types(_type_rows(connection, sorted(set(type_names))))
    columns = _columns(_rows(connection, "columns"), types)
    relations = {
        row["oid"]: Relation(**row, columns=columns.get(row["oid"], {}))
        for row in _rows(connection, "relations")
    }
    return Catalog(
        server_version=version[0]["number"],
        relations=relations,
        foreign_keys=_foreign_keys(_rows(connection, "foreign_keys"), relations),
        indexes=_indexes(_rows(connection, "indexes")),
        asked_types=asked,
        distinct={
            (row["schema"], row["relation"], row["name"]): row["distinct"]
            for row in _rows(connection, "distinct")
        },
        _names={(one.schema, one.name): oid for oid, one in relations.items()},
    )


def _rows(connection: Connection, name: str, values: Row | None = None) -> Iterator[Row]:
    return stream(connection, load_sql(__package__, name), values)


def _type_rows(connection: Connection, names: Sequence[str]) -> list[Row]:
    """Of a name that PostgreSQL's grammar has no place for, such as ``no type``, it says no NULL.

    It raises; then each name is tried by itself.
    """
    try:
        with _driver(connection).transaction():
            return list(_rows(connection, "types", {"names": names}))
    except NO_NAME:
        readable = [one for one in names if _is_name(connection, one)]
        if len(readable) == len(names):
            raise
    unknown: list[Row] = [{"asked": one, "oid": None} for one in names if one not in readable]
    return [*_rows(connection, "types", {"names": readable}), *unknown]


def _is_name(connection: Connection, name: str) -> bool:
    try:
        with _driver(connection).transaction() as savepoint:
            savepoint.connection.execute("SELECT to_regtype(%s)", (name,))
    except NO_NAME:
        return False
    return True


def _driver(connection: Connection) -> psycopg.Connection[Any]:
    return cast(psycopg.Connection[Any], connection.connection.driver_connection)


def _types(rows: Iterable[Row]) -> tuple[dict[int, ColumnType], dict[str, ColumnType | None]]:
    known: dict[int, ColumnType] = {}
    asked: dict[str, ColumnType | None] = {}
    for row in rows:
        found = _type(row) if row["oid"] is not None else None
        if found is not None:
            known[found.oid] = found
        if row["asked"] is not None:
            asked[row["asked"]] = found
    return known, asked


def _type(row: Row) -> ColumnType:
    named = row["equality_name"] is not None
    equality = (row["equality_schema"], row["equality_name"]) if named else None
    return ColumnType(row["oid"], row["name"], row["category"], equality)


def _columns(rows: Iterable[Row], types: Mapping[int, ColumnType]) -> dict[int, dict[str, Column]]:
    by_relation: dict[int, dict[str, Column]] = defaultdict(dict)
    for row in rows:
        fields = {key: row[key] for key in row if key not in ("relation", "type")}
        by_relation[row["relation"]][row["name"]] = Column(**fields, type=types[row["type"]])
    return by_relation


def _foreign_keys(rows: Iterable[Row], relations: Mapping[int, Relation]) -> tuple[ForeignKey, ...]:
    # A key of a temporary table of another session, say: its relation is not among ours.
    return tuple(
        _foreign_key(row, relations[row["child"]], relations[row["parent"]])
        for row in rows
        if row["child"] in relations and row["parent"] in relations
    )


def _foreign_key(row: Row, child: Relation, parent: Relation) -> ForeignKey:
    return ForeignKey(
        oid=row["oid"],
        name=row["name"],
        child=child.oid,
        parent=parent.oid,
        child_columns=tuple(child.at(number) for number in row["child_numbers"]),
        parent_columns=tuple(parent.at(number) for number in row["parent_numbers"]),
        operators=tuple(_operator(one) for one in row["operators"]),
        validated=row["validated"],
        enforced=row["enforced"],
        period=row["period"],
        on_delete=ACTIONS[row["on_delete"]],
        on_update=ACTIONS[row["on_update"]],
        match=MATCHES[row["match"]],
        definition=row["definition"],
        disabled_on=tuple(row["disabled_on"]),
    )


def _operator(one: Row) -> Operator:
    # An operator on anyarray or anyenum takes its operands as they are.
    generic = one["polymorphic"]
    return Operator(
        schema=one["schema"],
        name=one["name"],
        cast_parent=None if generic else one["left"],
        cast_child=None if generic else one["right"],
        collation=one["collation"],
    )


def _indexes(rows: Iterable[Row]) -> dict[int, list[Index]]:
    by_relation: dict[int, list[Index]] = defaultdict(list)
    for row in rows:
        fields = {key: row[key] for key in row if key not in ("relation", "key_count", "numbers")}
        numbers = tuple(row["numbers"][: row["key_count"]])
        by_relation[row["relation"]].append(Index(**fields, numbers=numbers))
    return by_relation
