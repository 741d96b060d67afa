"""The steps of a drill, each a task's whole work; values are JSON."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from airflow.sdk import get_current_context
from airflow.sdk.exceptions import AirflowSkipException

from studioops.backups.drill.drilling import (
    judge_faithful,
    not_drilled,
    open_copy,
)
from studioops.backups.drill.restoring import Restoration, restore_backup
from studioops.backups.drill.soundness import judge_sound
from studioops.backups.drill.verdict import Aims, Judged, conclude, nothing_to_judge
from studioops.backups.faithful import prove_copies
from studioops.backups.model import Manifest
from studioops.backups.origin import living_origin
from studioops.backups.restoring.lease import Lease
from studioops.backups.restoring.owned import drop_owned
from studioops.backups.restoring.scratch import make_scratch
from studioops.backups.restoring.server import dsn_of
from studioops.backups.restoring.sweep import sweep_scratch
from studioops.backups.seen import Seen
from studioops.errors import BackupDamaged, NoSuchKey
from studioops.model import Stopwatch
from studioops.orchestration.backup_step import choose_backup, unreported
from studioops.orchestration.connections import open_target
from studioops.orchestration.integrity import contract_of
from studioops.orchestration.neighbours import Neighbours
from studioops.orchestration.reason import REASON, leaves_reason
from studioops.orchestration.recording import this_run
from studioops.orchestration.vaults import drill_server, open_shelf
from studioops.settings import load_settings

Document = dict[str, Any]
SCHEDULED = "scheduled"
LEASE = timedelta(hours=24)
LOST = "the task {} ended without a word; next: see its log"


@leaves_reason
def choose(target: str, wanted: str | Mapping[str, Any]) -> Document:
    """The backup that is drilled, if its manifest can be read; else the drill ends here.

    Args:
        target: the target's name.
        wanted: a backup's id or the report of its taking; an empty text for what the run's
            occasion asks for: the backup that made it due, on the weekly day an older one at
            random, else the newest.

    Returns:
        ``target``, ``backup``, ``newest``, and ``report`` where the manifest is damaged.

    Raises:
        AirflowSkipException: no backup was taken.
        NoSuchBackup: there is none.
        ObjectStoreError: nobody can tell.
    """
    watch = Stopwatch()
    target, backup_id, older = _due(target, wanted)
    with open_shelf(target) as shelf:
        backup_id = choose_backup(shelf, backup_id, older=older)
        newest = backup_id == next(shelf.newest_first(), backup_id)
        chosen: Document = {"target": target, "backup": backup_id, "newest": newest}
        try:
            shelf.manifest(backup_id)
        except (BackupDamaged, NoSuchKey) as error:
            chosen["report"] = not_drilled(shelf, backup_id, error, watch).as_json()
    return chosen


def _due(target: str, wanted: str | Mapping[str, Any]) -> tuple[str, str, bool]:
    """Target, backup, and whether an older one is drilled."""
    if isinstance(wanted, Mapping):
        backup_id = wanted["evidence"]["backup"]
        if backup_id is None:
            raise _nothing_taken(wanted["subjects"][0]["reason"])
        return target, str(backup_id), False
    if wanted:
        return target, wanted, False
    context: Any = get_current_context()
    made_due = context["triggering_asset_events"].values()
    # An event that somebody made by hand names no backup.
    told = [one.extra for many in made_due for one in many if "backup" in (one.extra or {})]
    if told:
        return str(told[-1]["target"]), str(told[-1]["backup"]), False
    return target, "", str(context["dag_run"].run_type) == SCHEDULED


def _nothing_taken(reason: str) -> AirflowSkipException:
    """The end of a drill that there is nothing for; its report tells why."""
    get_current_context()["ti"].xcom_push(key=REASON, value=f"no backup was taken: {reason}")
    return AirflowSkipException("no backup was taken")


@leaves_reason
def make_place(chosen: Mapping[str, Any]) -> Document:
    """Make the scratch database; what earlier runs left goes first.

    Args:
        chosen: as :func:`choose` handed back.

    Returns:
        the same with ``place``, the database's name, and ``began``.
    """
    owner, now = _owner(), datetime.now(UTC)
    sweep_scratch(drill_server(chosen["target"]), owner=owner, now=now)
    return {**chosen, "place": _new_place(chosen), "began": now.isoformat()}


@leaves_reason
def restore_copy(drill: Mapping[str, Any]) -> Document:
    """Restore the backup into the scratch database; a second try takes a new one.

    Args:
        drill: as :func:`make_place` handed back.

    Returns:
        how it went, with the ``place`` where the copy is.
    """
    server, place = drill_server(drill["target"]), drill["place"]
    if get_current_context()["ti"].try_number > 1:
        # What a killed try has restored is in the way.
        drop_owned(server, _owner())
        place = _new_place(drill)
    jobs = load_settings().backup_jobs
    with open_shelf(drill["target"]) as shelf:
        backup_id = drill["backup"]
        # Its files are read here alone: retention leaves them for so long.
        with shelf.held(backup_id, by=f"drill {_owner()}"):
            manifest = shelf.manifest(backup_id)
            restoration = restore_backup(shelf, manifest, dsn_of(server, place), jobs=jobs)
    return {**restoration.as_json(), "place": place}


def _new_place(drill: Mapping[str, Any]) -> str:
    with open_shelf(drill["target"]) as shelf:
        manifest = shelf.manifest(drill["backup"])
    lease = Lease(_owner(), datetime.now(UTC) + LEASE)
    return make_scratch(drill_server(drill["target"]), lease=lease, like=manifest.server).name


@leaves_reason
def judge_copy(drill: Mapping[str, Any], restored: Mapping[str, Any]) -> Document:
    """Whether the copy equals its manifest.

    Args:
        drill: as :func:`make_place` handed back.
        restored: as :func:`restore_copy` handed back.
    """
    restoration = Restoration.from_json(restored)
    if not restoration.usable:
        return nothing_to_judge(restoration).as_json()
    with open_shelf(drill["target"]) as shelf:
        manifest = shelf.manifest(drill["backup"])
    jobs = load_settings().backup_jobs
    with open_copy(_place_dsn(drill, restored), jobs) as database:
        return judge_faithful(database, manifest, restoration, jobs).as_json()


@leaves_reason
def prove_copy(drill: Mapping[str, Any], restored: Mapping[str, Any]) -> Document:
    """Whether the copy keeps every reference and the rest.

    Args:
        drill: as :func:`make_place` handed back.
        restored: as :func:`restore_copy` handed back.
    """
    restoration = Restoration.from_json(restored)
    if not restoration.usable:
        return nothing_to_judge(restoration).as_json()
    settings, target = load_settings(), drill["target"]
    jobs, dsn = settings.backup_jobs, _place_dsn(drill, restored)
    with open_shelf(target) as shelf, open_copy(dsn, jobs) as database:
        return judge_sound(
            database,
            shelf,
            shelf.manifest(drill["backup"]),
            contract=contract_of(target),
            jobs=jobs,
            range_rows=settings.scan_range_rows,
        ).as_json()


@leaves_reason
def drop_place(drill: Mapping[str, Any]) -> None:
    """Drop the run's scratch databases, whatever became of the drill.

    Args:
        drill: as :func:`make_place` handed back.
    """
    drop_owned(drill_server(drill["target"]), _owner())


@leaves_reason
def drill_report(chosen: Mapping[str, Any] | None, target: str) -> Document:
    """The drill's report, from what its tasks left; its proof is kept beside the backup.

    Args:
        chosen: as :func:`choose` handed back; None where there is no backup to drill.
        target: the target's name.
    """
    left = Neighbours()
    if chosen is None:
        return unreported("drill", target, _reason(left, "choose"))
    if "report" in chosen:
        return dict(chosen["report"])
    drill, restored = left.value("scratch"), left.value("restore")
    watch = Stopwatch.since(datetime.fromisoformat(drill["began"])) if drill else Stopwatch()
    with open_shelf(chosen["target"]) as shelf:
        manifest = shelf.manifest(chosen["backup"])
        restoration = (
            Restoration.from_json(restored)
            if restored
            else _not_restored(_reason(left, "scratch", "restore"), manifest)
        )
        report, proof = conclude(
            manifest,
            restoration,
            Judged(
                _part("faithful", restoration, left),
                _part("sound", restoration, left),
                prove_copies(shelf, manifest, workers=load_settings().backup_jobs),
            ),
            aims=_aims(chosen),
            run=_owner(),
            watch=watch,
        )
        shelf.add_proof(proof)
    return report.as_json()


def _reason(left: Neighbours, *names: str) -> str:
    """Why the first of these that left a reason failed."""
    return left.reason(*names) or LOST.format(left.task_id(names[-1]))


def _not_restored(reason: str, manifest: Manifest) -> Restoration:
    return Restoration(Seen.unseen("restore", reason), 0.0, str(manifest.server["version"]))


def _part(task_id: str, restoration: Restoration, left: Neighbours) -> Seen:
    document = left.value(task_id)
    if document:
        return Seen.from_json(document)
    if not restoration.usable:
        return nothing_to_judge(restoration)
    return Seen.unseen("copy", _reason(left, task_id))


def _aims(chosen: Mapping[str, Any]) -> Aims:
    settings = load_settings()
    system, database = living_origin(open_target(chosen["target"]))
    newest = bool(chosen["newest"])
    return Aims(settings.restore_target, settings.age_target, newest, system, database)


def _place_dsn(drill: Mapping[str, Any], restored: Mapping[str, Any]) -> str:
    return dsn_of(drill_server(drill["target"]), restored["place"])


def _owner() -> str:
    """As a lease names a DAG's run."""
    run = this_run()
    return f"dag {run.name} {run.run_id}"
