"""One command at a time starts or stops parts of a stack."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

from studioops.errors import Refused
from studioops.local.processes import wait_for
from studioops.local.state import LocalPaths

PATIENCE_S = 180


@contextmanager
def stack_lock(
    paths: LocalPaths, say: Callable[[str], None], patience: float = PATIENCE_S
) -> Iterator[None]:
    """Hold the stack; the system lets go of it when this process ends, however it ends.

    Args:
        paths: of the stack.
        say: told when another command has it and this one waits.
        patience: seconds to wait.

    Raises:
        Refused: the other command still has it.
    """
    paths.root.mkdir(parents=True, exist_ok=True)
    with paths.lock.open("a+", encoding="ascii") as file:
        if not _taken(file):
            holder = _holder(file)
            say(f"another `studioops up` or `down` is at work ({holder}): waiting for it")
            if not wait_for(lambda: _taken(file), patience):
                raise Refused(
                    f"another `studioops up` or `down` ({holder}) holds {paths.lock}",
                    "wait for it to end, or end it, then run this again",
                )
        file.seek(0)
        file.truncate()
        file.write(str(os.getpid()))
        file.flush()
        yield


def _taken(file: TextIO) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _holder(file: TextIO) -> str:
    file.seek(0)
    return f"process {file.read().strip() or 'unknown'}"
