"""The times that the server would fill in by itself, and differently each time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from studioops.local.studioops_legacy.identity import FOUND_AT

DATED = ("vendor_prices", "vendor_aliases", "material_aliases")
TOUCHED = ("projects", "vendors", "materials", "plans", "plan_items")


def stamped(table: str, row: Mapping[str, Any]) -> Mapping[str, Any]:
    """A row with every time given, so that two loads are the same to the byte.

    Args:
        table: its name.
        row: its values by column.
    """
    if table in DATED:
        return {**row, "created_at": FOUND_AT}
    if table in TOUCHED:
        return {**row, "updated_at": row["created_at"]}
    return row
