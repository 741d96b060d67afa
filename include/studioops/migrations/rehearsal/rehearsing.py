"""A rehearsal from its scratch place to its report, in one process."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from studioops.backups.drill.drilling import scratch_place
from studioops.backups.drill.restoring import restore_backup
from studioops.backups.model import Manifest
from studioops.backups.origin import identity_of, origin_of
from studioops.backups.recovery.choose import choose_backup
from studioops.backups.seen import Seen, report_of
from studioops.backups.shelf import Shelf
from studioops.errors import Refused
from studioops.migrations.plan import Plan
from studioops.migrations.rehearsal.walk import Walk
from studioops.migrations.state import (
    changed,
    digests,
    fingerprint_of,
    read_schema,
    without_ours,
)
from studioops.model import Report, Severity, Stopwatch
from studioops.postgres import Database

Progress = Callable[[str, int, int], None]
LEASE_HOURS = 24
TAKE = "take one and prove it: studioops backup take, then studioops backup drill"


@dataclass(frozen=True)
class RehearseHow:
    """How a rehearsal is done.

    Args:
        server: connection string of the server that holds the copy meanwhile.
        run: who rehearses, such as ``cli 1c9b…``.
        jobs: connections that restore and look at the same time.
        backup_id: which backup; None for the newest that was proven faithful.
    """

    server: str = field(repr=False)
    run: str
    jobs: int = 2
    backup_id: str | None = None


def rehearse(
    target: Database, shelf: Shelf, plan: Plan, how: RehearseHow, progress: Progress | None = None
) -> Report:
    """Apply a plan on a copy of the target, take it back, compare, and apply it again.

    Args:
        target: read-only; it is only asked what it is.
        shelf: its backups.
        plan: what is rehearsed.
        how: where and by whom.
        progress: told each step.

    Returns:
        a report of kind ``rehearsal``: passed when the way back reached the start, in the catalog
        and in the rows, and the second way there the same end as the first.

    Raises:
        NoProvenBackup: there is nothing that it could be rehearsed on.
        Refused: the backup is of another database, or of one whose definitions were others.
        CouldNotCheck: the vault, the target or the server can't be used.
    """
    watch = Stopwatch()
    origin = identity_of(origin_of(target))
    with target.transaction() as connection:
        schema = digests(read_schema(connection))
    manifest = choose_backup(shelf, how.backup_id).manifest
    _require_same(manifest, origin, schema)
    with shelf.held(manifest.backup_id, by=f"rehearsal {how.run}", hours=LEASE_HOURS):
        seen, steps = _walked(shelf, manifest, plan, how, progress)
    evidence = {
        "plan": plan.hash,
        "origin": origin,
        "schema": fingerprint_of(schema),
        "backup": manifest.backup_id,
        "operations": [one.words() for one in plan.operations],
        "steps": steps,
    }
    return report_of("rehearsal", shelf.target, seen, watch, evidence)


def _walked(
    shelf: Shelf,
    manifest: Manifest,
    plan: Plan,
    how: RehearseHow,
    progress: Progress | None,
) -> tuple[Seen, list[dict[str, Any]]]:
    with scratch_place(how.server, manifest) as place:
        restored = restore_backup(shelf, manifest, place.dsn, jobs=how.jobs, progress=progress)
        if not restored.usable:
            reason = "there is no copy to rehearse on; next: studioops backup drill shows why"
            return Seen.together([restored.seen, Seen.unseen("there", reason)]), []
        walk = Walk(place.dsn, plan, how.jobs, f"rehearsal {how.run}", progress)
        seen = Seen.together([_copy(restored.seen), walk.go()])
        return seen, walk.steps


def _copy(seen: Seen) -> Seen:
    """What pg_restore said was judged by the drill: here it is told, and changes nothing."""
    return Seen.of("copy", [replace(one, severity=Severity.INFO) for one in seen.findings])


def _require_same(manifest: Manifest, origin: Mapping[str, Any], schema: Mapping[str, str]) -> None:
    if identity_of(manifest.server) != origin:
        raise Refused(
            f"backup {manifest.backup_id} is of another database than the target is now", TAKE
        )
    lines = changed(digests(without_ours(manifest.definitions)), schema)
    if lines:
        more = f" and {len(lines) - 1} more" if len(lines) > 1 else ""
        raise Refused(
            f"the target's definitions have changed since backup {manifest.backup_id}: "
            f"{lines[0]}{more}",
            TAKE,
        )
