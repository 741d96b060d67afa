"""What a backup's manifest says of the original, where a proof depends on how it was then."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from studioops.backups.model import Manifest


def absent_before(manifest: Manifest | None, entry: Mapping[str, Any]) -> str:
    """Why a relationship of the contract does not apply: the original lacked it too.

    Args:
        manifest: of the backup; without one nobody can tell.
        entry: of the scan's document, on a relationship whose table or column is absent.

    Returns:
        the reason; empty where the original had it, or where nobody can tell.
    """
    columns, others = _names(manifest, "column"), _without_columns(manifest)
    for end in (entry["child"], entry["parent"]):
        table, _, listed = _bare(end).rpartition("(")
        wanted = {f"{table}.{name}" for name in listed.rstrip(")").split(", ")}
        if columns and table not in others and wanted - columns:
            return f"{entry['reason']}, as in the original: `studioops scan` of it says so"
    return ""


def unpopulated_before(manifest: Manifest | None, view: str) -> bool | None:
    """Whether a materialised view was not populated in the original; None: nobody can tell."""
    populated = _said(manifest, "materialized view", view).get("populated")
    return None if populated is None else not populated


def row_security_before(manifest: Manifest | None, table: str) -> bool | None:
    """Whether a table's row security was on in the original; None: nobody can tell."""
    return _said(manifest, "table", table).get("row security")


def _names(manifest: Manifest | None, kind: str) -> set[str]:
    return {_bare(name) for name in manifest.definitions.get(kind, {})} if manifest else set()


def _without_columns(manifest: Manifest | None) -> set[str]:
    """What was there and whose columns the definitions do not list: views, extensions' tables."""
    views = _names(manifest, "view") | _names(manifest, "materialized view")
    counted = (
        {_bare(name) for name in (*manifest.tables, *manifest.left_out)} if manifest else set()
    )
    return views | counted - _names(manifest, "table")


def _bare(name: str) -> str:
    """Without quotes: the contract quotes less than PostgreSQL does."""
    return name.replace('"', "")


def _said(manifest: Manifest | None, kind: str, name: str) -> dict[str, Any]:
    text = manifest.definitions.get(kind, {}).get(name) if manifest else None
    try:
        return dict(json.loads(text)) if text else {}
    except ValueError:
        return {}
