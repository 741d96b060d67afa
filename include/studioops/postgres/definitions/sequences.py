"""Where sequences stand, which follows no snapshot."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, LiteralString

from psycopg.sql import SQL, Identifier, Literal
from sqlalchemy import Connection

from studioops.errors import PermissionDenied
from studioops.postgres.definitions.model import SequenceState
from studioops.postgres.sql import fetch, load_sql

STAND: LiteralString = "SELECT {name} AS name, last_value AS value, is_called AS called FROM {seq}"
# Each takes a lock until the transaction ends, and a statement of any length is planned at once.
TOGETHER = 500


def read_sequences(connection: Connection) -> dict[str, SequenceState]:
    """Where every sequence stands, those of extensions too.

    Args:
        connection: in a transaction.

    Returns:
        by name.

    Raises:
        PermissionDenied: one can't be read.
    """
    rows = fetch(connection, load_sql(__package__, "sequences"))
    for row in rows:
        if not row["readable"]:
            raise PermissionDenied(
                f"the sequence {row['name']} can't be read",
                f"GRANT SELECT ON SEQUENCE {row['name']} (and USAGE ON its SCHEMA) TO this role",
            )
    resting = _resting(connection, [row for row in rows if row["value"] is None])
    return {
        row["name"]: SequenceState(
            *resting.get(row["name"], (row["value"], row["increment"], True))
        )
        for row in rows
    }


def _resting(
    connection: Connection, rows: Sequence[dict[str, Any]]
) -> dict[str, tuple[int, int, bool]]:
    """Those that were never called: one may have been set to where it shall begin."""
    increments = {row["name"]: row["increment"] for row in rows}
    found: dict[str, tuple[int, int, bool]] = {}
    for first in range(0, len(rows), TOGETHER):
        asked = [
            SQL(STAND).format(
                name=Literal(row["name"]), seq=Identifier(row["schema"], row["relation"])
            )
            for row in rows[first : first + TOGETHER]
        ]
        for row in fetch(connection, SQL(" UNION ALL ").join(asked)):
            found[row["name"]] = (row["value"], increments[row["name"]], row["called"])
    return found
