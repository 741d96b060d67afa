"""Whether the buckets that were copied beside a database are whole."""

from __future__ import annotations

from secrets import token_hex

from studioops.backups.buckets import verify_copy
from studioops.backups.model import Manifest
from studioops.backups.seen import Seen
from studioops.backups.shelf import Shelf

SAMPLE = 200


def prove_copies(shelf: Shelf, manifest: Manifest, *, workers: int) -> Seen:
    """Prove the copies of a backup: every file there, and some of them, chosen anew, read whole.

    Args:
        shelf: where the backup lies.
        manifest: the backup's.
        workers: objects that are read at once.
    """
    if not manifest.buckets:
        return Seen.not_applicable("copies of buckets", "the backup has none")
    # Not reproducible on purpose: in the end every object will have been read.
    return Seen.together(
        verify_copy(shelf, copy, sample=SAMPLE, seed=token_hex(8), workers=workers)
        for copy in manifest.buckets
    )
