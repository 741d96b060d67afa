"""A deadline for a DAG: a run that takes too long is told of while it still runs."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from airflow.sdk.definitions.callback import AsyncCallback
from airflow.sdk.definitions.deadline import DeadlineAlert, DeadlineReference

log = logging.getLogger(__name__)


async def tell_of_late_run(context: Mapping[str, Any]) -> None:
    """Say in the triggerer's log which run is late; the web page lists it as missed.

    Lives here since Airflow imports it by its path, and a DAG file has none.

    Args:
        context: Airflow's short one, with the run and the deadline.
    """
    run = context["dag_run"]
    log.error(
        "DAG %s: run %s is past its deadline: see what its tasks wait for",
        run["dag_id"],
        run["dag_run_id"],
    )


def due_within(interval: timedelta) -> DeadlineAlert:
    """A deadline counted from the moment when a run was queued.

    Args:
        interval: how long a run may take, waiting included.
    """
    return DeadlineAlert(
        reference=DeadlineReference.DAGRUN_QUEUED_AT,
        interval=interval,
        callback=AsyncCallback(tell_of_late_run),
    )
