"""Which rows break a foreign key that is not there yet, by the key's own operators."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, cast

import psycopg
from psycopg.sql import SQL, Composable, Identifier
from sqlalchemy import Connection

from studioops.errors import DatabaseError
from studioops.integrity.scan.question import ask, source
from studioops.integrity.scan.relationship import End, PresentRelationship
from studioops.postgres import fetch, load_sql
from studioops.postgres.catalog import Relation, read_catalog

PROBE = "studioops_probe"


@dataclass(frozen=True, slots=True)
class Child:
    """The table that a missing key stands on.

    Args:
        oid: of the table.
        name: of the table.
        source: where its rows are taken from, as the key sees them.
        written: the columns that an INSERT may name.
        offending: what is true of a row that breaks the key, the row called ``c``.
        refers_to_itself: whether its rows are parents too.
    """

    oid: int
    name: Identifier
    source: Composable
    written: tuple[str, ...]
    offending: Composable
    refers_to_itself: bool


def find_child(connection: Connection, table: str, definition: str) -> Child:
    """Look at the table, and at what the key would ask of its rows.

    PostgreSQL itself chooses the operators: the key is put on an empty table of the same columns,
    read from the catalog, and taken away again.

    Args:
        connection: in a transaction that may write.
        table: as ``schema.table``, quoted as in SQL.
        definition: as ``pg_get_constraintdef`` says it.

    Raises:
        DatabaseError: the table is not there.
        psycopg.Error: the key can't stand on such a table.
    """
    found = fetch(connection, load_sql(__package__, "child"), {"table": table})
    if not found:
        raise DatabaseError(f"the copy has no table {table}", "see why pg_restore did not make it")
    (row,) = found
    probe = Identifier(row["schema"], PROBE)
    with _probed(connection, probe, Identifier(row["schema"], row["name"]), definition):
        catalog = read_catalog(connection)
        key = next(
            one for one in catalog.foreign_keys if catalog.relations[one.child].name == PROBE
        )
    child, parent = catalog.relations[row["oid"]], catalog.relations[key.parent]
    planned = PresentRelationship(
        child_end=End(child, key.child_columns),
        parent_end=End(parent, key.parent_columns),
        declared=None,
        constraint=key,
        wanted_types=(None,) * len(key.child_columns),
        row_key=(),
        covered=False,
        merges=False,
        distinct=None,
    )
    return Child(
        oid=child.oid,
        name=Identifier(child.schema, child.name),
        source=source(child),
        written=tuple(row["written"]),
        offending=ask(planned, catalog.server_version).offending,
        refers_to_itself=child.oid == parent.oid or (_in_tree(child) and _in_tree(parent)),
    )


@contextmanager
def _probed(
    connection: Connection, probe: Identifier, child: Identifier, definition: str
) -> Iterator[None]:
    """An empty table like another one with a key on it, for a moment."""
    driver = cast(psycopg.Connection[Any], connection.connection.driver_connection)
    with driver.transaction(force_rollback=True):
        driver.execute(SQL("CREATE TABLE {} (LIKE {})").format(probe, child))
        # Words of pg_get_constraintdef, out of a manifest that is authenticated.
        statement = SQL("ALTER TABLE {} ADD {}").format(probe, SQL(cast(Any, definition)))
        driver.execute(statement)
        yield


def _in_tree(relation: Relation) -> bool:
    return relation.partitioned or relation.partition_of is not None
