"""What a recovery would do and lose, and what it lacks; nothing is changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from studioops.backups.recovery.choose import ChosenBackup, choose_backup
from studioops.backups.recovery.lost import Loss, estimate_loss, nothing_known
from studioops.backups.recovery.mend import Found, look_around
from studioops.backups.recovery.names import quoted
from studioops.backups.recovery.needs import comment_of, hidden_settings, needs_of, properties_of
from studioops.backups.recovery.properties import Properties, read_properties
from studioops.backups.recovery.rights import Asked, look_at_rights
from studioops.backups.recovery.server import maintenance, target_database
from studioops.backups.seen import Seen, fault, report_of
from studioops.backups.shelf import Shelf
from studioops.errors import DatabaseError
from studioops.model import Finding, Report, Severity, Stopwatch
from studioops.postgres import Database, Limits, Pool, open_database

KIND = "recover_plan"
GO_ON = "the recovery itself does not need it"


@dataclass(frozen=True)
class Plan:
    """What is known before a recovery.

    Args:
        report: of kind ``recover_plan``.
        chosen: the backup.
        found: what earlier recoveries left.
        properties: what will hang on the recovered database.
        comment: of the database, for a target that is gone.
        loss: what would be lost.
        rights: what is missing, as findings.
    """

    report: Report
    chosen: ChosenBackup
    found: Found
    properties: Properties
    comment: str | None
    loss: Loss
    rights: Seen = field(repr=False)


def plan_recovery(
    dsn: str, shelf: Shelf, *, backup_id: str | None = None, timeout: float = 900
) -> Report:
    """What a recovery would do and lose. The target may be damaged, closed or gone.

    Args:
        dsn: of the target.
        shelf: its backups.
        backup_id: a certain one; None for the newest that was proven.
        timeout: seconds for every statement.

    Returns:
        a report of kind ``recover_plan``: failed where a right is missing, ``not_checked`` where
        nobody could look at what would be lost.

    Raises:
        NoProvenBackup: nothing to recover from.
        CouldNotCheck: the store or the server can't be reached.
    """
    with maintenance(dsn, timeout=timeout) as server:
        return make_plan(dsn, server, shelf, backup_id=backup_id, timeout=timeout).report


def make_plan(
    dsn: str, server: Database, shelf: Shelf, *, backup_id: str | None, timeout: float
) -> Plan:
    """The same, with all that the recovery goes on with.

    Args:
        dsn: of the target.
        server: from :func:`~studioops.backups.recovery.server.maintenance`.
        shelf: its backups.
        backup_id: a certain one; None for the newest that was proven.
        timeout: seconds for every statement.
    """
    watch, database = Stopwatch(), target_database(dsn)
    chosen = choose_backup(shelf, backup_id)
    found = look_around(server, database)
    with server.transaction(isolation="READ COMMITTED") as connection:
        present = read_properties(connection, database)
    rights = look_at_rights(server, Asked(database, needs_of(chosen.manifest), present))
    loss, lost = _loss(dsn, chosen, watch, timeout)
    properties = present or properties_of(chosen.manifest)
    hidden = [] if present else hidden_settings(chosen.manifest)
    parts = [_backup(chosen), _left(found), rights, lost, _hidden(hidden, database)]
    seen = Seen.together(parts)
    evidence = {
        "database": database,
        "server": server.dsn.where,
        "backup": backup_words(chosen),
        "lost": loss.as_json(),
        "carried_from": "the target" if present else "the backup",
        "kept": kept_words(found),
        "way_back": found.way_back.name if found.way_back else "",
    }
    report = report_of(KIND, shelf.target, seen, watch, evidence)
    comment = None if present else comment_of(chosen.manifest)
    return Plan(report, chosen, found, properties, comment, loss, rights)


def backup_words(chosen: ChosenBackup) -> dict[str, Any]:
    """A backup for a report.

    Args:
        chosen: the backup.
    """
    manifest, proof = chosen.manifest, chosen.proof
    return {
        "id": manifest.backup_id,
        "snapshot_at": manifest.snapshot_at.isoformat(),
        "size": manifest.size,
        "proven_at": proof.proven_at.isoformat(),
        "sound": str(proof.sound),
        "restore_seconds": proof.restore_seconds,
        "passed_over": list(chosen.passed_over),
    }


def kept_words(found: Found) -> list[Mapping[str, Any]]:
    """Databases that earlier recoveries kept, for a report.

    Args:
        found: of the server.
    """
    return [
        {
            "database": one.name,
            "role": str(one.mark.role),
            "since": one.mark.at,
            "run": one.mark.run,
            "size": one.size,
        }
        for one in found.kept
        if one.mark is not None
    ]


def _backup(chosen: ChosenBackup) -> Seen:
    return Seen.of(f"backup {chosen.manifest.backup_id}")


def _left(found: Found) -> Seen:
    """A swap that was killed has left the target closed: told, since nobody can work."""
    if found.closing is None:
        return Seen.of("earlier recoveries")
    mark = found.closing
    left = fault(
        "recovery_left",
        mark.of,
        f"the recovery {mark.run} closed {mark.of} at {mark.at} and did not come to its end",
        "nobody can connect to it, unless that recovery is still at work",
        "`studioops recover back` opens it again; `studioops recover run` does so first",
    )
    return Seen.of("earlier recoveries", [left])


def _hidden(settings: list[str], database: str) -> Seen:
    """The target is gone, and what the manifest keeps of these is a hash."""
    name = "settings of the database"
    found = [
        Finding(
            "setting_not_carried",
            one,
            Severity.WARNING,
            f"the setting {one} of {database} is not brought back: a backup keeps no value of it",
            "an application that reads it finds nothing",
            f"ALTER DATABASE {quoted(database)} SET {one} TO … once it is recovered",
        )
        for one in settings
    ]
    return Seen.of(name, found)


def _loss(dsn: str, chosen: ChosenBackup, watch: Stopwatch, timeout: float) -> tuple[Loss, Seen]:
    name, now = "what would be lost", watch.started_at
    limits = Limits(statement_timeout=timeout)
    try:
        with open_database(dsn, limits=limits, pool=Pool(1, 1), application="recover") as target:
            return estimate_loss(target, chosen.manifest, now), Seen.of(name)
    except DatabaseError as error:
        reason = f"{error.message}; next: {GO_ON}, or {error.next_step}"
        return nothing_known(chosen.manifest, now, error.message), Seen.unseen(name, reason)
