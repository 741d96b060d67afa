"""The steps that look at a target's integrity, each a task's whole work; values are JSON."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from airflow.sdk import get_current_context

from studioops.errors import CouldNotCheck, DatabaseUnreachable, SettingsError
from studioops.integrity import (
    Contract,
    batches,
    check_expectations,
    compare_objects,
    load_contract,
    merge_scans,
    objects_not_checked,
    plan_scan,
    publish_docs,
    remaining,
    scan,
)
from studioops.model import Report
from studioops.orchestration.connections import contract_path, open_reader, open_store, open_target
from studioops.orchestration.reason import leaves_reason
from studioops.orchestration.resuming import SavedParts, is_last_try
from studioops.orchestration.services_step import database_outage, skip_in_outage
from studioops.settings import load_settings

Document = dict[str, Any]
DOCS = "data-docs"


def contract_of(target: str) -> Contract | None:
    """The contract that the settings declare for a target.

    Args:
        target: the target's name.

    Raises:
        ContractError: it has faults.
    """
    path = contract_path(target)
    return load_contract(path) if path else None


@leaves_reason
def plan_batches(target: str, connectivity: Mapping[str, Any] | None = None) -> list[list[str]]:
    """Share the target's relationships out over a few batches of like cost.

    Args:
        target: the target's name.
        connectivity: the report of the probes, where there is one.

    Returns:
        the keys of each batch; nothing where the database did not answer, so that no scan is
        started and waited for.

    Raises:
        ContractError: the contract has faults.
        DatabaseError: the catalog can't be read.
    """
    if database_outage(connectivity):
        return []
    settings = load_settings()
    with open_target(target) as database:
        planned = plan_scan(database, contract_of(target), range_rows=settings.scan_range_rows)
    # One empty batch still makes the scan say that there was nothing to look at.
    return batches(planned, settings.scan_batches) or [[]]


@leaves_reason
def scan_batch(target: str, keys: Sequence[str]) -> Document:
    """Scan a batch of relationships; what an earlier try has finished is not read again.

    Args:
        target: the target's name.
        keys: of the relationships, or of ranges of them, as planned.

    Returns:
        a report of kind ``scan`` on these alone.

    Raises:
        DatabaseUnreachable: the connection was lost, and another try may find it again; the last
            one hands back what there is, the rest not_checked.
        DatabaseError: the batch can't be scanned.
    """
    context = get_current_context()
    saved = SavedParts(context)
    left = remaining(keys, list(saved))
    contract = contract_of(target)
    with open_target(target) as database, open_reader(target, database) as (read, server):
        found = scan(read, contract, target=target, keys=left, checkpoint=saved.add, server=server)
    whole = merge_scans(target, [*saved, found], keys, "")
    lost = remaining(keys, [whole])
    if lost and not is_last_try(context):
        raise _lost(whole, len(lost), len(keys))
    return whole.as_json()


@leaves_reason
def compare_buckets(target: str, connectivity: Mapping[str, Any] | None = None) -> Document | None:
    """Hold the contract's columns against the buckets that they name objects of.

    Args:
        target: the target's name.
        connectivity: the report of the probes, where there is one.

    Returns:
        a report of kind ``objects``; None where the contract names none.

    Raises:
        DatabaseError: the target can't be opened.
    """
    skip_in_outage(connectivity)
    contract, settings = contract_of(target), load_settings()
    if contract is None or not contract.objects:
        return None
    try:
        store = open_store(settings.minio_health_timeout)
    except (CouldNotCheck, SettingsError) as error:
        return objects_not_checked(contract, error.reason, target).as_json()
    with store, open_target(target) as database:
        return compare_objects(
            database, store, contract, target=target, contents=settings.object_contents or None
        ).as_json()


@leaves_reason
def check_contract_expectations(
    target: str, connectivity: Mapping[str, Any] | None = None
) -> Document | None:
    """Hold the target against the contract's expectations, and publish Data Docs of it.

    Args:
        target: the target's name.
        connectivity: the report of the probes, where there is one.

    Returns:
        a report of kind ``expectations``; None where the contract has none.

    Raises:
        DatabaseError: the target can't be opened.
    """
    skip_in_outage(connectivity)
    contract = contract_of(target)
    if contract is None or not contract.expectations:
        return None
    with tempfile.TemporaryDirectory() as directory, open_target(target) as database:
        docs = Path(directory)
        report = check_expectations(database, contract, target=target, docs=docs)
        return _published(report, docs).as_json()


def _published(report: Report, docs: Path) -> Report:
    """The report with the place of its Data Docs, or with the reason why they have none.

    An expectation was looked at whether or not a page of it can be stored.
    """
    if not any(docs.rglob("index.html")):
        return report
    settings, run = load_settings(), get_current_context()["dag_run"]
    prefix = f"{DOCS}/{report.target}/{run.dag_id}/{run.run_id}"
    try:
        with open_store(settings.minio_health_timeout) as store:
            key = publish_docs(store, settings.evidence_bucket, prefix, docs)
    except (CouldNotCheck, SettingsError) as error:
        evidence = {**report.evidence, "data_docs": None, "data_docs_reason": error.reason}
        return replace(report, evidence=evidence)
    return replace(report, evidence={**report.evidence, "data_docs": key})


def _lost(report: Report, count: int, of: int) -> DatabaseUnreachable:
    reasons = [one.reason for one in report.subjects if "no connection" in one.reason]
    said, _, step = (reasons[0] if reasons else "the connection was lost").partition("; next: ")
    return DatabaseUnreachable(
        f"{said}; {of - count} of {of} looks are kept", step or "wait: the next try goes on"
    )
