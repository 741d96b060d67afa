"""Rewriting rows without the triggers that others made for their own writing."""

from __future__ import annotations

from collections.abc import Iterator

from studioops.migrations.operations.names import TableName
from studioops.migrations.operations.step import Session
from studioops.migrations.quarantine.quiet import may_be_quiet
from studioops.postgres import load_sql


def quietly(session: Session, table: TableName) -> None:
    """Let no trigger of others fire, until the transaction ends.

    Args:
        session: in a transaction.
        table: that is going to be updated.
    """
    if any(row["kind"] == "O" for row in _firing(session, table)):
        session.execute("SELECT set_config('session_replication_role', 'replica', true)")


def loud(session: Session, table: TableName) -> Iterator[str]:
    """Why a table can't be updated without triggers of others firing.

    Args:
        session: in a transaction.
        table: that is going to be updated.
    """
    rows = _firing(session, table)
    names = ", ".join(str(row["name"]) for row in rows)
    if any(row["kind"] != "O" for row in rows):
        yield f"{table} has triggers that fire in replication too ({names}): disable them meanwhile"
    elif rows and not may_be_quiet(session):
        yield (
            f"{table} has triggers that filling a column would fire ({names}): run this as a role "
            "that may SET session_replication_role, or give the triggers the columns they are for "
            "(UPDATE OF …)"
        )


def _firing(session: Session, table: TableName) -> list[dict[str, object]]:
    question = load_sql(__package__, "firing")
    return session.execute(question, {"table": str(table)}).fetchall()
