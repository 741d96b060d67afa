"""What every DAG and every task of this project starts from."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from airflow.sdk import CronTriggerTimetable, Param

from studioops.orchestration.deadline import due_within
from studioops.orchestration.retry import BackOff

TASK_TIMEOUT = timedelta(minutes=15)
RUN_DUE = timedelta(hours=1)
RUN_TIMEOUT = timedelta(hours=6)
# Airflow 3.3 takes False, its default, for a tenth of the time between two runs: 2.4 hours of a
# night's, 17 of a week's. A few minutes must stay, or a first run is lost whose file is read again
# between its time and its start.
FIRST_RUN = timedelta(minutes=10)


def task_defaults() -> dict[str, Any]:
    """The ``default_args`` of a DAG: bounded, retried by our policy."""
    return {
        "owner": "studioops",
        "retries": 2,
        "retry_policy": BackOff(),
        "execution_timeout": TASK_TIMEOUT,
    }


def dag_defaults(
    *, due: timedelta = RUN_DUE, timeout: timedelta = RUN_TIMEOUT, **task_args: Any
) -> dict[str, Any]:
    """The keywords that every DAG of this project is made with.

    Args:
        due: after this a run is told of as late.
        timeout: after this a run is failed.
        task_args: what this DAG's tasks do otherwise than the default.
    """
    return {
        "catchup": False,
        "max_active_runs": 1,
        "deadline": due_within(due),
        "dagrun_timeout": timeout,
        "default_args": {**task_defaults(), **task_args},
        "tags": ["studioops"],
    }


def at(cron: str) -> CronTriggerTimetable:
    """A schedule in UTC. A stack that is started for the first time makes up for no run before.

    Args:
        cron: five fields.
    """
    return CronTriggerTimetable(cron, timezone="UTC", run_immediately=FIRST_RUN)


def target_param() -> Param:
    """The parameter that names the database under care."""
    return Param(
        "studioops",
        type="string",
        pattern=r"^[A-Za-z0-9_.\-]{1,200}$",
        title="Target",
        description="The database to look at: the name of its Airflow connection",
    )


def approve_param() -> Param:
    """The parameter that says whether a change waits for somebody's agreement."""
    return Param(
        default=True,
        type="boolean",
        title="Ask somebody",
        description="Wait for somebody's agreement before anything is changed",
    )


def backup_param(newest: str) -> Param:
    """The parameter that names a backup.

    Args:
        newest: which one an empty text means.
    """
    return Param(
        "",
        type="string",
        pattern=r"^([0-9]{8}T[0-9]{6}Z-[0-9a-f]{8})?$",
        title="Backup",
        description=f"A backup's id; empty for {newest}",
    )
