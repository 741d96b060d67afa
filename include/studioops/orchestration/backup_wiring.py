"""The tasks that DAGs on backups have in common; each imports its step when it runs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from airflow.sdk import TriggerRule, setup, task, task_group

from studioops.orchestration.backup_assets import STORED

LONG = timedelta(hours=12)


@task(outlets=[STORED], execution_timeout=LONG)
def take(target: str, store: Any) -> dict[str, Any]:
    """Take a backup; a drill of it is due then."""
    from studioops.orchestration import backup_step

    taken = backup_step.take_backup(target, spooled=not store)
    backup_step.announce_backup(taken)
    return taken


@task(task_id="take", execution_timeout=LONG)
def take_for_drill(target: str, services: Any) -> dict[str, Any]:
    """Take a backup that the same run drills."""
    from studioops.orchestration import backup_step

    return backup_step.take_backup(target, services)


@task(trigger_rule=TriggerRule.ALL_DONE)
def backup(target: str, services: Any = None) -> dict[str, Any]:
    """Tell what became of the backup."""
    from studioops.orchestration import backup_step

    return backup_step.backup_report(target, services)


@task.short_circuit
def waiting() -> bool:
    """Whether a backup waits on this host's disk; where none does, the run ends here, well."""
    from studioops.orchestration import backup_step

    return backup_step.is_any_spooled()


@task(outlets=[STORED])
def deliver() -> dict[str, Any]:
    """Deliver what waits on this host's disk."""
    from studioops.orchestration import backup_step

    return backup_step.deliver_spool()


@task
def prune(target: str, taken: Any) -> dict[str, Any]:
    """Remove what is not kept any more."""
    from studioops.orchestration import backup_step

    return backup_step.prune_backups(target, taken)


@task
def choose(target: str, wanted: Any) -> dict[str, Any]:
    """Choose the backup that is drilled."""
    from studioops.orchestration import drill_step

    return drill_step.choose(target, wanted)


@setup
@task
def scratch(chosen: Any) -> dict[str, Any]:
    """Make the scratch database."""
    from studioops.orchestration import drill_step

    return drill_step.make_place(chosen)


@task(execution_timeout=LONG)
def restore(drill: Any) -> dict[str, Any]:
    """Restore the backup."""
    from studioops.orchestration import drill_step

    return drill_step.restore_copy(drill)


@task(execution_timeout=LONG)
def faithful(drill: Any, restored: Any) -> dict[str, Any]:
    """Compare the copy with the manifest."""
    from studioops.orchestration import drill_step

    return drill_step.judge_copy(drill, restored)


@task(execution_timeout=LONG)
def sound(drill: Any, restored: Any) -> dict[str, Any]:
    """Prove that the copy keeps every reference."""
    from studioops.orchestration import drill_step

    return drill_step.prove_copy(drill, restored)


@task
def drop(drill: Any) -> None:
    """Drop the scratch database."""
    from studioops.orchestration import drill_step

    drill_step.drop_place(drill)


@task(trigger_rule=TriggerRule.ALL_DONE)
def verdicts(chosen: Any, target: str) -> dict[str, Any]:
    """Both verdicts, and the proof beside the backup."""
    from studioops.orchestration import drill_step

    return drill_step.drill_report(chosen, target)


@task_group
def drill(target: str, wanted: Any) -> Any:
    """A backup restored elsewhere and judged twice.

    Args:
        target: the target's name, or its template.
        wanted: a backup's id, a report of kind ``backup``, or an empty text for the one that the
            run's occasion asks for.

    Returns:
        the drill's report.
    """
    chosen = choose(target, wanted)
    place = scratch(chosen)
    restored = restore(place)
    compared = faithful(place, restored)
    proven = sound(place, restored)
    # The decorator would do for one DAG of a process alone: it changes the task for the next.
    gone = drop(place).as_teardown(on_failure_fail_dagrun=True)
    told = verdicts(chosen, target)
    # amcheck makes its extension in the copy: only after the definitions were compared.
    compared >> proven >> gone >> told
    return told
