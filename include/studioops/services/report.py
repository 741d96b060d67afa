"""The states of several services as one report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from studioops.model import Finding, Report, Severity, Status, Stopwatch, Subject
from studioops.services.state import Cause, ServiceState

KIND = "connectivity"
SCHEMA_VERSION = 1
WHY = {
    Cause.SLOW: "what waits for it runs into its own time limits before long",
    Cause.CROWDED: "the next ones to connect are refused",
    Cause.MISSING_BUCKET: "every upload to it fails, and so does every document in it",
}
WHY_DOWN = "the application needs it and has no fallback for it"


def states_report(target: str, states: Sequence[ServiceState], watch: Stopwatch) -> Report:
    """One report of services that are all required.

    Args:
        target: whose services they are.
        states: one a service.
        watch: started before the first probe.

    Returns:
        a report of the kind ``connectivity``: a service that is down is a critical finding, a
        missing bucket an error, a degraded service a warning.
    """
    status = Status.worst(state.status for state in states)
    findings = tuple(_finding(state) for state in states if _is_fault(state))
    seconds = watch.seconds
    evidence: dict[str, Any] = {
        "schema_version": SCHEMA_VERSION,
        "target": target,
        "status": str(status),
        "started_at": watch.started_at.isoformat(),
        "seconds": seconds,
        "services": [state.as_json() for state in states],
        "findings": [asdict(finding) for finding in findings],
    }
    subjects = tuple(_subject(state) for state in states)
    return Report(KIND, target, status, watch.started_at, seconds, subjects, findings, evidence)


def _subject(state: ServiceState) -> Subject:
    reason = "" if state.status is Status.PASSED else state.message
    return Subject(state.service, state.status, reason, round(state.latency_ms / 1000, 3))


def _is_fault(state: ServiceState) -> bool:
    return state.status is Status.FAILED or state.cause.degraded


def _finding(state: ServiceState) -> Finding:
    return Finding(
        check="connectivity",
        object=state.service,
        severity=_severity(state),
        message=state.message,
        why=WHY.get(state.cause, WHY_DOWN),
        repair=state.next_step,
    )


def _severity(state: ServiceState) -> Severity:
    if state.cause.degraded:
        return Severity.WARNING
    return Severity.ERROR if state.cause is Cause.MISSING_BUCKET else Severity.CRITICAL
