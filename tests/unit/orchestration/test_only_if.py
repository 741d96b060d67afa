"""Groups that are skipped whole, also the tasks in them that run whatever happens."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from airflow.sdk import DAG, TaskGroup, TriggerRule, task
from airflow.sdk.exceptions import DownstreamTasksSkipped

from studioops.orchestration.only_if import OnlyIf


@task(trigger_rule=TriggerRule.ALL_DONE)
def step() -> None:
    """Runs whatever happens."""


def executed(condition: Any) -> list[str]:
    """The tasks that are skipped."""
    with DAG("only_if", schedule=None):
        asked = OnlyIf(task_id="asked", condition=condition, groups=("repair",))
        with TaskGroup("repair"):
            asked >> step.override(task_id="one")() >> step.override(task_id="two")()
            place = step.override(task_id="made")().as_setup()
            gone = step.override(task_id="gone")().as_teardown(setups=place)
            asked >> place >> gone
        with TaskGroup("repairs"):
            asked >> step.override(task_id="three")()
    context: Any = {"ti": SimpleNamespace(xcom_push=lambda **_: None, map_index=-1), "task": asked}
    try:
        asked.execute(context)
    except DownstreamTasksSkipped as skipped:
        return sorted(str(one) for one in skipped.tasks)
    return []


@pytest.mark.parametrize("condition", ["False", "", None, "None"])
def test_without_it_the_whole_group_is_skipped_and_no_other(condition: Any) -> None:
    # The teardown goes with its setup, as Airflow has it.
    assert executed(condition) == ["repair.made", "repair.one", "repair.two"]


@pytest.mark.parametrize("condition", ["True", {"kind": "scan"}])
def test_with_it_nothing_is_skipped(condition: Any) -> None:
    assert executed(condition) == []
