"""Removing the backups that retention gives up, and what died halfway.

A backup's manifest goes first, so no half one is ever listed: what a killed prune leaves behind
is debris, which the next one removes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from studioops.backups.buckets import unreferenced
from studioops.backups.looks import DRILL, Look, look_at_all
from studioops.backups.model import began_at, folder_of
from studioops.backups.retention import NEVER_PROVEN, NO_END, Kept, Known, Policy, decide, until
from studioops.backups.seen import Seen, report_of
from studioops.backups.shelf import MANIFEST, PROOFS, Shelf
from studioops.backups.sweeping import Broom
from studioops.errors import StudioOpsError
from studioops.model import Report, Status, Stopwatch, Subject

# A take that ended no file for so long is dead.
GRACE = timedelta(hours=24)
# So long backups may go unproven before that is more than a beginning.
FIRST_DAYS = timedelta(days=7)
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Pruned:
    """What became of one backup.

    Args:
        kept: what was decided.
        removed: whether it is not listed any more.
        trouble: why nobody could decide, or why it could not be removed; empty otherwise.
    """

    kept: Kept
    removed: bool = False
    trouble: str = ""

    def as_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {**asdict(self.kept), "removed": self.removed}

    def seen(self) -> Seen:
        """As part of a report."""
        name = self.kept.backup_id
        return Seen.unseen(name, self.trouble) if self.trouble else Seen.of(name)


def prune(
    shelf: Shelf,
    policy: Policy,
    *,
    now: datetime,
    dry_run: bool,
    damaged: bool = False,
    progress: Progress | None = None,
) -> Report:
    """Remove the backups that retention gives up, and what takes and copies left behind.

    Args:
        shelf: whose backups.
        policy: how many periods keep one.
        now: with its offset.
        dry_run: remove nothing; tell what would be.
        damaged: whether backups whose files are not what was written are given up too, once
            another one is proven; otherwise they are kept.
        progress: told the backup at hand, how many are done, and of how many.

    Returns:
        a report of kind ``prune``. What could not be read is kept and not_checked; what the store
        has locked is kept, and that is well.

    Raises:
        ObjectStoreError: nobody can tell what there is; nothing was removed.
    """
    watch, broom = Stopwatch(), Broom(shelf.vault, dry_run)
    looks = look_at_all(shelf)
    decided = _decide(shelf, looks, policy, now, damaged=damaged)
    pruned = list(_carried_out(shelf, decided, broom, now, progress))
    rest, more = _rest(shelf, now, dry_run=dry_run)
    evidence = {
        "where": shelf.vault.where,
        "dry_run": dry_run,
        "policy": asdict(policy),
        "backups": [one.as_json() for one in pruned],
        "removed": broom.as_json(),
        **more,
    }
    seen = Seen.together([*(one.seen() for one in pruned), _withheld(decided, looks, now), *rest])
    return report_of("prune", shelf.target, seen, watch, evidence)


def _decide(
    shelf: Shelf, looks: Sequence[Look], policy: Policy, now: datetime, *, damaged: bool
) -> list[Pruned]:
    """What becomes of each backup, the newest first. Only what may go is asked for its lock."""
    known = [_known(shelf, one, now) for one in looks if one.trouble is None]
    going = {one.backup_id for one in decide(known, policy, now) if not one.keep}
    known = [
        replace(one, locked_until=_lock(shelf, one.backup_id)) if one.backup_id in going else one
        for one in known
    ]
    decided = {one.backup_id: Pruned(one) for one in decide(known, policy, now)}
    may_go = damaged and any(one.faithful for one in known)
    doubtful = {
        one.backup_id: _doubtful(shelf, one, now, may_go=may_go)
        for one in looks
        if one.trouble is not None
    }
    return [(decided | doubtful)[one.backup_id] for one in looks]


def _known(shelf: Shelf, look: Look, now: datetime) -> Known:
    return Known(
        look.backup_id,
        began_at(look.backup_id),
        look.proven,
        look.faithful,
        tuple(shelf.pins(look.backup_id, now)),
    )


def _lock(shelf: Shelf, backup_id: str) -> datetime | None:
    """When the store lets go of a backup: the dump's files were locked with its manifest."""
    folder = folder_of(shelf.target, backup_id)
    names = [f"{folder}{MANIFEST}"]
    names += [one.name for one in shelf.vault.entries(f"{folder}{PROOFS}")]
    ends = [shelf.vault.locked_until_of(name) for name in names]
    return max((end for end in ends if end is not None), default=None)


