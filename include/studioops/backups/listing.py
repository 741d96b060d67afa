"""Which backups there are, how old they are, and what is proven of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from studioops.backups.looks import DRILL, Look, look_at_all
from studioops.backups.model import Proof, began_at
from studioops.backups.seen import Seen, fault
from studioops.backups.shelf import Shelf
from studioops.model import Status

# What two machines' clocks may differ by.
CLOCKS_APART_S = 300


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of the list.

    Args:
        backup_id: its id.
        snapshot_at: the moment that it holds, with its offset; when it began, as its id says,
            where the manifest can't be read.
        age_seconds: since then.
        size: bytes as stored, the database alone; None where the manifest can't be read.
        files: of pg_dump; None likewise.
        tables: whose rows were counted; None likewise.
        rows: of all of them; None likewise, and where nobody counted.
        proven: its newest proof; None without one.
        faithful: whether the copy equalled the manifest when that was last looked at.
        readable: whether its manifest and its proofs could be read.
        spooled_on: the host whose disk it waited on; empty otherwise.
        status: what is known of it.
        reason: why; empty for one that is well.
    """

    backup_id: str
    snapshot_at: datetime
    age_seconds: float
    size: int | None
    files: int | None
    tables: int | None
    rows: int | None
    proven: Proof | None
    faithful: bool | None
    readable: bool
    spooled_on: str
    status: Status
    reason: str

    def as_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            **asdict(self),
            "snapshot_at": self.snapshot_at.isoformat(),
            "proven": self.proven.as_json() if self.proven else None,
        }


def list_backups(shelf: Shelf, now: datetime) -> list[Listed]:
    """Every backup of a target, the newest first; one that can't be read is listed as such.

    Args:
        shelf: where they lie.
        now: what ages are told by, with its offset.

    Raises:
        ObjectStoreError: nobody can tell.
    """
    found = [_listed(one, now) for one in look_at_all(shelf)]
    return sorted(found, key=lambda one: (one.snapshot_at, one.backup_id), reverse=True)


def newest_proven(backups: Sequence[Listed]) -> Listed | None:
    """The newest that a recovery could rest on: its copy equalled its manifest.

    Args:
        backups: the newest first.
    """
    return next((one for one in backups if one.readable and one.faithful), None)


def judge(backups: Sequence[Listed], target_age: float, where: str) -> Seen:
    """Whether a list of backups is well.

    Args:
        backups: the newest first.
        target_age: seconds of data that may be lost (RPO).
        where: they lie, to be shown.
    """
    return Seen.together([_newest(backups, target_age, where), _proof(backups), *_doubts(backups)])


def _listed(look: Look, now: datetime) -> Listed:
    made = look.manifest
    moment = (made.snapshot_at if made else began_at(look.backup_id)).astimezone(UTC)
    return Listed(
        look.backup_id,
        moment,
        round((now - moment).total_seconds(), 3),
        made.size if made else None,
        len(made.files) if made else None,
        len(made.tables) if made else None,
        sum(one.rows for one in made.tables.values()) if made and made.tables else None,
        look.proofs[-1] if look.proofs else None,
        look.faithful,
        look.trouble is None,
        made.spooled_on if made else "",
        look.status,
        look.reason,
    )


def _newest(backups: Sequence[Listed], target_age: float, where: str) -> Seen:
    counted = [one for one in backups if one.size is not None and not _from_tomorrow(one)]
    take = "studioops backup take"
    if not counted and backups:
        return Seen.unseen("age", "none of the backups can be read; next: see each one's reason")
    if not counted:
        why = "all of the data would be lost with the server"
        return Seen.of("age", [fault("no_backup", where, "there is no backup", why, take)])
    age = counted[0].age_seconds
    if age <= target_age:
        return Seen.of("age")
    said = f"the newest backup is {age:.0f} s old, and {target_age:.0f} s are allowed (RPO)"
    why = "whatever was written since would be lost"
    return Seen.of("age", [fault("stale", counted[0].backup_id, said, why, take)])


def _proof(backups: Sequence[Listed]) -> Seen:
    if newest_proven(backups) is not None:
        return Seen.of("proof")
    return Seen.unseen("proof", f"no backup has ever been proven faithful; {DRILL}")


def _doubts(backups: Sequence[Listed]) -> Iterator[Seen]:
    """What must not be called well, however good the others are."""
    for one in backups:
        if not one.readable and one.status is Status.FAILED:
            said, _, step = one.reason.partition("; next: ")
            why = "nothing can be recovered from a file that is not what was written"
            yield Seen.of(one.backup_id, [fault("damaged_backup", one.backup_id, said, why, step)])
        elif not one.readable:
            yield Seen.unseen(one.backup_id, one.reason)
        elif _from_tomorrow(one):
            yield Seen.unseen(
                one.backup_id,
                f"it says that it is of {one.snapshot_at:%Y-%m-%d %H:%M} UTC, which is still to "
                "come; next: set the clocks, then take another",
            )


def _from_tomorrow(one: Listed) -> bool:
    return one.age_seconds < -CLOCKS_APART_S
