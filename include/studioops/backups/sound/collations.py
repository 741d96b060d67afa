"""Collations whose library has changed under the indexes."""

from __future__ import annotations

from typing import Any

from studioops.backups.seen import Seen, fault
from studioops.backups.sound.copied import Copy
from studioops.model import Finding, Severity
from studioops.postgres import fetch, load_sql

KEEPS_DEFAULT = 150000


def collations(copy: Copy) -> Seen:
    """Whether every collation in use is of the version that its indexes were made under."""
    with copy.database.transaction() as connection:
        rows = fetch(connection, load_sql(__package__, "collations"))
        version = fetch(connection, "SELECT current_setting('server_version_num')::int AS it")
        if version[0]["it"] < KEEPS_DEFAULT:
            default = []
        else:
            default = fetch(connection, load_sql(__package__, "default_collation"))
    parts = [_named(row) for row in rows]
    parts += [_default(copy, row) for row in default]
    return Seen.together(
        parts or [Seen.not_applicable("collations", "no index sorts by one that has a version")]
    )


def _named(row: dict[str, Any]) -> Seen:
    name = f"collation {row['name']}"
    if row["recorded"] == row["actual"]:
        return Seen.of(name)
    refresh = f"ALTER COLLATION {row['name']} REFRESH VERSION;"
    return _differs(name, row, f"REINDEX every index that sorts by it, then {refresh}")


def _default(copy: Copy, row: dict[str, Any]) -> Seen:
    # Not by the copy's own name, which is another one in every drill.
    name = "collation of the database"
    if row["recorded"] != row["actual"]:
        refresh = f"ALTER DATABASE {row['name']} REFRESH COLLATION VERSION;"
        return _differs(name, row, f"REINDEX DATABASE {row['name']}; {refresh}")
    before = copy.manifest.server.get("collation_version") if copy.manifest else None
    return Seen.of(name, [_another_library(row, before)] if _differ(before, row["actual"]) else [])


def _differ(before: str | None, now: str | None) -> bool:
    return bool(before) and before != now


def _differs(name: str, row: dict[str, Any], repair: str) -> Seen:
    if row["recorded"] is None:
        return Seen.unseen(
            name,
            f"under which version the indexes were made is not recorded, it is {row['actual']} "
            f"now; next: {repair}",
        )
    now = row["actual"] or "without one"
    found = fault(
        "collation_version_changed",
        row["name"],
        f"its order is recorded as of version {row['recorded']}, the server's is {now}",
        "an index in the wrong order does not find rows that are there, and lets doubles in",
        repair,
    )
    return Seen.of(name, [found])


def _another_library(row: dict[str, Any], before: str | None) -> Finding:
    """The copy's own indexes were made under its own library, so they are in order."""
    return Finding(
        "collation_of_another_library",
        row["name"],
        Severity.WARNING,
        f"the original sorted by version {before}, this server sorts by {row['actual']}",
        "texts may come in another order than before, and range partitions by text may not fit",
        "restore on a server with the original's collation library, or look at such partitions",
    )
