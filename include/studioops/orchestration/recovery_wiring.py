"""The tasks of a recovery; each imports its step when it runs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from airflow.sdk import TriggerRule, task

LONG = timedelta(hours=24)


@task
def plan(target: str, wanted: str) -> dict[str, Any]:
    """Plan the recovery."""
    from studioops.orchestration import recovery_step

    return recovery_step.plan(target, wanted)


# A second recovery would lose what was written since the first.
@task(retries=0, execution_timeout=LONG)
def recover(target: str, planned: Any) -> dict[str, Any]:
    """Restore beside, prove, swap."""
    from studioops.orchestration import recovery_step

    return recovery_step.carry_out(target, planned)


@task(trigger_rule=TriggerRule.ALL_DONE)
def outcome(target: str) -> list[dict[str, Any]]:
    """Tell what became of it."""
    from studioops.orchestration import recovery_step

    return recovery_step.outcome(target)
