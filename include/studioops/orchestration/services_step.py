"""The step that asks the services whether they are there."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from airflow.sdk.exceptions import AirflowSkipException

from studioops.errors import StudioOpsError
from studioops.model import Status, Stopwatch
from studioops.orchestration.connections import open_store, open_target
from studioops.services import (
    ServiceState,
    probe_database,
    probe_object_store,
    states_report,
)
from studioops.settings import Settings, load_settings

DATABASE = "database"


def look_at_services(target: str) -> dict[str, Any]:
    """Probe the target's database and the object store.

    Args:
        target: the target's name.

    Returns:
        a report of kind ``connectivity``; an outage is its finding, and a connection that
        Airflow does not have leaves its service not_checked.
    """
    settings, watch = load_settings(), Stopwatch()
    states = [
        database_state(target, settings),
        object_store_state(settings, buckets=settings.buckets),
    ]
    return states_report(target, states, watch).as_json()


def database_state(target: str, settings: Settings) -> ServiceState:
    """One look at a target's database.

    Args:
        target: the target's name.
        settings: with the look's limit.
    """
    try:
        database = open_target(target)
    except StudioOpsError as error:
        return ServiceState.unreached(DATABASE, error)
    with database:
        return probe_database(database, timeout=settings.database_health_timeout, service=DATABASE)


def database_outage(connectivity: Mapping[str, Any] | None) -> str:
    """Why the database can't be scanned.

    Args:
        connectivity: the report of the probes; None where nobody asked.

    Returns:
        the reason with the next step; an empty text where it answered or nobody asked.
    """
    for document in connectivity["evidence"]["services"] if connectivity else ():
        state = ServiceState.from_json(document)
        if state.service == DATABASE and state.status is not Status.PASSED:
            return f"{state.message}; next: {state.next_step}"
    return ""


def skip_in_outage(connectivity: Mapping[str, Any] | None) -> None:
    """Keep a step from knocking at a database that is known to be away.

    Args:
        connectivity: the report of the probes; None where nobody asked.

    Raises:
        AirflowSkipException: it did not answer; the run's report tells why.
    """
    outage = database_outage(connectivity)
    if outage:
        raise AirflowSkipException(outage)


def object_store_state(settings: Settings, buckets: Collection[str]) -> ServiceState:
    """One look at the object store.

    Args:
        settings: with the look's limit.
        buckets: that must be there.
    """
    timeout = settings.minio_health_timeout
    try:
        store = open_store(timeout)
    except StudioOpsError as error:
        return ServiceState.unreached("object store", error)
    with store:
        return probe_object_store(store, buckets, timeout=timeout)
