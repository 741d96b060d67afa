"""How a recovery restores and judges: as a drill does, so that what was proven is what happens."""

from __future__ import annotations

from studioops.backups.drill.drilling import DrillHow, judge
from studioops.backups.drill.restoring import Restoration, restore_backup
from studioops.backups.drill.verdict import Aims
from studioops.backups.model import Manifest
from studioops.backups.recovery.beside import RestoreBeside
from studioops.backups.restoring.scratch import Scratch
from studioops.backups.seen import Seen
from studioops.backups.shelf import Shelf
from studioops.cli.options import Chosen


def restorer(chosen: Chosen, shelf: Shelf) -> RestoreBeside:
    """What restores a backup of a target beside it, and judges the copy twice.

    Args:
        chosen: the target.
        shelf: its backups.
    """
    settings = chosen.settings

    def restore_beside(manifest: Manifest, place: Scratch) -> tuple[Restoration, Seen, Seen]:
        how = DrillHow(
            place.dsn,
            chosen.contract,
            Aims(settings.restore_target, settings.age_target, newest=False),
            "recovery",
            settings.backup_jobs,
            settings.scan_range_rows,
        )
        restored = restore_backup(shelf, manifest, place.dsn, jobs=how.jobs)
        faithful, sound = judge(manifest, restored, place.dsn, how)
        return restored, Seen.together([restored.seen, faithful]), sound

    return restore_beside
