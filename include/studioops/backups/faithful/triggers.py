"""Triggers that fire otherwise in the copy: of a sub-partition's, pg_restore loses that.

Where the sub-partition's name sorts before the root's, the statement comes before the trigger is
there. Every dump is alike, so a new one does not help.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Connection

from studioops.backups.seen import fault
from studioops.model import Finding
from studioops.postgres import fetch, load_sql
from studioops.postgres.definitions import Difference

KIND = "trigger"
STATES = {
    "O": ("ENABLE", "enabled"),
    "D": ("DISABLE", "disabled"),
    "R": ("ENABLE REPLICA", "enabled on replicas alone"),
    "A": ("ENABLE ALWAYS", "always enabled"),
}


def lost_states(
    connection: Connection, differences: Collection[Difference], why: str
) -> dict[Difference, Finding]:
    """What is said of triggers that are in the copy as in the original, but for their state.

    Args:
        connection: to the copy, in a transaction.
        differences: between the original's definitions and the copy's.
        why: that matters.

    Returns:
        a finding for each such difference, with the statement that mends a copy.
    """
    lost = {one.name: one for one in differences if _state(one)}
    if not lost:
        return {}
    rows = fetch(connection, load_sql(__package__, "triggers"), {"names": list(lost)})
    named = ((row, lost[row["name"]]) for row in rows)
    return {one: _finding(row, _state(one), why) for row, one in named}


def _state(one: Difference) -> str:
    """The original's state; empty where more than that may differ.

    A partition's trigger that is like the one above it is not among the definitions.
    """
    if one.kind != KIND or one.before is None:
        return ""
    before = json.loads(one.before)
    after = json.loads(one.after) if one.after else before
    return str(before["enabled"]) if after["definition"] == before["definition"] else ""


def _finding(row: Mapping[str, Any], state: str, why: str) -> Finding:
    statement, word = STATES[state]
    return fault(
        "definition_differs",
        row["name"],
        f"the trigger is {word} in the original, and not so in the copy",
        why,
        "-- no dump will bring that back: after each restore, type\n"
        f"ALTER TABLE ONLY {row['relation']} {statement} TRIGGER {row['trigger']};",
    )
