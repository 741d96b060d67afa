"""The probe of this machine, against this machine."""

from __future__ import annotations

from pathlib import Path

import psutil
import pytest

from studioops.model import Status
from studioops.services import Cause, ServiceState
from studioops.services.probes import host as room
from studioops.services.probes import probe_host

NEVER = 1000


def test_tells_what_is_in_use(tmp_path: Path) -> None:
    state = probe_host([str(tmp_path)], filling_over=NEVER, full_over=NEVER)
    assert (state.status, state.cause, state.next_step) == (Status.PASSED, Cause.OK, "")
    used = state.details["used_percent"]
    assert list(used) == ["memory", f"disk {tmp_path}"]
    assert abs(used[f"disk {tmp_path}"] - psutil.disk_usage(str(tmp_path)).percent) < 5
    assert 0 < used["memory"] < 100
    assert ServiceState.from_json(state.as_json()) == state


@pytest.mark.parametrize(
    ("memory", "disk", "status", "cause"),
    [
        (80, 80, Status.PASSED, Cause.OK),
        (80.1, 10, Status.PASSED, Cause.FILLING),
        (10, 80.1, Status.PASSED, Cause.FILLING),
        (90, 89, Status.PASSED, Cause.FILLING),
        (89, 90, Status.PASSED, Cause.FILLING),
        (90.1, 10, Status.FAILED, Cause.FULL),
        (85, 90.1, Status.FAILED, Cause.FULL),
    ],
)
def test_over_eighty_is_degraded_and_over_ninety_failed(
    monkeypatch: pytest.MonkeyPatch, memory: float, disk: float, status: Status, cause: Cause
) -> None:
    monkeypatch.setattr(room, "_used", lambda _: {"memory": memory, "disk /": disk})
    state = probe_host()
    assert (state.status, state.cause) == (status, cause)
    assert cause.degraded is (cause is Cause.FILLING)
    if cause is not Cause.OK:
        assert ("memory" in state.next_step) is (memory > disk)


def test_real_figures_cross_the_limits(tmp_path: Path) -> None:
    assert probe_host([str(tmp_path)], filling_over=0, full_over=NEVER).cause is Cause.FILLING
    assert probe_host([str(tmp_path)], filling_over=0, full_over=0).cause is Cause.FULL


def test_path_that_is_not_there_is_not_looked_at(tmp_path: Path) -> None:
    state = probe_host([str(tmp_path / "gone")])
    assert (state.status, state.cause) == (Status.NOT_CHECKED, Cause.ERROR)
    assert str(tmp_path / "gone") in state.message
    assert state.next_step


def test_file_system_that_never_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    import threading

    held = threading.Event()
    monkeypatch.setattr(room, "_used", lambda _: held.wait(10))
    state = probe_host(timeout=0.1)
    held.set()
    assert (state.status, state.cause) == (Status.FAILED, Cause.TIMEOUT)
    assert state.latency_ms < 1000
