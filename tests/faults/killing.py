"""Ending processes as a power cut does."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

import psutil


def kill_all(found: Sequence[psutil.Process]) -> None:
    """All of them, in this order; one that has ended meanwhile is gone as well."""
    assert found
    for one in found:
        with suppress(psutil.NoSuchProcess):
            one.kill()
    psutil.wait_procs(found, timeout=10)
