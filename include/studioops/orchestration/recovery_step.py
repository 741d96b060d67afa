"""The steps of a recovery, each a task's whole work; values are JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from studioops.backups.recovery.lines import plan_lines
from studioops.backups.recovery.plan import plan_recovery
from studioops.backups.recovery.recovering import RecoverHow, recover
from studioops.backups.recovery.restorer import restorer
from studioops.errors import Refused
from studioops.orchestration.backup_step import unreported
from studioops.orchestration.connections import database_url
from studioops.orchestration.integrity import contract_of
from studioops.orchestration.neighbours import Neighbours
from studioops.orchestration.reason import leaves_reason
from studioops.orchestration.vaults import open_shelf
from studioops.settings import load_settings

Document = dict[str, Any]
PLAN, RECOVER = "plan", "recover"


@leaves_reason
def plan(target: str, wanted: str) -> Document:
    """What a recovery would do and lose; refused where it could not be done.

    Args:
        target: the target's name.
        wanted: a backup's id; empty for the newest that was proven.

    Returns:
        the report of kind ``recover_plan``, and ``lines`` for whoever is to agree.

    Raises:
        NoProvenBackup: nothing to recover from.
        Refused: a right is missing.
    """
    with open_shelf(target) as shelf:
        report = plan_recovery(database_url(target), shelf, backup_id=wanted or None)
    missing = [one for one in report.findings if one.severity.fails]
    if missing:
        raise Refused(missing[0].message, missing[0].repair)
    return {"report": report.as_json(), "lines": "\n".join(plan_lines(report.evidence))}


@leaves_reason
def carry_out(target: str, planned: Mapping[str, Any]) -> Document:
    """Recover from the very backup that was agreed to.

    Args:
        target: the target's name.
        planned: as :func:`plan` handed back.

    Returns:
        the report of kind ``recover``.
    """
    settings = load_settings()
    agreed = planned["report"]["evidence"]["backup"]["id"]
    with open_shelf(target) as shelf:
        restore_beside = restorer(
            shelf,
            contract_of(target),
            jobs=settings.backup_jobs,
            range_rows=settings.scan_range_rows,
        )
        how = RecoverHow(
            restore_beside,
            # The approval was a task of its own.
            approve=lambda _: None,
            backup_id=agreed,
        )
        return recover(database_url(target), shelf, how).as_json()


def outcome(target: str) -> list[Document]:
    """The run's reports: the plan, and what became of it.

    Args:
        target: the target's name.
    """
    left = Neighbours()
    planned, done = left.value(PLAN), left.value(RECOVER)
    reports = [planned["report"]] if planned else []
    if done:
        return [*reports, done]
    nobody = "nobody agreed to it; next: trigger the DAG again when somebody will"
    return [*reports, unreported("recover", target, left.reason(RECOVER, PLAN) or nobody)]
