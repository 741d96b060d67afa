"""The steps of a rehearsal, each a task's whole work; values are JSON."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from studioops.backups.drill.restoring import Restoration
from studioops.backups.restoring.server import dsn_of
from studioops.migrations.planner import Proposal
from studioops.migrations.rehearsal import (
    Basis,
    RehearseHow,
    Walked,
    find_basis,
    rehearsal_report,
    walk_copy,
)
from studioops.model import Stopwatch
from studioops.orchestration import migration_step
from studioops.orchestration.connections import open_target
from studioops.orchestration.drill_step import restore_copy
from studioops.orchestration.migration_lines import plan_lines
from studioops.orchestration.reason import leaves_reason
from studioops.orchestration.recording import this_run
from studioops.orchestration.vaults import drill_server, open_shelf
from studioops.settings import load_settings

Document = dict[str, Any]


@leaves_reason
def choose(target: str) -> Document:
    """The newest backup that was proven faithful, if it is one of the target as it is now.

    Args:
        target: the target's name.

    Returns:
        ``target`` and ``backup``, as a drill's steps take them, and what the backup is of.

    Raises:
        NoProvenBackup: there is none.
        Refused: the target has changed since.
    """
    with open_target(target) as database, open_shelf(target) as shelf:
        basis = find_basis(database, shelf)
    return {"target": target, "backup": basis.backup, "basis": basis.as_json()}


@leaves_reason
def walk(place: Mapping[str, Any], planned: Mapping[str, Any]) -> Document:
    """Restore the backup, plan what only now can be planned; then there, back and there again.

    Args:
        place: as :func:`studioops.orchestration.drill_step.make_place` handed back.
        planned: as :func:`studioops.orchestration.migration_step.plan` handed back.

    Returns:
        what the ways have shown, with the whole ``proposal``, and ``lines`` for whoever is to
        agree.
    """
    restored, target = restore_copy(place), place["target"]
    server, restoration = drill_server(target), Restoration.from_json(restored)
    run, jobs = this_run(), load_settings().backup_jobs
    how = RehearseHow(
        server, f"dag {run.name} {run.run_id}", jobs, wanted=migration_step.wanted_of(target)
    )
    proposal = Proposal.from_json(planned["proposal"])
    walked = walk_copy(restoration, dsn_of(server, restored["place"]), proposal, how)
    return {**walked.as_json(), "lines": "\n".join(plan_lines(walked.proposal))}


@leaves_reason
def report(target: str, place: Mapping[str, Any], walked: Mapping[str, Any]) -> Document:
    """What the rehearsal has shown.

    Args:
        target: the target's name.
        place: as :func:`studioops.orchestration.drill_step.make_place` handed back.
        walked: as :func:`walk` handed back.

    Returns:
        the report of kind ``rehearsal``.
    """
    watch = Stopwatch.since(datetime.fromisoformat(place["began"]))
    basis = Basis(**place["basis"])
    return rehearsal_report(target, basis, Walked.from_json(walked), watch).as_json()
