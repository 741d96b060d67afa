"""Which revisions a database has had, as its version table says."""

from __future__ import annotations

from psycopg.sql import SQL

from studioops.migrations.operations.names import TableName
from studioops.migrations.operations.step import Session


def is_there(session: Session, table: TableName) -> bool:
    """Whether the version table is there.

    Args:
        session: in a transaction.
        table: the version table.
    """
    row = session.execute("SELECT to_regclass(%s) IS NOT NULL AS there", (str(table),)).fetchone()
    return bool(row and row["there"])


def read_heads(session: Session, table: TableName) -> tuple[str, ...]:
    """The newest revision of each branch that the database has had; none where it had none.

    Args:
        session: in a transaction.
        table: the version table.
    """
    if not is_there(session, table):
        return ()
    question = SQL("SELECT version_num FROM {} ORDER BY version_num").format(table.sql)
    return tuple(row["version_num"] for row in session.execute(question))


def drop_if_empty(session: Session, table: TableName) -> None:
    """Drop the version table that the first revision has made, once it says nothing.

    Args:
        session: of the runner.
        table: the version table.
    """
    if is_there(session, table) and not read_heads(session, table):
        session.execute(SQL("DROP TABLE {}").format(table.sql))
