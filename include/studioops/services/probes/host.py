"""The probe of this machine: its memory and its disks."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from studioops.model import Status, Stopwatch
from studioops.services.probes.limit import within
from studioops.services.state import Cause, ServiceState

SERVICE = "host"
MEMORY = "memory"


def probe_host(
    paths: Collection[str] = ("/",),
    *,
    filling_over: float = 80,
    full_over: float = 90,
    timeout: float = 5,
    slow_after: float = 1,
    service: str = SERVICE,
) -> ServiceState:
    """One look at this machine. Never raises for a fault of it.

    Args:
        paths: one on every file system that matters.
        filling_over: per cent in use over which it counts as degraded.
        full_over: per cent in use over which it counts as failed.
        timeout: seconds for the whole look: a file system that is away answers never.
        slow_after: seconds from which an answer counts as degraded.
        service: the name to report it by.

    Returns:
        passed or failed with per cent in use in details; not_checked where a path is not there.
    """
    watch = Stopwatch()
    try:
        used = within(timeout, lambda: _used(paths), lambda: None)
    except TimeoutError:
        said = f"a file system did not answer in {timeout:g} s"
        step = "look at its mounts: `findmnt`, `mount`"
        latency = watch.seconds * 1000
        return ServiceState(service, Status.FAILED, Cause.TIMEOUT, said, step, latency)
    except OSError as error:
        said = f"{error.filename or 'the machine'} can't be looked at: {error.strerror}"
        return ServiceState(
            service, Status.NOT_CHECKED, Cause.ERROR, said, "name a path that is there"
        )
    return _judged(service, used, watch.seconds, (filling_over, full_over, slow_after))


def _used(paths: Collection[str]) -> dict[str, float]:
    """Per cent in use."""
    import psutil

    disks = {f"disk {path}": float(psutil.disk_usage(path).percent) for path in paths}
    return {MEMORY: float(psutil.virtual_memory().percent), **disks}


def _judged(
    service: str, used: Mapping[str, float], seconds: float, limits: tuple[float, float, float]
) -> ServiceState:
    filling_over, full_over, slow_after = limits
    worst = max(used, key=lambda name: used[name])
    status, cause, step = Status.PASSED, Cause.OK, ""
    if used[worst] > full_over:
        status, cause = Status.FAILED, Cause.FULL
    elif used[worst] > filling_over:
        cause = Cause.FILLING
    elif seconds > slow_after:
        cause, step = Cause.SLOW, "look at the machine's load and its disks"
    if cause in (Cause.FULL, Cause.FILLING):
        step = "end what uses it, or add memory" if worst == MEMORY else "make room, or add a disk"
    said = ", ".join(f"{name} {value:.0f} %" for name, value in used.items()) + " in use"
    details = {"used_percent": dict(used)}
    return ServiceState(service, status, cause, said, step, seconds * 1000, details)
