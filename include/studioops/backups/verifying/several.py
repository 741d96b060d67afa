"""Several backups of a target read one after the other, and the report on them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from studioops.backups.seen import Seen, report_of
from studioops.backups.shelf import Shelf
from studioops.backups.verifying.verify import Verified, VerifyHow, verify_backup
from studioops.errors import NoSuchBackup, ObjectStoreError, ObjectStoreUnreachable
from studioops.model import Report, Status, Stopwatch, Subject

KIND = "backup_verify"


def verify_all(shelf: Shelf, ids: Iterable[str], how: VerifyHow) -> Iterator[Verified]:
    """Verify backups; once the store is away, the others are told as not looked at.

    Args:
        shelf: where they lie.
        ids: of them.
        how: as for one.
    """
    away = ""
    for one in ids:
        if away:
            yield _unseen(one, away)
            continue
        try:
            done = verify_backup(shelf, one, how)
        except NoSuchBackup:
            # It was pruned since they were listed.
            continue
        except ObjectStoreError as error:
            reason = error.reason
            away = reason if isinstance(error, ObjectStoreUnreachable) else ""
            yield _unseen(one, reason)
            continue
        away = done.away
        yield done


def verify_report(
    target: str, where: str, verified: Sequence[Verified], watch: Stopwatch
) -> Report:
    """What was seen of one backup, or of several, as a report of kind ``backup_verify``.

    Args:
        target: what the report calls it.
        where: they lie, to be shown.
        verified: what was seen of each.
        watch: started with the work.
    """
    seen = Seen(
        tuple(_merged(verified)), tuple(one for each in verified for one in each.seen.findings)
    )
    newest = max((one.backup_id for one in verified), default="")
    evidence = {
        "where": where,
        "restored": False,
        "proven_by": f"studioops backup drill {newest}".strip(),
        "backups": [_words(one) for one in verified],
    }
    return report_of(KIND, target, seen, watch, evidence)


def _words(one: Verified) -> dict[str, Any]:
    manifest = one.manifest
    return {
        "backup": one.backup_id,
        "status": str(one.seen.status),
        "seconds": one.seconds,
        "snapshot_at": manifest.snapshot_at.isoformat() if manifest else None,
        "files": len(manifest.files) if manifest else None,
        "size": manifest.size if manifest else None,
        "subjects": one.seen.as_json()["subjects"],
    }


def _merged(verified: Sequence[Verified]) -> Iterator[Subject]:
    """Subjects go by the same names from day to day; that of several is the worst of them."""
    groups: dict[str, list[tuple[str, Subject]]] = {}
    for each in verified:
        for one in each.seen.subjects:
            groups.setdefault(one.name, []).append((each.backup_id, one))
    for name, group in groups.items():
        status = _worst(one.status for _, one in group)
        seconds = round(sum(one.seconds for _, one in group), 3)
        told = ((who, one) for who, one in group if one.reason and one.status is status)
        who, first = next(told, ("", None))
        reason = first.reason if first else ""
        named = f"{who}: {reason}" if reason and len(verified) > 1 else reason
        yield Subject(name, status, named, seconds)


def _worst(statuses: Iterator[Status]) -> Status:
    """That nothing of it applies to any of them is no trouble."""
    known = set(statuses)
    return Status.NOT_APPLICABLE if known == {Status.NOT_APPLICABLE} else Status.worst(known)


def _unseen(backup_id: str, reason: str) -> Verified:
    return Verified(backup_id, None, Seen.unseen("manifest", reason), 0.0, reason)
