"""States, their causes, their report, and the time limit; without any server."""

from __future__ import annotations

import json
import threading
import time

import pytest

from studioops.errors import (
    AuthenticationFailed,
    DatabaseBusy,
    DatabaseError,
    DatabaseUnreachable,
    NoSuchDatabase,
    ObjectStoreDenied,
    ObjectStoreError,
    ObjectStoreUnreachable,
    PermissionDenied,
    StatementTimeout,
    StudioOpsError,
)
from studioops.model import Report, Severity, Status, Stopwatch
from studioops.services import (
    Cause,
    ServiceState,
    probe_database,
    probe_object_store,
    states_report,
)
from studioops.services.probes.limit import within
from studioops.services.state import cause_of

DATABASE = ServiceState("database", Status.PASSED, Cause.OK, "h/d answers", latency_ms=12.3456)
DOWN = ServiceState.down("database", DatabaseUnreachable("h: Connection refused", "start it"), 5)
SLOW = ServiceState("database", Status.PASSED, Cause.SLOW, "h/d answers", "look at it", 1500)
BUCKET = ServiceState("object store", Status.FAILED, Cause.MISSING_BUCKET, "no bucket a", "make it")


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (AuthenticationFailed("m", ""), Cause.UNAUTHORISED),
        (PermissionDenied("m", ""), Cause.FORBIDDEN),
        (ObjectStoreDenied("m", ""), Cause.UNAUTHORISED),
        (ObjectStoreDenied("h: the object store refuses (AccessDenied)", ""), Cause.FORBIDDEN),
        (NoSuchDatabase("m", ""), Cause.NO_SUCH_DATABASE),
        (DatabaseBusy("m", ""), Cause.BUSY),
        (DatabaseUnreachable("h: failed to resolve host 'x'", ""), Cause.DNS),
        (DatabaseUnreachable('could not translate host name "x" to address', ""), Cause.DNS),
        (ObjectStoreUnreachable("h: no connection: no such host", ""), Cause.DNS),
        (DatabaseUnreachable("is the server running? Connection refused", ""), Cause.REFUSED),
        (DatabaseUnreachable("connection timeout expired", ""), Cause.TIMEOUT),
        (ObjectStoreUnreachable("h: no answer in time", ""), Cause.TIMEOUT),
        (DatabaseUnreachable("server closed the connection unexpectedly", ""), Cause.RESET),
        (DatabaseUnreachable("could not receive data: Connection reset by peer", ""), Cause.RESET),
        (DatabaseUnreachable("SSL error: unexpected eof while reading", ""), Cause.RESET),
        (DatabaseUnreachable("SSL error: certificate verify failed", ""), Cause.TLS),
        (DatabaseUnreachable("server does not support SSL, but it was required", ""), Cause.TLS),
        (
            DatabaseUnreachable("received invalid response to SSL negotiation: H", ""),
            Cause.NONSENSE,
        ),
        (DatabaseUnreachable("something new", ""), Cause.ERROR),
        (ObjectStoreUnreachable("h: no connection: it broke", ""), Cause.RESET),
        (ObjectStoreUnreachable("h: no TLS connection", ""), Cause.TLS),
        (
            ObjectStoreUnreachable("h: the object store is in trouble (X, HTTP 500)", ""),
            Cause.SERVER_ERROR,
        ),
        (
            ObjectStoreUnreachable("h: the object store is in trouble (SlowDown, HTTP 503)", ""),
            Cause.RATE_LIMITED,
        ),
        (ObjectStoreError("h: the object store answers Slow (HTTP 429)", ""), Cause.RATE_LIMITED),
        (ObjectStoreError("h: the object store answers 401 (HTTP 401)", ""), Cause.UNAUTHORISED),
        (ObjectStoreError("h: what answers there is no S3 store", ""), Cause.NONSENSE),
        (DatabaseError("something new", ""), Cause.ERROR),
        (StatementTimeout("canceling statement due to statement timeout", ""), Cause.ERROR),
    ],
)
def test_cause_of_an_error(error: StudioOpsError, cause: Cause) -> None:
    assert cause_of(error) is cause


@pytest.mark.parametrize(
    "state", [probe_database(None), probe_object_store(None, ["documents"])], ids=str
)
def test_not_configured_is_not_checked(state: ServiceState) -> None:
    assert (state.status, state.cause) == (Status.NOT_CHECKED, Cause.NOT_CONFIGURED)
    assert state.message == f"no {state.service} is configured"
    assert ".env" in state.next_step
    report = states_report("studioops", [DATABASE, state], Stopwatch())
    assert report.status is Status.NOT_CHECKED
    assert report.subjects[1].reason == f"{state.message}; next: {state.next_step}"
    assert report.findings == ()


def test_nothing_looked_at_is_not_well() -> None:
    assert states_report("studioops", [], Stopwatch()).status is Status.NOT_CHECKED


def test_required_service_that_is_down_is_critical() -> None:
    report = states_report("studioops", [DOWN, BUCKET], Stopwatch())
    assert report.status is Status.FAILED
    first, second = report.findings
    assert (first.check, first.object, first.severity) == (
        "connectivity",
        "database",
        Severity.CRITICAL,
    )
    assert (first.message, first.repair) == ("h: Connection refused", "start it")
    assert "no fallback" in first.why
    assert (second.severity, second.object) == (Severity.ERROR, "object store")
    assert "upload" in second.why
    assert [subject.reason for subject in report.subjects] == [
        "h: Connection refused",
        "no bucket a",
    ]


def test_degraded_service_is_a_warning_and_passes() -> None:
    report = states_report("studioops", [SLOW], Stopwatch())
    assert report.status is Status.PASSED
    (finding,) = report.findings
    assert (finding.severity, finding.repair) == (Severity.WARNING, "look at it")
    assert report.subjects[0].seconds == 1.5
    assert report.subjects[0].reason == ""


def test_service_that_asks_to_be_left_alone_is_degraded() -> None:
    error = ObjectStoreUnreachable("h: the object store is in trouble (SlowDown, HTTP 503)", "log")
    state = ServiceState.down("object store", error, 5)
    assert (state.status, state.cause) == (Status.PASSED, Cause.RATE_LIMITED)
    (finding,) = states_report("studioops", [state], Stopwatch()).findings
    assert (finding.severity, finding.repair) == (Severity.WARNING, "wait, and ask it less often")
    assert "fallback" not in finding.why


def test_report_is_plain_json_and_comes_back() -> None:
    report = states_report("studioops", [DATABASE, DOWN, SLOW, BUCKET], Stopwatch())
    document = json.loads(json.dumps(report.as_json()))
    assert Report.from_json(document) == report
    assert document["evidence"]["status"] == "failed"
    assert document["evidence"]["services"][1]["cause"] == "refused"
    assert len(document["evidence"]["findings"]) == 3
    assert (report.kind, report.target) == ("connectivity", "studioops")


def test_state_is_plain_json_and_comes_back() -> None:
    assert ServiceState.from_json(json.loads(json.dumps(DOWN.as_json()))) == DOWN


def test_limit_ends_the_wait_and_what_is_waited_for() -> None:
    ended = threading.Event()
    began = time.monotonic()
    with pytest.raises(TimeoutError):
        within(0.1, lambda: ended.wait(10), ended.set)
    assert time.monotonic() - began < 1
    assert ended.is_set()


def test_limit_passes_results_and_errors_on() -> None:
    given_up: list[bool] = []
    assert within(5, lambda: 7, lambda: given_up.append(True)) == 7
    with pytest.raises(ZeroDivisionError):
        within(5, lambda: 1 // 0, lambda: given_up.append(True))
    assert given_up == []
