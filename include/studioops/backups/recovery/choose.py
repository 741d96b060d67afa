"""Which backup a recovery rests on: the newest one whose copy was shown to equal its manifest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from studioops.backups.model import Manifest, Proof
from studioops.backups.recovery.names import target_option
from studioops.backups.shelf import Shelf
from studioops.errors import BackupDamaged, NoProvenBackup, NoSuchBackup, NoSuchKey
from studioops.model import Status


@dataclass(frozen=True, slots=True)
class ChosenBackup:
    """A backup that was proven.

    Args:
        manifest: of the backup.
        proof: the last drill that judged it.
        passed_over: newer backups, and why each was not taken.
    """

    manifest: Manifest
    proof: Proof
    passed_over: tuple[str, ...] = ()


def choose_backup(shelf: Shelf, backup_id: str | None = None) -> ChosenBackup:
    """The backup to recover from.

    Args:
        shelf: the target's.
        backup_id: a certain one; None for the newest that was proven.

    Raises:
        NoProvenBackup: there is none, or that one was never proven faithful.
        NoSuchBackup: there is no whole one of that id.
        BackupDamaged: it, or what was proven of it, is not what was written.
        ObjectStoreError: nobody can tell.
    """
    if backup_id is not None:
        manifest = shelf.manifest(backup_id)
        proof = last_verdict(shelf.proofs(backup_id))
        if proof is None or proof.faithful is not Status.PASSED:
            step = _step(shelf, backup_id, proof)
            raise NoProvenBackup(f"backup {backup_id} {_why_not(proof)}", step)
        return ChosenBackup(manifest, proof)
    return _newest(shelf)


def last_verdict(proofs: Sequence[Proof]) -> Proof | None:
    """The newest proof that judged whether the copy is faithful.

    A backup that was well and is not any more must not be taken; a drill that could not look
    says nothing.

    Args:
        proofs: oldest first.
    """
    judged = [one for one in proofs if one.faithful is not Status.NOT_CHECKED]
    return judged[-1] if judged else None


def _newest(shelf: Shelf) -> ChosenBackup:
    passed_over: list[str] = []
    newest, its_proof = "", None
    for one in shelf.newest_first():
        newest = newest or one
        try:
            proof = last_verdict(shelf.proofs(one))
            if proof is not None and proof.faithful is Status.PASSED:
                return ChosenBackup(shelf.manifest(one), proof, tuple(passed_over))
            its_proof = proof if one == newest else its_proof
            passed_over.append(f"{one} {_why_not(proof)}")
        except (BackupDamaged, NoSuchBackup, NoSuchKey) as error:
            passed_over.append(f"{one} can't be read: {error.message}")
    if not newest:
        raise NoProvenBackup(
            f"{shelf.target} has no backup in {shelf.vault.where}",
            f"take one and prove it: `studioops backup take {target_option(shelf.target)}`, then "
            f"`studioops backup drill {target_option(shelf.target)}`",
        )
    raise NoProvenBackup(
        f"none of the {len(passed_over)} backups of {shelf.target} is proven: {passed_over[0]}",
        _step(shelf, newest, its_proof),
    )


def _why_not(proof: Proof | None) -> str:
    if proof is None:
        return "was never proven: no drill has compared a copy with its manifest"
    first = f": {proof.findings[0]}" if proof.findings else ""
    return f"was not faithful in the drill of {proof.proven_at:%Y-%m-%d %H:%M} UTC{first}"


def _step(shelf: Shelf, backup_id: str, proof: Proof | None) -> str:
    command = f"studioops backup drill {backup_id} {target_option(shelf.target)}"
    if proof is not None:
        return f"see each finding and what mends it: `{command} --repairs`"
    return f"drill it first: `{command}`, then run this again"
