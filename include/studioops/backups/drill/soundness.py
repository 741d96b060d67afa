"""Whether a copy is sound, the objects that its rows name included."""

from __future__ import annotations

from collections.abc import Callable

from studioops.backups.buckets import compare_with_copy
from studioops.backups.model import Manifest
from studioops.backups.seen import Seen
from studioops.backups.shelf import Shelf
from studioops.backups.sound import prove_sound
from studioops.integrity import Contract
from studioops.postgres import Database

Progress = Callable[[str, int, int], None]


def judge_sound(
    database: Database,
    shelf: Shelf,
    manifest: Manifest,
    *,
    contract: Contract | None,
    jobs: int,
    range_rows: int | None = None,
    progress: Progress | None = None,
) -> Seen:
    """Whether a copy keeps every reference and the rest.

    Args:
        database: the copy.
        shelf: where its backup lies.
        manifest: of its backup.
        contract: what it must keep; None for its catalog alone.
        jobs: connections used at the same time.
        range_rows: a table with more rows is scanned in ranges of its key.
        progress: told what is being looked at, how much of it is done, and of how much.
    """
    proven = prove_sound(
        database,
        contract=contract,
        target=manifest.target,
        manifest=manifest,
        connections=jobs,
        range_rows=range_rows,
        progress=progress,
    )
    return Seen.together([proven, _objects(database, shelf, manifest, contract)])


def _objects(
    database: Database, shelf: Shelf, manifest: Manifest, contract: Contract | None
) -> Seen:
    """Columns that name objects, held against the copies that were made beside the dump."""
    if contract is None or not contract.objects:
        return Seen()
    if not manifest.buckets:
        return Seen.not_applicable("objects", "the backup has no copy of a bucket")
    return compare_with_copy(
        database,
        contract,
        shelf,
        manifest.buckets,
        manifest.target,
        snapshot_at=manifest.snapshot_at,
    )
