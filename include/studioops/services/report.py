"""The states of several services as one report."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, replace
from typing import Any

from studioops.model import Finding, Report, Severity, Status, Stopwatch, Subject
from studioops.services.state import Cause, ServiceState
from studioops.services.watching import Watch

KIND = "connectivity"
SERVICES = "services"
SCHEMA_VERSION = 1
WHY = {
    Cause.SLOW: "what waits for it runs into its own time limits before long",
    Cause.CROWDED: "the next ones to connect are refused",
    Cause.FILLING: "once it is full, whatever writes or grows is ended half-way",
    Cause.FULL: "whatever writes or grows is ended half-way",
    Cause.RATE_LIMITED: "it answers nobody until the time that it asks for is over",
    Cause.EXPIRES_SOON: "from then on nobody is let in",
    Cause.MISSING_BUCKET: "every upload to it fails, and so does every document in it",
}
WHY_DOWN = "the application needs it and has no fallback for it"
WHY_OPTIONAL = "the application goes on without it, and does less"


def states_report(
    target: str,
    states: Sequence[ServiceState],
    watch: Stopwatch,
    *,
    kind: str = KIND,
    optional: Collection[str] = (),
) -> Report:
    """One report of services.

    Args:
        target: whose services they are.
        states: one a service.
        watch: started before the first probe.
        kind: of the report.
        optional: names of those that the application can do without; one of them that is not
            configured is neither well nor ill.

    Returns:
        the report: a required service that is down is a critical finding, an optional one or a
        missing bucket an error, a degraded service a warning.
    """
    subjects = tuple(_subject(state, optional) for state in states)
    status = Status.worst(one.status for one in subjects)
    findings = tuple(_finding(state, optional) for state in states if _is_fault(state))
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
    return Report(kind, target, status, watch.started_at, seconds, subjects, findings, evidence)


def with_levels(report: Report, watch: Watch) -> Report:
    """A report with what its looks did to the levels.

    Args:
        report: on the looks.
        watch: what came of them.
    """
    levels = {
        name: {
            "level": str(one.level),
            "since": one.since and one.since.isoformat(),
            "flapping": one.flapping,
            "required": one.required,
        }
        for name, one in watch.standings.items()
    }
    changes = [one.as_json() for one in watch.events]
    more = {
        "level": str(watch.whole.level),
        "reason": watch.whole.message,
        "levels": levels,
        "changes": changes,
    }
    return replace(report, evidence={**report.evidence, **more})


def _subject(state: ServiceState, optional: Collection[str]) -> Subject:
    status, reason = state.status, "" if state.status is Status.PASSED else state.message
    if state.cause is Cause.NOT_CONFIGURED and state.service in optional:
        status = Status.NOT_APPLICABLE
    elif status is Status.NOT_CHECKED and state.next_step:
        reason += f"; next: {state.next_step}"
    return Subject(state.service, status, reason, round(state.latency_ms / 1000, 3))


def _is_fault(state: ServiceState) -> bool:
    return state.status is Status.FAILED or state.cause.degraded


def _finding(state: ServiceState, optional: Collection[str]) -> Finding:
    usual = WHY_OPTIONAL if state.service in optional else WHY_DOWN
    return Finding(
        check="connectivity",
        object=state.service,
        severity=_severity(state, optional),
        message=state.message,
        why=WHY.get(state.cause, usual),
        repair=state.next_step,
    )


def _severity(state: ServiceState, optional: Collection[str]) -> Severity:
    if state.cause.degraded:
        return Severity.WARNING
    mild = state.cause is Cause.MISSING_BUCKET or state.service in optional
    return Severity.ERROR if mild else Severity.CRITICAL
