"""Something measured in a process of its own, whose memory is nobody else's."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

CHILD = "from bench.apart import child; child()"


def in_a_process(module: str, way: str, asked: dict[str, Any]) -> dict[str, Any]:
    """What a way answers in a process of its own.

    Args:
        module: whose ``measured(way, asked)`` answers plain JSON values.
        way: its name.
        asked: plain JSON values; on its standard input, since others can read a command line.

    Raises:
        RuntimeError: it failed; says the last of what it wrote.
    """
    done = subprocess.run(
        [sys.executable, "-c", CHILD, module, way],
        input=json.dumps(asked),
        text=True,
        capture_output=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{way} ended with {done.returncode}: {done.stderr[-2000:]}")
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def child() -> None:
    """That process."""
    module, way = sys.argv[1:]
    answer = import_module(module).measured(way, json.load(sys.stdin))
    json.dump(answer, sys.stdout)


def peak_mb() -> float:
    """This process's own peak, which getrusage mixes with that of the one that started it."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024
