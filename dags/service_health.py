"""### Are the services well, and how are we doing as a whole?

Every few minutes (`HEALTH_CHECK_INTERVAL`, seconds; a minute at least): looks at every service of
the settings at the same time, each within its own limit, and judges what that does to its level.

| task | what it does |
|---|---|
| `look` | looks at all services, keeps levels and their changes, writes the report down |
| `verdict` | **fails the run unless every service that is set up is well** |

**Levels** are *normal*, *degraded*, *critical* and *offline*. One look that fails changes none: it
takes `failures` of them in a row, and `successes` to come back. A service that goes up and down too
often stays at the worse level until it calms down. Of the whole, a required service that is away
makes *critical* (*offline* where all are), an optional one *degraded*. A service that nobody set up
is neither well nor ill. Each change is kept with its cause, and with how long the outage was.

**A failed run is news, not an accident**: *Details* of `verdict` link the report, which says which
service, since when, why, and what to do.

**Services** are the database and the object store (required), OpenAI, Trello, Langfuse and this
host; `STUDIOOPS_SERVICES__NAME__KIND` and `…__URL` declare more. Keys are taken from the
connections `studioops_openai` (password), `studioops_trello` (login: key, password: token) and
`studioops_langfuse` (host), or else from the environment.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from airflow.sdk import dag, task

from studioops.orchestration.defaults import dag_defaults
from studioops.orchestration.verdict import VerdictOperator
from studioops.settings import load_settings


@task(execution_timeout=timedelta(minutes=5))
def look() -> dict[str, Any]:
    """Look at every service."""
    from studioops.orchestration import health_step

    return dict(health_step.look_and_judge())


@dag(
    schedule=timedelta(seconds=load_settings().looks_every),
    doc_md=__doc__,
    **dag_defaults(due=timedelta(minutes=10), timeout=timedelta(minutes=15)),
)
def service_health() -> None:
    """Wire the tasks."""
    VerdictOperator(task_id="verdict", recorded=look(), recorded_by="look")


service_health()
