"""A drill from its scratch place to its proof, in one process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial

from psycopg.conninfo import make_conninfo

from studioops.backups.drill.restoring import Restoration, restore_backup
from studioops.backups.drill.soundness import judge_sound
from studioops.backups.drill.verdict import Aims, Judged, conclude, nothing_to_judge, unread
from studioops.backups.faithful import (
    compare_catalog,
    compare_rows,
    compare_sequences,
    prove_copies,
)
from studioops.backups.model import Manifest
from studioops.backups.restoring.lease import this_process_lease
from studioops.backups.restoring.scratch import Scratch, drop_scratch, make_scratch
from studioops.backups.restoring.speed import LOOKING, with_settings
from studioops.backups.restoring.sweep import sweep_scratch
from studioops.backups.seen import Seen
from studioops.backups.shelf import Shelf
from studioops.backups.steps import Steps
from studioops.backups.verifying.files import unread_manifest
from studioops.errors import BackupDamaged, NoSuchKey
from studioops.integrity import Contract
from studioops.model import Report, Stopwatch
from studioops.postgres import Database, Limits, Pool, open_database, parse_dsn

Progress = Callable[[str, int, int], None]
LEASE_HOURS = 24
# A copy is looked at by nobody else, so a statement may take as long as it needs.
PATIENCE = Limits(statement_timeout=6 * 3600, lock_timeout=60)


@dataclass(frozen=True)
class DrillHow:
    """How a drill is done.

    Args:
        server: connection string of the server that holds the copy meanwhile.
        contract: what the copy must keep; None for its catalog alone.
        aims: the limits of the settings.
        run: who drills, such as ``cli 1c9b…``.
        jobs: connections that restore and look at the same time.
        range_rows: a table with more rows is scanned in ranges of its key.
    """

    server: str
    contract: Contract | None
    aims: Aims
    run: str
    jobs: int = 2
    range_rows: int | None = None


def drill(shelf: Shelf, backup_id: str, how: DrillHow, progress: Progress | None = None) -> Report:
    """Restore a backup elsewhere, judge the copy twice, and keep the proof beside the backup.

    Args:
        shelf: where it lies.
        backup_id: which one.
        how: where and against what.
        progress: told what is being looked at, how much of it is done, and of how much.

    Returns:
        a report of kind ``drill``: passed when the copy is faithful and sound and the aims are
        kept; ``not_checked`` where something could not be looked at.

    Raises:
        NoSuchBackup: there is no whole one of that id.
        CouldNotCheck: the vault or the server can't be used.
    """
    watch = Stopwatch()
    # Held before it is looked for, so that retention can't take it away in between.
    with shelf.held(backup_id, by=f"drill {how.run}", hours=LEASE_HOURS):
        try:
            manifest = shelf.manifest(backup_id)
        except (BackupDamaged, NoSuchKey) as error:
            return not_drilled(shelf, backup_id, error, watch)
        return _drilled(shelf, manifest, how, watch, progress)


def _drilled(
    shelf: Shelf, manifest: Manifest, how: DrillHow, watch: Stopwatch, progress: Progress | None
) -> Report:
    steps = Steps()
    with ExitStack() as held:
        making = partial(held.enter_context, scratch_place(how.server, manifest))
        place = steps.time("scratch place made", making)
        restored = restore_backup(shelf, manifest, place.dsn, jobs=how.jobs, progress=progress)
        judging = partial(judge, shelf, manifest, restored, place.dsn, how=how, progress=progress)
        faithful, sound = steps.time("judged", judging)
        steps.time("scratch place dropped", held.close)
    proving = partial(prove_copies, shelf, manifest, workers=how.jobs)
    copies = steps.time("copies of buckets", proving)
    restoration = replace(restored, steps={**restored.steps, **steps.seconds})
    judged = Judged(faithful, sound, copies)
    report, proof = conclude(manifest, restoration, judged, aims=how.aims, run=how.run, watch=watch)
    shelf.add_proof(proof)
    return report


@contextmanager
def scratch_place(server: str, manifest: Manifest) -> Iterator[Scratch]:
    """An empty database like the original, gone at the end; what killed drills left goes too.

    Args:
        server: connection string of the server that holds it.
        manifest: of the backup that goes into it.
    """
    lease = this_process_lease(LEASE_HOURS)
    sweep_scratch(server, owner=lease.owner, now=datetime.now(UTC))
    place = make_scratch(server, lease=lease, like=manifest.server)
    try:
        yield place
    finally:
        drop_scratch(server, place.name)


def judge(
    shelf: Shelf,
    manifest: Manifest,
    restoration: Restoration,
    dsn: str,
    *,
    how: DrillHow,
    progress: Progress | None = None,
) -> tuple[Seen, Seen]:
    """Both verdicts on a copy.

    Args:
        shelf: where its backup lies.
        manifest: of its backup.
        restoration: how the restore went.
        dsn: of the copy.
        how: against what.
        progress: told what is being looked at, how much of it is done, and of how much.
    """
    if not restoration.usable:
        nothing = nothing_to_judge(restoration)
        return nothing, nothing
    with open_copy(dsn, how.jobs) as database:
        faithful = judge_faithful(database, manifest, restoration, how.jobs, progress)
        sound = judge_sound(
            database,
            shelf,
            manifest,
            contract=how.contract,
            jobs=how.jobs,
            range_rows=how.range_rows,
            progress=progress,
        )
    return faithful, sound


def judge_faithful(
    database: Database,
    manifest: Manifest,
    restoration: Restoration,
    jobs: int,
    progress: Progress | None = None,
) -> Seen:
    """Whether a copy equals its manifest.

    Args:
        database: the copy.
        manifest: of its backup.
        restoration: how the restore went.
        jobs: connections used at the same time.
        progress: told the table, how many are done, and of how many.
    """
    return Seen.together(
        [
            compare_catalog(database, manifest, known_unvalidated=restoration.unvalidated),
            compare_sequences(database, manifest),
            compare_rows(database, manifest, connections=jobs, progress=progress),
        ]
    )


def open_copy(dsn: str, jobs: int) -> Database:
    """A restored copy, read-only, with time enough for every statement.

    Args:
        dsn: of the copy.
        jobs: connections used at the same time.
    """
    pool = Pool(size=jobs + 2, overflow=4)
    quick = make_conninfo(**with_settings(parse_dsn(dsn), LOOKING).params)
    return open_database(quick, limits=PATIENCE, pool=pool, application="drill")


def not_drilled(
    shelf: Shelf, backup_id: str, error: BackupDamaged | NoSuchKey, watch: Stopwatch
) -> Report:
    """The report of a drill that ended at the manifest; of a damaged one the proof is kept.

    Args:
        shelf: where the backup lies.
        backup_id: which one.
        error: why its manifest can't be read.
        watch: started with the drill.
    """
    report, proof = unread(backup_id, shelf.target, unread_manifest(backup_id, error), watch)
    if isinstance(error, BackupDamaged):
        shelf.add_proof(proof)
    return report
