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
from studioops.integrity import Contract

NO_AIMS = Aims(float("inf"), float("inf"), newest=False)


def restorer(
    shelf: Shelf, contract: Contract | None, *, jobs: int, range_rows: int
) -> RestoreBeside:
    """What restores a backup of a target beside it, and judges the copy twice.

    Args:
        shelf: the target's backups.
        contract: what the copy must keep; None for its catalog alone.
        jobs: connections that restore and look at the same time.
        range_rows: a table with more rows is scanned in ranges of its key.
    """

    def restore_beside(manifest: Manifest, place: Scratch) -> tuple[Restoration, Seen, Seen]:
        how = DrillHow(place.dsn, contract, NO_AIMS, "recovery", jobs, range_rows)
        restored = restore_backup(shelf, manifest, place.dsn, jobs=jobs)
        faithful, sound = judge(shelf, manifest, restored, place.dsn, how=how)
        return restored, Seen.together([restored.seen, faithful]), sound

    return restore_beside
