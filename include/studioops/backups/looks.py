"""One backup as it can be read now: its manifest, its proofs, and what they say of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from studioops.backups.model import Manifest, Proof
from studioops.backups.shelf import Shelf
from studioops.errors import BackupDamaged, NoSuchBackup, NoSuchKey, NoSuchObject, StudioOpsError
from studioops.model import Status

DRILL = "next: studioops backup drill"
SCAN = "next: studioops scan --repairs, mend the database, and take a new backup"


@dataclass(frozen=True, slots=True)
class Look:
    """What can be read of a backup.

    Args:
        backup_id: its id.
        manifest: None where it can't be read.
        proofs: oldest first.
        trouble: why something of it can't be read; None where all could be.
    """

    backup_id: str
    manifest: Manifest | None
    proofs: tuple[Proof, ...] = ()
    trouble: StudioOpsError | None = None

    @property
    def damaged(self) -> bool:
        """Whether a file of it is not what was written; a key that is missing is another matter."""
        return isinstance(self.trouble, BackupDamaged)

    @property
    def proven(self) -> bool | None:
        """Whether its last drill that came to a verdict passed; None where none did."""
        known = [one for one in self.proofs if _judged(one.faithful) and _judged(one.sound)]
        return known[-1].passed if known else None

    @property
    def faithful(self) -> bool | None:
        """Whether the copy equalled the manifest when that was last looked at; None for never."""
        known = [one.faithful for one in self.proofs if _judged(one.faithful)]
        return known[-1] is Status.PASSED if known else None

    @property
    def status(self) -> Status:
        """Damaged, or its drill found faults: failed. Nobody could look: never well."""
        if self.trouble is not None:
            return Status.FAILED if self.damaged else Status.NOT_CHECKED
        if self.faithful is False or (self.proofs and self.proofs[-1].sound is Status.FAILED):
            return Status.FAILED
        return Status.PASSED if self.faithful and self.proven else Status.NOT_CHECKED

    @property
    def reason(self) -> str:
        """Why its status is what it is, with what to do; empty for one that is well."""
        if self.trouble is not None:
            return self.trouble.reason
        if self.status is Status.PASSED:
            return ""
        if not self.proofs:
            return f"never drilled; {DRILL} {self.backup_id}"
        last = self.proofs[-1]
        verdicts = f"the last drill: faithful {last.faithful}, sound {last.sound}"
        first = f": {last.findings[0]}" if last.findings else ""
        if last.faithful is Status.PASSED and last.sound is Status.FAILED:
            # Another drill of it would say the same: the faults are the original's.
            return f"{verdicts}{first}; {SCAN}"
        return f"{verdicts}{first}; {DRILL} {self.backup_id}"


def look_at(shelf: Shelf, backup_id: str) -> Look | None:
    """Read what there is of a backup.

    Args:
        shelf: where it lies.
        backup_id: its id.

    Returns:
        None where there is no such backup any more.

    Raises:
        ObjectStoreError: nobody can tell.
    """
    manifest = None
    try:
        manifest = shelf.manifest(backup_id)
        return Look(backup_id, manifest, tuple(shelf.proofs(backup_id)))
    except NoSuchBackup:
        return None
    except NoSuchObject as error:
        # A proof went between the list and the reading, as when somebody prunes.
        gone = backup_id not in shelf.ids()
        return None if gone else Look(backup_id, manifest, trouble=error)
    except (BackupDamaged, NoSuchKey) as error:
        return Look(backup_id, manifest, trouble=error)


def look_at_all(shelf: Shelf) -> list[Look]:
    """Every backup there is, the newest first.

    Raises:
        ObjectStoreError: nobody can tell.
    """
    found: Iterable[Look | None] = (look_at(shelf, one) for one in shelf.newest_first())
    return [one for one in found if one is not None]


def _judged(status: Status) -> bool:
    return status in (Status.PASSED, Status.FAILED)
