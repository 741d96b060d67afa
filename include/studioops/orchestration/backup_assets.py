"""The asset that says that there is a new backup: a drill of it is due then."""

from __future__ import annotations

from typing import Any

from airflow.sdk import Asset, AssetAlias, get_current_context

BACKUPS = Asset(name="studioops_backups", uri="studioops://backups", group="studioops")
# An asset among a task's outlets has an event whenever the task ends well, also without a backup;
# by an alias there are as many as were added.
STORED = AssetAlias(name="studioops_stored_backups", group="studioops")


def announce(target: str, backup_id: str) -> None:
    """Make an event of a backup that is in the object store.

    Args:
        target: whose it is.
        backup_id: which one.
    """
    events = get_current_context()["outlet_events"]
    extra: dict[str, Any] = {"target": target, "backup": backup_id}
    events[STORED].add(BACKUPS, extra=extra)
