"""Materialised views that hold nothing: whoever reads one gets an error."""

from __future__ import annotations

from studioops.backups.seen import Seen
from studioops.backups.sound.copied import Copy
from studioops.backups.sound.original import unpopulated_before
from studioops.model import Finding, Severity
from studioops.postgres import load_sql


def materialised_views(copy: Copy) -> Seen:
    """Whether every materialised view was filled."""
    rows = copy.rows(load_sql(__package__, "materialised_views"))
    if not rows:
        return Seen.not_applicable("materialised views", "there are none")
    empty = [_unpopulated(copy, row["name"]) for row in rows if not row["populated"]]
    parts = [Seen.of(f"materialised view {one.object}", [one]) for one in empty]
    if len(rows) > len(empty):
        parts.append(Seen.of("materialised views"))
    return Seen.together(parts)


def _unpopulated(copy: Copy, name: str) -> Finding:
    """One that the original never filled either is no fault of the copy."""
    before = unpopulated_before(copy.manifest, name)
    told = {None: "", True: ", as in the original", False: ", and it was in the original"}
    return Finding(
        "materialised_view_not_populated",
        name,
        Severity.WARNING if before else Severity.ERROR,
        f"it is not populated{told[before]}",
        "the first query of it raises",
        f"REFRESH MATERIALIZED VIEW {name};",
    )
