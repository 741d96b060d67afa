"""What is known of a table's rows."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TableRows:
    """What a table holds, as one snapshot sees it.

    Args:
        rows: how many.
        digest: of their contents whatever their order, 16 hex digits; empty where none was asked
            for, or ``unread`` says why there is none.
        unread: why nobody could read it; empty otherwise.
    """

    rows: int
    digest: str
    unread: str = ""