def _doubtful(shelf: Shelf, look: Look, now: datetime, *, may_go: bool) -> Pruned:
    """One that nobody can judge is kept; it goes when it is damaged and somebody says so."""
    if look.damaged and may_go:
        end = _lock(shelf, look.backup_id)
        held = [f"needed by {who}" for who in shelf.pins(look.backup_id, now)]
        held += [until(end)] if end is not None and end > now else []
        reason = "; ".join(held) or "its files are not what was written"
        return Pruned(Kept(look.backup_id, keep=bool(held), reason=reason))
    what = "it is damaged" if look.damaged else "it can't be read"
    return Pruned(Kept(look.backup_id, keep=True, reason=what), trouble=look.reason)


def _withheld(decided: Sequence[Pruned], looks: Sequence[Look], now: datetime) -> Seen:
    """Whether retention could do its work, or as much of it as can be asked of a young shelf."""
    more = sum(NEVER_PROVEN in one.kept.reason for one in decided)
    if not more:
        return Seen.of("retention")
    drilled = any(one.faithful is not None for one in looks)
    age = now - min(began_at(one.backup_id) for one in looks)
    if drilled or age > FIRST_DAYS:
        return Seen.unseen("retention", f"{NEVER_PROVEN}: {more} more are kept; {DRILL}")
    note = f"kept {more} more: none is proven yet; {DRILL}"
    return Seen((Subject("retention", Status.PASSED, note),))


def _carried_out(
    shelf: Shelf,
    decided: Sequence[Pruned],
    broom: Broom,
    now: datetime,
    progress: Progress | None,
) -> Iterator[Pruned]:
    """Each backup, with what was done; once the store is away the others are not tried."""
    away = ""
    for done, one in enumerate(decided):
        if progress:
            progress(one.kept.backup_id, done, len(decided))
        if one.kept.keep:
            yield one
        elif away:
            yield replace(one, trouble=away)
        else:
            result = _given_up(shelf, one, broom, now)
            away = result.trouble
            yield result


def _given_up(shelf: Shelf, one: Pruned, broom: Broom, now: datetime) -> Pruned:
    """Remove one backup: its manifest, then what it named."""
    folder, name = folder_of(shelf.target, one.kept.backup_id), one.kept.backup_id
    manifest, gone = f"{folder}{MANIFEST}", False
    try:
        # Asked once more: the others took their time.
        if pins := shelf.pins(name, now):
            return Pruned(Kept(name, keep=True, reason=f"needed by {', '.join(pins)}"))
        if not broom.sweep([manifest]):
            return Pruned(Kept(name, keep=True, reason=until(_lock(shelf, name) or NO_END)))
        gone = not broom.dry_run
        # Who read the manifest just before has its pin there by now.
        if pins := shelf.pins(name, now):
            said = f"{one.kept.reason}; its files wait for {', '.join(pins)}"
            return replace(one, kept=replace(one.kept, reason=said), removed=gone)
        files = (entry.name for entry in shelf.vault.entries(folder))
        broom.sweep(file for file in files if file != manifest)
    except StudioOpsError as error:
        return replace(one, removed=gone, trouble=error.reason)
    return replace(one, removed=gone)


def _rest(shelf: Shelf, now: datetime, *, dry_run: bool) -> tuple[list[Seen], dict[str, Any]]:
    """What died halfway, and copies of buckets that no backup names any more."""
    debris, copies = Broom(shelf.vault, dry_run), Broom(shelf.vault, dry_run)
    uploads, before = 0, now - GRACE

    def abort() -> None:
        nonlocal uploads
        if not dry_run:
            uploads = shelf.vault.abort_uploads(before, folder_of(shelf.target))

    seen = [
        _tried("debris", lambda: debris.sweep(one.name for one in shelf.debris(before, now))),
        _tried("uploads", abort),
        _tried("copies", lambda: copies.sweep(unreferenced(shelf, before=before))),
    ]
    return seen, {"debris": debris.as_json(), "uploads": uploads, "copies": copies.as_json()}


def _tried(name: str, work: Callable[[], object]) -> Seen:
    try:
        work()
    except StudioOpsError as error:
        return Seen.unseen(name, error.reason)
    return Seen.of(name)
