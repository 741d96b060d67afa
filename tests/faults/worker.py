"""A process that takes or drills, to be killed.

python -m tests.faults.worker WORLD take|drill BACKUP_ID [STEP]
"""

from __future__ import annotations

import json
import os
import signal
import sys
from types import SimpleNamespace

import psutil

from tests.faults.boundaries import plant
from tests.faults.world import PROGRAMS, World

READY = "ready"


def die() -> None:
    """At the worst moment: pg_dump is paused, as while the store is slow."""
    for child in psutil.Process().children():
        if child.name() in PROGRAMS:
            os.killpg(child.pid, signal.SIGSTOP)
    os.kill(os.getpid(), signal.SIGKILL)


def main(about: str, work: str, backup_id: str, step: str = "") -> None:
    world = World(**json.loads(about))
    if step:
        patch = SimpleNamespace(setattr=setattr)
        plant(patch, work, step, die)
    print(READY, flush=True)  # noqa: T201 - whoever kills us waits for it
    if work == "take":
        world.take()
    else:
        world.drill(backup_id)


if __name__ == "__main__":
    main(*sys.argv[1:])
