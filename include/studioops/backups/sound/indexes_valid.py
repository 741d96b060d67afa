"""Indexes that no query may rely on, and constraints whose triggers do not fire."""

from __future__ import annotations

from typing import Any

from studioops.backups.seen import Seen, fault
from studioops.backups.sound.copied import Copy
from studioops.model import Finding
from studioops.postgres import load_sql


def indexes_valid(copy: Copy) -> Seen:
    """Whether every index is valid and ready, and every constraint is enforced by its triggers."""
    found: dict[str, list[Finding]] = {"index": [], "trigger": []}
    for row in copy.rows(load_sql(__package__, "indexes_valid")):
        found[row["kind"]].append(_index(row) if row["kind"] == "index" else _trigger(row))
    parts = [Seen.of(f"index {one.object}", [one]) for one in found["index"]]
    parts += [Seen.of(f"constraint triggers {one.object}", [one]) for one in found["trigger"]]
    return Seen.together(parts or [Seen.of("indexes valid, constraint triggers enabled")])


def _index(row: dict[str, Any]) -> Finding:
    return fault(
        "index_not_valid",
        row["name"],
        f"the index is {row['state']} on {row['table']}",
        "no query uses it, and a unique one does not keep values unique",
        f"REINDEX INDEX {row['name']};",
    )


def _trigger(row: dict[str, Any]) -> Finding:
    return fault(
        "constraint_triggers_disabled",
        row["name"],
        f"triggers of {row['constraint']} are disabled",
        "a restore that was cut off leaves them so: the constraint looks valid and holds nothing",
        f"ALTER TABLE {row['name']} ENABLE TRIGGER ALL;",
    )
