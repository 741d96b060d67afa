"""Whether a restored copy is sound: what restores hide, each a proof in a file of its own."""

from __future__ import annotations

from collections.abc import Callable

from studioops.backups.model import Manifest
from studioops.backups.seen import Seen
from studioops.backups.sound.amcheck import amcheck
from studioops.backups.sound.collations import collations
from studioops.backups.sound.copied import Copy, Progress
from studioops.backups.sound.indexes_valid import indexes_valid
from studioops.backups.sound.materialised_views import materialised_views
from studioops.backups.sound.references import references
from studioops.backups.sound.row_security import row_security
from studioops.backups.sound.sequences import sequences
from studioops.backups.sound.smoke import smoke
from studioops.errors import DatabaseUnreachable, StudioOpsError
from studioops.integrity import Contract
from studioops.postgres import Database

Proof = Callable[[Copy], Seen]

PROOFS: tuple[Proof, ...] = (
    collations,
    indexes_valid,
    amcheck,
    references,
    sequences,
    materialised_views,
    row_security,
    smoke,
)

__all__ = ["PROOFS", "Copy", "prove_sound"]


def prove_sound(
    database: Database,
    *,
    contract: Contract | None,
    target: str,
    manifest: Manifest | None = None,
    connections: int = 1,
    range_rows: int | None = None,
    progress: Progress | None = None,
) -> Seen:
    """Put every proof to a restored copy.

    Nothing of the copy is changed when it returns: amcheck is put into a schema of its own where
    it is absent, and dropped again.

    Args:
        database: the copy, read-only, with its limits.
        contract: of the original; None for the catalog alone.
        target: the original's name.
        manifest: of the backup; None where nothing but the dump is known.
        connections: how many may be used at the same time.
        range_rows: a table with more rows is scanned in ranges of about so many; None for none.
        progress: told the proof that begins, how many are done, and of how many.

    Returns:
        what was seen; a proof that could not be put is ``not_checked`` and the others are put.

    Raises:
        DatabaseUnreachable: the server is gone; another try may help.
    """
    copy = Copy(database, contract, target, manifest, connections, range_rows, progress)
    parts = []
    for done, proof in enumerate(PROOFS):
        if progress is not None:
            progress(proof.__name__, done, len(PROOFS))
        parts.append(_put(proof, copy))
    return Seen.together(parts)


def _put(proof: Proof, copy: Copy) -> Seen:
    try:
        return proof(copy)
    except DatabaseUnreachable:
        raise
    except StudioOpsError as error:
        return Seen.unseen(proof.__name__.replace("_", " "), error.reason)
