"""The tasks of a migration; each imports its step when it runs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from airflow.sdk import TaskGroup, TriggerRule, setup, task

from studioops.orchestration.approval import Approval

LONG = timedelta(hours=12)
# The runner's order; the names are those of studioops.migrations' stages.
STAGES = ("expand", "clean", "protect", "validate", "contract")


@task
def plan(target: str) -> dict[str, Any]:
    """Plan the way to the contract."""
    from studioops.orchestration import migration_step

    return migration_step.plan(target)


@task
def preflight(target: str, planned: Any) -> dict[str, Any]:
    """Look at all that it needs."""
    from studioops.orchestration import migration_step

    return migration_step.preflight(target, planned)


@task
def prove(before: Any, rehearsed: Any) -> None:
    """Write down what was before, which opens the gates."""
    from studioops.orchestration import migration_step

    migration_step.prove([*before, rehearsed])


@task
def choose(target: str) -> dict[str, Any]:
    """Choose the backup that it is rehearsed on."""
    from studioops.orchestration import rehearsal_step

    return rehearsal_step.choose(target)


@setup
@task
def scratch(chosen: Any) -> dict[str, Any]:
    """Make the scratch database."""
    from studioops.orchestration import drill_step

    return drill_step.make_place(chosen)


@task(execution_timeout=LONG)
def walk(place: Any, planned: Any) -> Any:
    """Restore; then there, back and there again. A second try begins with a new copy."""
    from studioops.orchestration import rehearsal_step

    return rehearsal_step.walk(place, planned)


@task
def drop(place: Any) -> None:
    """Drop the scratch database."""
    from studioops.orchestration import drill_step

    drill_step.drop_place(place)


@task
def told(target: str, place: Any, walked: Any) -> dict[str, Any]:
    """The rehearsal's report."""
    from studioops.orchestration import rehearsal_step

    return rehearsal_step.report(target, place, walked)


def rehearsal(target: str, planned: Any, after: Any) -> tuple[Any, Any]:
    """The plan applied, taken back and applied again on a restored copy.

    Args:
        target: the target's name, or its template.
        planned: the plan.
        after: the task that must have gone well before.

    Returns:
        the rehearsal's report, and the whole plan as it was rehearsed.
    """
    with TaskGroup("rehearsal"):
        chosen = choose(target)
        after >> chosen
        place = scratch(chosen)
        walked = walk(place, planned)
        gone = drop(place).as_teardown(on_failure_fail_dagrun=True)
        reported = told(target, place, walked)
        walked >> gone >> reported
    return reported, walked


@task
def go_on(rehearsed: Any, dry_run: str, waived: str) -> None:
    """Go on with what was green; end a dry run here."""
    from studioops.orchestration import migration_step

    migration_step.go_on(rehearsed, dry_run=dry_run == "True", waived=waived)


@task(execution_timeout=LONG)
def apply_stage(target: str, planned: Any, stage: str, waived: str = "") -> dict[str, Any]:
    """Apply one stage."""
    from studioops.orchestration import migration_step

    return migration_step.apply_stage(target, planned, stage, waived)


@task(execution_timeout=LONG)
def verify(target: str) -> dict[str, Any]:
    """Scan what was changed."""
    from studioops.orchestration import migration_step

    return migration_step.verify(target)


@task(trigger_rule=TriggerRule.ONE_FAILED, execution_timeout=LONG)
def rollback(target: str) -> dict[str, Any]:
    """Take back what was applied."""
    from studioops.orchestration import migration_step

    return migration_step.roll_back(target)


@task(trigger_rule=TriggerRule.ALL_DONE)
def outcome(target: str) -> list[dict[str, Any]]:
    """Tell what became of it."""
    from studioops.orchestration import migration_outcome

    return migration_outcome.outcome(target)


def ask(asked: str, walked: Any) -> Any:
    """The task that asks for somebody's agreement.

    Args:
        asked: a template that gives ``True`` or ``False``.
        walked: the task that rehearsed it.
    """
    shown = f"ti.xcom_pull(task_ids='{walked.operator.task_id}')['lines']"
    return Approval(
        task_id="approve",
        asked=asked,
        subject="Migrate {{ params.target }}?",
        body=f"{{{{ {shown} }}}}",
        execution_timeout=None,
        response_timeout=timedelta(hours=24),
    )


def apply(target: str, planned: Any, waived: str, after: Any) -> tuple[Any, Any]:
    """A task a stage, one after the other; what failed is taken back.

    Args:
        target: the target's name, or its template.
        planned: the plan.
        waived: why nobody waits for the gates, or its template.
        after: the task that must have ended before.

    Returns:
        the task that looked again, and the one that went back.
    """
    stages = [
        apply_stage.override(task_id=stage)(target, planned, stage, waived) for stage in STAGES
    ]
    for earlier, later in zip([after, *stages], stages, strict=False):
        earlier >> later
    checked = verify(target)
    back = rollback(target)
    stages[-1] >> checked
    [*stages, checked] >> back
    return checked, back


def change(
    target: str,
    planned: Any,
    after: Any,
    before: Any,
    *,
    approve: str,
    dry_run: str = "False",
    waived: str = "",
) -> tuple[Any, Any]:
    """Rehearse a plan, ask, apply it, look, and go back where that fails.

    Args:
        target: the target's name, or its template.
        planned: the plan.
        after: the task that must have gone well before.
        before: the reports on the target as it was, with a backup's and its drill's.
        approve: a template: whether somebody is asked.
        dry_run: a template: whether it ends after the rehearsal.
        waived: why nobody waits for the gates, or its template.

    Returns:
        the reports on what became of it, and the task that looked whether it holds.
    """
    rehearsed, walked = rehearsal(target, planned, after)
    agreed = ask(approve, walked)
    prove(before, rehearsed) >> go_on(rehearsed, dry_run, waived) >> agreed
    checked, back = apply(target, walked, waived, agreed)
    told = outcome(target)
    [checked, back, agreed] >> told
    return told, checked
