"""Processes that are ended as a power cut does it, and how they ended."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress

import psutil

from studioops.errors import StudioOpsError

DONE, STOPPED, BROKEN = 0, 1, 2


def kill_all(found: Sequence[psutil.Process]) -> None:
    """All of them, in this order; one that has ended meanwhile is gone as well."""
    assert found
    for one in found:
        with suppress(psutil.NoSuchProcess):
            one.kill()
    psutil.wait_procs(found, timeout=10)


def in_a_child(work: Callable[[], object]) -> int:
    """Do something in a process of its own, which ends by an error of ours or not at all."""
    pid = os.fork()
    if pid:
        return pid
    try:
        work()
        os._exit(DONE)
    except StudioOpsError:
        os._exit(STOPPED)
    except BaseException:  # noqa: BLE001 - whatever it is, no test goes on in the child
        traceback.print_exc()
        sys.stderr.flush()
        os._exit(BROKEN)


def ended(pid: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
