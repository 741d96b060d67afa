"""The steps of the DAG ``maintenance``, each a task's whole work; values between them are JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from airflow.sdk import get_current_context

from studioops.errors import ContractError, StudioOpsError
from studioops.integrity import (
    Contract,
    batches,
    load_contract,
    merge_scans,
    plan_scan,
    scan,
    unseen_keys,
)
from studioops.model import Report, Status, Stopwatch, Subject
from studioops.orchestration.connections import contract_path, open_store, open_target
from studioops.orchestration.reason import REASON, leaves_reason
from studioops.services import (
    Cause,
    ServiceState,
    probe_database,
    probe_object_store,
    states_report,
)
from studioops.settings import Settings, load_settings

Document = dict[str, Any]
DATABASE = "database"


def look_at_services(target: str) -> Document:
    """Probe the target's database and the object store.

    Args:
        target: the target's name.

    Returns:
        a report of kind ``connectivity``; an outage is its finding, and a connection that
        Airflow does not have leaves its service not_checked.
    """
    settings, watch = load_settings(), Stopwatch()
    states = [_database_state(target, settings), _object_store_state(settings)]
    return states_report(target, states, watch).as_json()


@leaves_reason
def plan_batches(target: str, connectivity: Mapping[str, Any]) -> list[list[str]]:
    """Share the target's relationships out over a few batches of like cost.

    Args:
        target: the target's name.
        connectivity: the report of the probes.

    Returns:
        the keys of each batch; nothing where the database did not answer, so that no scan is
        started and waited for.

    Raises:
        ContractError: the contract has faults.
        DatabaseError: the catalog can't be read.
    """
    if _database_outage(connectivity):
        return []
    with open_target(target) as database:
        planned = plan_scan(database, _contract(target))
    # One empty batch still makes the scan say that there was nothing to look at.
    return batches(planned, load_settings().scan_batches) or [[]]


@leaves_reason
def scan_batch(target: str, keys: Sequence[str]) -> Document:
    """Scan a batch of relationships.

    Args:
        target: the target's name.
        keys: of the relationships, as planned.

    Returns:
        a report of kind ``scan`` on these alone.

    Raises:
        DatabaseError: the batch can't be scanned.
    """
    with open_target(target) as database:
        return scan(database, _contract(target), target=target, keys=keys).as_json()


@leaves_reason
def reports(
    target: str, connectivity: Document | None, planned: Sequence[Sequence[str]] | None
) -> list[Document]:
    """Merge what the batches found; what no batch brought is not_checked, with the reason.

    Args:
        target: the target's name.
        connectivity: the report of the probes; None where they broke down.
        planned: the keys of each batch; None where planning failed.

    Returns:
        the run's reports; the last one, of kind ``scan``, is on the whole target.
    """
    task, contract = get_current_context()["ti"], _contract_if_whole(target)
    if planned:
        parts = _parts(target, planned, task)
        keys = [key for share in planned for key in share]
        whole = merge_scans(target, parts, keys, "", contract)
    else:
        reason = _database_outage(connectivity) or _reason_of(task, "connectivity", "plan")
        whole = _nothing_seen(target, contract, reason)
    return [*([connectivity] if connectivity else []), whole.as_json()]


def _parts(target: str, planned: Sequence[Sequence[str]], task: Any) -> list[Report]:
    """A report a batch. One that failed left its reason; one that was killed left nothing."""
    indexes = range(len(planned))
    results = task.xcom_pull(task_ids="scan", map_indexes=indexes)
    reasons = task.xcom_pull(task_ids="scan", key=REASON, map_indexes=indexes)
    return [
        Report.from_json(result)
        if result
        else merge_scans(target, [], keys, reason or f"batch {index} ended without a word")
        for index, keys, result, reason in zip(indexes, planned, results, reasons, strict=True)
    ]


def _nothing_seen(target: str, contract: Contract | None, reason: str) -> Report:
    """A scan that never began: what the contract names is listed, and nothing is known of it."""
    keys = unseen_keys(contract)
    whole = merge_scans(target, [], keys, reason, contract)
    if keys:
        return whole
    unseen = Subject(target, Status.NOT_CHECKED, reason)
    evidence = {**whole.evidence, "reason": reason}
    return replace(whole, subjects=(unseen, *whole.subjects), evidence=evidence)


def _contract_if_whole(target: str) -> Contract | None:
    """The contract; None for a broken one, whose faults are the reason that planning left."""
    try:
        return _contract(target)
    except ContractError:
        return None


def _contract(target: str) -> Contract | None:
    path = contract_path(target)
    return load_contract(path) if path else None


def _database_state(target: str, settings: Settings) -> ServiceState:
    try:
        database = open_target(target)
    except StudioOpsError as error:
        return _not_reached_for(DATABASE, error)
    with database:
        return probe_database(database, timeout=settings.database_health_timeout, service=DATABASE)


def _object_store_state(settings: Settings) -> ServiceState:
    timeout = settings.minio_health_timeout
    try:
        store = open_store(timeout)
    except StudioOpsError as error:
        return _not_reached_for("object store", error)
    with store:
        return probe_object_store(store, settings.buckets, timeout=timeout)


def _not_reached_for(service: str, error: StudioOpsError) -> ServiceState:
    """A service that nobody tried to reach, since its connection is absent or can't be read."""
    cause = Cause.NOT_CONFIGURED
    return ServiceState(service, Status.NOT_CHECKED, cause, error.message, error.next_step)


def _database_outage(connectivity: Mapping[str, Any] | None) -> str:
    """Why the database can't be scanned; an empty text where it answered."""
    for document in connectivity["evidence"]["services"] if connectivity else ():
        state = ServiceState.from_json(document)
        if state.service == DATABASE and state.status is not Status.PASSED:
            return f"{state.message}; next: {state.next_step}"
    return ""


def _reason_of(task: Any, *task_ids: str) -> str:
    """The reason that the first of these tasks left when it failed."""
    for task_id in task_ids:
        reason = task.xcom_pull(task_ids=task_id, key=REASON)
        if reason:
            return str(reason)
    return "the task that plans the scan ended without a word: see its log"
