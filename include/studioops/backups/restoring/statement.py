"""Running one statement that changes something."""

from __future__ import annotations

from typing import Any, cast

import psycopg
from psycopg.rows import dict_row
from psycopg.sql import SQL, Composed
from sqlalchemy import Connection


def run(connection: Connection, statement: SQL | Composed) -> psycopg.Cursor[dict[str, Any]]:
    """Run one statement on psycopg itself, and hand back its cursor.

    Args:
        connection: in a transaction.
        statement: composed.
    """
    driver = cast(psycopg.Connection[Any], connection.connection.driver_connection)
    return driver.cursor(row_factory=dict_row).execute(statement)
