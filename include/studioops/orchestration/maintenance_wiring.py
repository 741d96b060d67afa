"""The tasks of maintenance: a look, a repair where one is wanted, and the look after it."""

from __future__ import annotations

from typing import Any

from airflow.sdk import TaskGroup, TriggerRule

from studioops.orchestration import backup_wiring, migration_wiring, wiring
from studioops.orchestration.only_if import OnlyIf

REPAIR, AGAIN = "repair", "again"


def look(target: str, services: Any) -> Any:
    """A backup, its drill, and then the references and the rest.

    Args:
        target: the target's name, or its template.
        services: what the probes found.

    Returns:
        the look's reports.
    """
    earlier = _proven_backup(target, services)
    ended = wiring.before_the_scan()
    list(earlier.values()) >> ended
    return wiring.look_at_integrity(target, services, after=ended, earlier=earlier)


def repair(target: str, found: Any, *, wanted: str, approve: str) -> tuple[Any, Any]:
    """Bring the target to its contract, on the backup that this run has taken.

    Args:
        target: the target's name, or its template.
        found: the reports of the first look.
        wanted: a template: whether anything is to be changed.
        approve: a template: whether somebody is asked.

    Returns:
        the reports on the change, and the task that looked whether it holds.
    """
    asked = OnlyIf(task_id="repair_wanted", condition=wanted, groups=(REPAIR, AGAIN))
    found >> asked
    with TaskGroup(REPAIR):
        planned = migration_wiring.plan(target)
        asked >> planned
        looked = migration_wiring.preflight(target, planned)
        return migration_wiring.change(target, planned, looked, found, approve=approve)


def look_again(target: str, changed: Any, verified: Any) -> Any:
    """The same look at what was changed: the last word on it. Also a new backup is proven.

    Args:
        target: the target's name, or its template.
        changed: the reports on the change.
        verified: the task that looked whether it holds; where it left nothing, nothing is changed.

    Returns:
        the look's reports.
    """
    repaired = OnlyIf(
        task_id="repaired",
        condition=verified,
        groups=(AGAIN,),
        trigger_rule=TriggerRule.ALL_DONE,
    )
    changed >> repaired
    with TaskGroup(AGAIN):
        earlier = _proven_backup(target, None, after=repaired)
        return wiring.look_at_integrity(target, after=repaired, earlier=earlier)


def _proven_backup(target: str, services: Any, after: Any = None) -> dict[str, Any]:
    taken = backup_wiring.take_for_drill(target, services)
    told = backup_wiring.backup(target, services)
    taken >> told
    if after is not None:
        after >> taken
    return {"backup": told, "drill": backup_wiring.drill(target, told)}
