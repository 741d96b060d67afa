"""The tasks that DAGs on integrity have in common; each imports its step when it runs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from airflow.sdk import TriggerRule, task

from studioops.orchestration.faults import INTEGRITY_FAULTS
from studioops.orchestration.verdict import VerdictOperator

LONG = timedelta(hours=4)


@task
def connectivity(target: str) -> dict[str, Any]:
    """Ask the services."""
    from studioops.orchestration import services_step

    return services_step.look_at_services(target)


@task
def plan(target: str, services: Any = None) -> list[list[str]]:
    """Share the relationships out."""
    from studioops.orchestration import integrity

    return integrity.plan_batches(target, services)


@task(execution_timeout=LONG)
def scan(target: str, keys: list[str]) -> dict[str, Any]:
    """Look at a batch of relationships."""
    from studioops.orchestration import integrity

    return integrity.scan_batch(target, keys)


@task(execution_timeout=LONG)
def objects(target: str, services: Any = None) -> dict[str, Any] | None:
    """Hold columns against buckets."""
    from studioops.orchestration import integrity

    return integrity.compare_buckets(target, services)


@task(execution_timeout=LONG)
def expectations(target: str, services: Any = None) -> dict[str, Any] | None:
    """Hold the rows against the contract's expectations."""
    from studioops.orchestration import integrity

    return integrity.check_contract_expectations(target, services)


@task
def catalogue(target: str, services: Any = None) -> dict[str, Any]:
    """Put the catalogue's questions."""
    from studioops.orchestration import catalogue as step

    return step.check_catalogue(target, services)


@task(trigger_rule=TriggerRule.ALL_DONE)
def report(
    target: str, services: Any, planned: Any, ready: str, earlier: Any = None
) -> list[dict[str, Any]]:
    """Merge what the others found."""
    from studioops.orchestration import reporting

    return reporting.reports(target, services, planned, ready, earlier)


@task(trigger_rule=TriggerRule.ALL_DONE)
def before_the_scan() -> None:
    """Whatever became of the backup, the references are looked at."""


@task(trigger_rule=TriggerRule.NONE_FAILED)
def ledger(reports: Any, change: Any = None, again: Any = None) -> dict[str, Any]:
    """Write the reports down."""
    from studioops.orchestration import recording

    return dict(recording.record(reports, change, again))


@task(outlets=[INTEGRITY_FAULTS])
def faults(target: str, recorded: Any) -> None:
    """Make an event of faults."""
    from studioops.orchestration.faults import announce_faults

    announce_faults(target, recorded)


def look_at_integrity(
    target: str,
    services: Any = None,
    after: Any = None,
    earlier: Mapping[str, Any] | None = None,
) -> Any:
    """References, objects, expectations and the catalogue, beside each other.

    Args:
        target: the target's name, or its template.
        services: what the probes found, where a DAG asks them.
        after: the task that must have ended before, such as one that waits for the database.
        earlier: reports on what else the run has done, by kind.

    Returns:
        the run's reports.
    """
    planned = plan(target, services)
    scanned = scan.partial(target=target).expand(keys=planned)
    beside = [objects(target, services), expectations(target, services)]
    beside.append(catalogue(target, services))
    if after is not None:
        after >> [planned, *beside]
    # Whose word counts where the database is away.
    ready = "database" if services is None else "connectivity"
    whole = report(target, services, planned, ready, earlier)
    [scanned, *beside] >> whole
    return whole


def conclude(target: str, reports: Any, change: Any = None, again: Any = None) -> None:
    """Record the reports, tell whoever mends faults, and judge.

    Args:
        target: the target's name, or its template.
        reports: the run's.
        change: reports on what the run has changed, where it does.
        again: reports of the look after that.
    """
    recorded = ledger(reports, change, again)
    verdict = VerdictOperator(task_id="verdict", recorded=recorded)
    faults(target, recorded) >> verdict
