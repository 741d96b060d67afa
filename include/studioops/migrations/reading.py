"""How a target is looked at outside the runner: as operations read it, and nothing is written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from psycopg import IsolationLevel
from psycopg.rows import dict_row

from studioops.migrations.operations import Session
from studioops.postgres import Database, translated
from studioops.postgres.connect import session_settings


@contextmanager
def reading(database: Database) -> Iterator[Session]:
    """One transaction under the limits of every look, on one processor; a role's own may be any.

    Args:
        database: the target.

    Raises:
        DatabaseError: in our own words.
    """
    with translated(database.dsn), database.connector() as session:
        session.row_factory = dict_row
        session.read_only = True
        session.isolation_level = IsolationLevel.REPEATABLE_READ
        session.execute(*session_settings(replace(database.limits, alone=True)))
        yield session
