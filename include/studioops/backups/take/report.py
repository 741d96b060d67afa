"""What a taken backup is told as."""

from __future__ import annotations

from typing import Any

from studioops.backups.model import Manifest
from studioops.backups.seen import Seen, report_of
from studioops.model import Report, Status, Stopwatch, Subject


def taken_report(manifest: Manifest, where: str, watch: Stopwatch) -> Report:
    """The report on a backup that was taken.

    Args:
        manifest: as it was written.
        where: the vault, to be shown.
        watch: started with the work.
    """
    copies = [Seen.of(f"bucket {one.bucket}") for one in manifest.buckets]
    seen = Seen.together([Seen.of("dump"), _rows(manifest), _place(manifest, where), *copies])
    return report_of("backup", manifest.target, seen, watch, backup_evidence(manifest, where))


def backup_evidence(manifest: Manifest, where: str) -> dict[str, Any]:
    """What a document tells of a backup.

    Args:
        manifest: the backup's.
        where: the vault, to be shown.
    """
    return {
        "backup": manifest.backup_id,
        "snapshot_at": manifest.snapshot_at.isoformat(),
        "where": where,
        "spooled_on": manifest.spooled_on,
        "size": manifest.size,
        "plain_size": sum(one.plain_size for one in manifest.files),
        "files": len(manifest.files),
        "tables": len(manifest.tables),
        "rows": sum(one.rows for one in manifest.tables.values()),
        "buckets": [{"bucket": one.bucket, "objects": one.objects} for one in manifest.buckets],
        "tool": manifest.tool,
        "attempts": manifest.attempts,
        "steps": dict(manifest.steps),
    }


def _rows(manifest: Manifest) -> Seen:
    """Fingerprints, and each table that nobody could read."""
    if not manifest.fingerprint:
        reason = "taken without fingerprints, so a drill can't hold rows against the original's"
        return Seen.not_applicable("fingerprints", reason)
    unread = [
        Subject(f"fingerprint {name}", Status.NOT_CHECKED, rows.unread)
        for name, rows in manifest.tables.items()
        if rows.unread
    ]
    return Seen((Subject("fingerprints", Status.PASSED), *unread))


def _place(manifest: Manifest, where: str) -> Seen:
    """A backup that waits on one host's disk is none that the loss of the host would leave."""
    if not manifest.spooled_on:
        return Seen.of("stored")
    reason = (
        f"the object store was away: it waits encrypted in {where} on {manifest.spooled_on}; next: "
        "mend the object store, and the DAG backup_delivery on that host delivers it"
    )
    return Seen.unseen("stored", reason)
