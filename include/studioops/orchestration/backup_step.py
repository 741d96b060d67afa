"""The steps that take backups and see to them, each a task's whole work; values are JSON."""

from __future__ import annotations

import random
import socket
from collections.abc import Mapping
from functools import partial
from typing import Any

from studioops.backups.prune import prune
from studioops.backups.retention import Policy
from studioops.backups.seen import Seen, report_of
from studioops.backups.shelf import Shelf
from studioops.backups.spool import deliver
from studioops.backups.take import How, copies_of, take, taken_report
from studioops.errors import NoSuchBackup, StudioOpsError
from studioops.model import Stopwatch
from studioops.orchestration.backup_assets import announce
from studioops.orchestration.connections import open_store, open_target
from studioops.orchestration.neighbours import Neighbours
from studioops.orchestration.reason import leaves_reason
from studioops.orchestration.services_step import DATABASE, database_outage, skip_in_outage
from studioops.orchestration.vaults import TRIES, keyring, open_shelf, open_vault, spool
from studioops.settings import load_settings

Document = dict[str, Any]
TAKE = "take"


@leaves_reason
def take_backup(
    target: str, connectivity: Mapping[str, Any] | None = None, *, spooled: bool = False
) -> Document:
    """Take a backup of a target.

    Args:
        target: the target's name.
        connectivity: the report of the probes, where there is one.
        spooled: whether the object store is away, so that it waits on this host's disk.

    Returns:
        a report of kind ``backup``.

    Raises:
        BackupNotTaken: it did not come to its end.
        CouldNotCheck: the target or the vault can't be used.
    """
    skip_in_outage(connectivity)
    watch, keys = Stopwatch(), keyring()
    with open_target(target) as database:
        if spooled:
            shelf = Shelf(spool(), keys, target)
            manifest = take(database, shelf, _how(spooled_on=socket.gethostname()))
        else:
            with open_vault() as (_, vault):
                shelf = Shelf(vault, keys, target)
                manifest = take(database, shelf, _how(copies=True))
    return taken_report(manifest, shelf.vault.where, watch).as_json()


def announce_backup(document: Mapping[str, Any]) -> None:
    """Make an event of a backup in the object store: a drill of it is due then.

    Args:
        document: the report of kind ``backup``.
    """
    evidence = document["evidence"]
    if not evidence["spooled_on"]:
        announce(document["target"], evidence["backup"])


def backup_report(target: str, connectivity: Mapping[str, Any] | None = None) -> Document:
    """What became of a backup: its report, or why there is none.

    Args:
        target: the target's name.
        connectivity: the report of the probes, where there is one.
    """
    left = Neighbours()
    taken = left.value(TAKE)
    if taken:
        return dict(taken)
    lost = f"the task {left.task_id(TAKE)} did not run; next: see its log"
    reason = database_outage(connectivity) or left.reason(TAKE, DATABASE) or lost
    return unreported("backup", target, reason)


def unreported(kind: str, target: str, reason: str) -> Document:
    """The report of work that did not come to one of its own.

    Args:
        kind: of the work.
        target: the target's name.
        reason: why; ends in what to do next.
    """
    seen = Seen.unseen(kind, reason)
    return report_of(kind, target, seen, Stopwatch(), {"backup": None}).as_json()


def is_any_spooled() -> bool:
    """Whether a backup waits on this host's disk."""
    return any(True for _ in spool().entries())


def deliver_spool() -> Document:
    """Bring the backups that wait on this host's disk to the object store; a drill is due then.

    Returns:
        a report of kind ``delivery``; not_checked while the store is away, and the next run tries
        again.
    """
    try:
        with open_vault() as (_, vault):
            report = deliver(spool(), vault, keyring()).as_json()
    except StudioOpsError as error:
        return _unseen("delivery", "spool", error)
    for one in report["evidence"]["delivered"]:
        announce(one["target"], one["backup_id"])
    return report


def prune_backups(target: str, taken: Mapping[str, Any]) -> Document:
    """Remove the backups that the settings don't keep any more.

    Args:
        target: the target's name.
        taken: the report of kind ``backup``; without a new one in the store nothing is removed.

    Returns:
        a report of kind ``prune``; what could not be done is not_checked, and done the next time.
    """
    told = taken["evidence"]
    if not told["backup"] or told["spooled_on"]:
        reason = "there is no new backup in the object store, so none was removed"
        seen = Seen.not_applicable("retention", reason)
        return report_of("prune", target, seen, Stopwatch(), {}).as_json()
    settings = load_settings()
    policy = Policy(
        settings.backup_keep_daily, settings.backup_keep_weekly, settings.backup_keep_monthly
    )
    try:
        with open_shelf(target) as shelf:
            return prune(shelf, policy, now=Stopwatch().started_at, dry_run=False).as_json()
    except StudioOpsError as error:
        return _unseen("prune", target, error)


def _unseen(kind: str, target: str, error: StudioOpsError) -> Document:
    return unreported(kind, target, error.reason)


def choose_backup(shelf: Shelf, wanted: str, *, older: bool) -> str:
    """The backup that a drill is about.

    Args:
        shelf: the target's.
        wanted: its id; empty for the newest.
        older: whether one of the older ones is taken at random instead, since what was whole once
            can be damaged later.

    Raises:
        NoSuchBackup: there is none.
    """
    ids = shelf.ids()
    if wanted and wanted in ids:
        return wanted
    if wanted or not ids:
        raise NoSuchBackup(
            f"{shelf.target} has no backup {wanted or 'yet'} in {shelf.vault.where}",
            "take one: trigger the DAG backup, or `studioops backup take`",
        )
    return random.SystemRandom().choice(ids[:-1]) if older and len(ids) > 1 else ids[-1]


def _how(*, spooled_on: str = "", copies: bool = False) -> How:
    settings = load_settings()
    source = partial(open_store, settings.minio_health_timeout, attempts=TRIES)
    return How(
        jobs=settings.backup_jobs,
        compress=settings.backup_compress,
        fingerprints=settings.backup_fingerprints,
        spooled_on=spooled_on,
        copy_buckets=copies_of(source, (settings.minio_documents_bucket,)) if copies else None,
    )
