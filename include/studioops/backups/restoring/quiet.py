"""Keeping a table's triggers and rules from firing that would even where triggers are off."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from psycopg.sql import SQL, Composed, Identifier
from sqlalchemy import Connection

from studioops.backups.restoring.statement import run
from studioops.postgres import fetch, load_sql

ENABLE = {"A": SQL("ENABLE ALWAYS"), "R": SQL("ENABLE REPLICA")}


@contextmanager
def everything_quiet(connection: Connection, table: int) -> Iterator[None]:
    """Disable what fires under ``session_replication_role = replica``, then have it as it was.

    Args:
        connection: in a transaction; should it fail, its rollback brings them back.
        table: its oid; its partitions are quiet too.
    """
    loud = fetch(connection, load_sql(__package__, "loud"), {"table": table})
    for one in loud:
        run(connection, _alter(one, SQL("DISABLE")))
    yield
    for one in loud:
        run(connection, _alter(one, ENABLE[one["state"]]))


def _alter(one: dict[str, str], how: SQL) -> Composed:
    return SQL("ALTER TABLE ONLY {} {} {} {}").format(
        Identifier(one["schema"], one["relation"]),
        how,
        SQL("RULE") if one["kind"] == "rule" else SQL("TRIGGER"),
        Identifier(one["name"]),
    )
