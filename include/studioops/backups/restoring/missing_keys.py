"""Foreign keys that a restore could not add, put back around the rows that break them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal, cast

import psycopg
from psycopg.sql import SQL, Composable, Identifier
from sqlalchemy import Connection

from studioops.backups.restoring.kinds import meaning_of
from studioops.backups.restoring.orphans import Child, find_child
from studioops.backups.restoring.quiet import everything_quiet
from studioops.backups.restoring.statement import run
from studioops.errors import StudioOpsError, one_line
from studioops.postgres import Database, Limits, open_database

How = Literal["set aside", "not valid", "none"]
LOCK_TIMEOUT_S = 60.0
ASIDE = Identifier("pg_temp", "studioops_aside")
RIGHT = (
    "rows can be set aside only with triggers off, which this role may not do; next: restore as a "
    "superuser, or from PostgreSQL 15 on GRANT SET ON PARAMETER session_replication_role TO it"
)


@dataclass(frozen=True, slots=True)
class MissingKey:
    """A foreign key that the copy should have and has not.

    Args:
        table: as ``schema.table``, quoted as in SQL.
        name: of the constraint, unquoted.
        definition: as ``pg_get_constraintdef`` says it.
    """

    table: str
    name: str
    definition: str


@dataclass(frozen=True, slots=True)
class PutBack:
    """What became of a missing key.

    Args:
        name: of the constraint.
        table: as ``schema.table``.
        orphans: rows that break it.
        how: ``set aside``: it is there as it was, and so is every row; ``not valid``: it keeps
            new rows alone; ``none``: it is still missing.
        reason: why it is not valid, or missing; empty otherwise.
    """

    name: str
    table: str
    orphans: int
    how: How
    reason: str = ""


class _Refused(Exception):
    """A key could not be put back this way; the text says why, and holds no row value."""


def put_back(database_dsn: str, keys: Sequence[MissingKey], *, timeout: float = 0) -> list[PutBack]:
    """Add foreign keys that pg_restore could not, each in a transaction of its own.

    The rows that break a key are set aside whole, the key is added and validated over the others,
    and the rows are returned with every trigger off: the copy then is what the original was.

    Args:
        database_dsn: the restored database.
        keys: the missing ones.
        timeout: seconds for one statement; 0 for no limit.

    Returns:
        what became of each, in their order.

    Raises:
        DatabaseError: the database can't be reached, or went away meanwhile.
    """
    limits = Limits(statement_timeout=timeout, lock_timeout=LOCK_TIMEOUT_S, read_only=False)
    with open_database(database_dsn, limits=limits, application="restore") as database:
        return [_put_back(database, key) for key in keys]


def _put_back(database: Database, key: MissingKey) -> PutBack:
    try:
        with _attempt(database) as connection:
            child = find_child(connection, key.table, key.definition)
            orphans = _around(connection, key, child)
        return PutBack(key.name, key.table, orphans, "set aside")
    except _Refused as refused:
        return _without(database, key, str(refused))


def _without(database: Database, key: MissingKey, reason: str) -> PutBack:
    """Where no row can be set aside: the key as it can be had."""
    orphans = _counted(database, key)
    valid = orphans == 0 or "NOT VALID" in key.definition
    try:
        with _attempt(database) as connection:
            _add(connection, key, SQL("" if valid else " NOT VALID"))
    except _Refused as refused:
        reasons = f"{refused}; before that: {reason}"
        return PutBack(key.name, key.table, orphans or 0, "none", reasons)
    if valid:
        return PutBack(key.name, key.table, orphans or 0, "set aside")
    return PutBack(key.name, key.table, orphans or 0, "not valid", reason)


def _counted(database: Database, key: MissingKey) -> int | None:
    """How many rows break the key; None where nobody can tell."""
    try:
        with _attempt(database) as connection:
            child = find_child(connection, key.table, key.definition)
            counted = SQL("SELECT count(*) AS orphans FROM {} AS c WHERE {}").format(
                child.source, child.offending
            )
            return int(run(connection, counted).fetchall()[0]["orphans"])
    except _Refused:
        return None


def _around(connection: Connection, key: MissingKey, child: Child) -> int:
    """Set the rows aside, add the key, return the rows; how many there were."""
    run(connection, SQL("SET LOCAL session_replication_role = replica"))
    with everything_quiet(connection, child.oid):
        aside = SQL("CREATE TEMP TABLE studioops_aside ON COMMIT DROP AS SELECT * FROM {} LIMIT 0")
        run(connection, aside.format(child.source))
        moved, found = 0, _move(connection, child)
        # A row of a tree that is set aside takes the rows below it along.
        while found:
            moved += found
            found = _move(connection, child) if child.refers_to_itself else 0
        _add(connection, key, SQL(""))
        if _return(connection, child) != moved:
            raise _Refused("not every row that was set aside came back; nothing was changed")
    return moved


def _move(connection: Connection, child: Child) -> int:
    """Take the rows that break the key out of the table; how many."""
    statement = SQL(
        "WITH gone AS (DELETE FROM {} AS c WHERE {} RETURNING c.*)"
        " INSERT INTO {} SELECT * FROM gone"
    )
    return run(connection, statement.format(child.source, child.offending, ASIDE)).rowcount


def _return(connection: Connection, child: Child) -> int:
    """Put them back as they were; generated columns come anew."""
    columns = SQL(", ").join(Identifier(name) for name in child.written)
    statement = SQL("INSERT INTO {} ({}) OVERRIDING SYSTEM VALUE SELECT {} FROM {}")
    return run(connection, statement.format(child.name, columns, columns, ASIDE)).rowcount


def _add(connection: Connection, key: MissingKey, ending: Composable) -> None:
    # Both are SQL by the manifest's word: pg_get_constraintdef and quoted names.
    statement = SQL("ALTER TABLE {} ADD CONSTRAINT {} {}{}").format(
        SQL(cast(Any, key.table)), Identifier(key.name), SQL(cast(Any, key.definition)), ending
    )
    run(connection, statement)


@contextmanager
def _attempt(database: Database) -> Iterator[Connection]:
    """One transaction; what the server refuses in it, in words that hold no row value.

    Raises:
        _Refused: nothing was changed.
        DatabaseError: the connection is gone.
    """
    with database.transaction(isolation="READ COMMITTED") as connection:
        try:
            yield connection
        except psycopg.Error as error:
            state = error.sqlstate or ""
            if not state or state.startswith(("08", "57P")):
                raise
            said = str(error.diag.message_primary)
            if "session_replication_role" in said:
                raise _Refused(RIGHT) from None
            raise _Refused(one_line(meaning_of(said).text)) from None
        except StudioOpsError as error:
            raise _Refused(error.reason) from None
