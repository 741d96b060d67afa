"""The same ids each time, by what a row is and its number."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import NAMESPACE_URL, UUID, uuid5

NAMESPACE = uuid5(NAMESPACE_URL, "studioops-legacy")
FOUND_AT = datetime(2025, 9, 8, 9, 0, tzinfo=UTC)


def row_id(table: str, number: int) -> UUID:
    """The id of a table's row.

    Args:
        table: its name.
        number: of the row, from 0.
    """
    return uuid5(NAMESPACE, f"{table}/{number}")


def lost_id(table: str, number: int) -> UUID:
    """An id that a row of the table once had and that none has now."""
    return uuid5(NAMESPACE, f"lost/{table}/{number}")


def before(days: float) -> datetime:
    """A moment so many days before the database was found."""
    return FOUND_AT - timedelta(days=days)
