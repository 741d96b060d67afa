"""From what the tasks of a run left to its reports; what nobody left is not_checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from airflow.sdk import get_current_context

from studioops.errors import ContractError, LedgerUnavailable, SettingsError
from studioops.integrity import (
    Contract,
    compare_reports,
    expectations_not_checked,
    merge_scans,
    objects_not_checked,
    unseen_keys,
    with_parts,
)
from studioops.model import Report, Status, Subject
from studioops.orchestration.connections import open_evidence
from studioops.orchestration.integrity import contract_of
from studioops.orchestration.neighbours import Neighbours
from studioops.orchestration.reason import leaves_reason
from studioops.orchestration.services_step import database_outage

Document = dict[str, Any]
RUNS_SEARCHED = 20


@leaves_reason
def reports(
    target: str,
    connectivity: Document | None,
    planned: Sequence[Sequence[str]] | None,
    ready: str = "connectivity",
    earlier: Mapping[str, Document | None] | None = None,
) -> list[Document]:
    """Merge what the tasks found; what none brought is not_checked, with the reason.

    Args:
        target: the target's name.
        connectivity: the report of the probes; None where there is none.
        planned: the keys of each batch; None where planning failed.
        ready: the task that looked whether the database is there.
        earlier: reports on what was done before, by kind; None where its task left none.

    Returns:
        the run's reports; the last one, of kind ``scan``, is on the whole contract.
    """
    left, contract = Neighbours(), _contract_if_whole(target)
    outage = database_outage(connectivity)
    if planned:
        keys = [key for share in planned for key in share]
        scanned = merge_scans(target, _parts(target, planned, left), keys, "")
    else:
        scanned = _nothing_seen(target, contract, outage or _reason_of(left, ready, "plan"))
    whole = with_parts(scanned, *_others(target, contract, left, outage, ready))
    catalogue = left.value("catalogue")
    before = [one or _unreported(kind, target) for kind, one in (earlier or {}).items()]
    found = [one for one in (connectivity, *before, catalogue) if one]
    return [*found, _with_trend(whole, target).as_json()]


def _unreported(kind: str, target: str) -> Document:
    reason = f"the task that reports on the {kind} ended without a word; next: see its log"
    unseen = Subject(kind, Status.NOT_CHECKED, reason)
    return Report(kind, target, unseen.status, datetime.now(UTC), 0.0, (unseen,)).as_json()


def _parts(target: str, planned: Sequence[Sequence[str]], left: Neighbours) -> list[Report]:
    """A report a batch. One that failed left its reason; one that was killed left nothing."""
    indexes = range(len(planned))
    results, reasons = left.values("scan", indexes), left.reasons("scan", indexes)
    return [
        Report.from_json(result)
        if result
        else merge_scans(target, [], keys, reason or f"batch {index} ended without a word")
        for index, keys, result, reason in zip(indexes, planned, results, reasons, strict=True)
    ]


def _others(
    target: str, contract: Contract | None, left: Neighbours, outage: str, ready: str
) -> list[Report]:
    """The objects and the expectations, as far as the contract names any."""
    made = []
    for name, unseen in (
        ("objects", objects_not_checked),
        ("expectations", expectations_not_checked),
    ):
        document = left.value(name)
        if document:
            made.append(Report.from_json(document))
        elif contract is not None and getattr(contract, name):
            made.append(unseen(contract, outage or _reason_of(left, ready, name), target))
    return made


def _nothing_seen(target: str, contract: Contract | None, reason: str) -> Report:
    """A scan that never began: what the contract names is listed, and nothing is known of it."""
    keys = unseen_keys(contract)
    whole = merge_scans(target, [], keys, reason)
    if keys:
        return whole
    unseen = Subject(target, Status.NOT_CHECKED, reason)
    evidence = {**whole.evidence, "reason": reason}
    return replace(whole, subjects=(unseen, *whole.subjects), evidence=evidence)


def _with_trend(report: Report, target: str) -> Report:
    """The report with what became of the faults since the last run that looked at this target.

    Without a ledger there is no trend; that the ledger is away, the next task says.
    """
    run_id = get_current_context()["dag_run"].run_id
    try:
        with open_evidence() as ledger:
            numbers = [
                line.report_id
                for record in ledger.runs(target, limit=RUNS_SEARCHED)
                if record.run.run_id != run_id
                for line in reversed(record.reports)
                if line.kind == report.kind and line.target == target
            ]
            before = ledger.report(numbers[0]).report if numbers else None
    except (LedgerUnavailable, SettingsError):
        before = None
    trend = compare_reports(report, before).as_json() if before else None
    return replace(report, evidence={**report.evidence, "trend": trend})


def _contract_if_whole(target: str) -> Contract | None:
    """The contract; None for a broken one, whose faults are the reason that planning left."""
    try:
        return contract_of(target)
    except ContractError:
        return None


def _reason_of(left: Neighbours, *names: str) -> str:
    """The reason that the first of these tasks left when it failed."""
    lost = f"the task {left.task_id(names[-1])} ended without a word: see its log"
    return left.reason(*names) or lost
