"""A program run by itself, with its time and its memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

METER = Path(__file__).with_name("meter.py")
# No setting of whoever runs the benchmark reaches what is measured.
KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR")


@dataclass(frozen=True)
class Done:
    """A program that has ended.

    Args:
        seconds: from its start to its end.
        peak_mb: the most memory that it had.
        stdout: what it said.
    """

    seconds: float
    peak_mb: float
    stdout: str


def run_measured(
    command: Sequence[str],
    directory: Path,
    *,
    codes: Sequence[int] = (0,),
    environment: Mapping[str, str] | None = None,
) -> Done:
    """Run a program to its end.

    Args:
        command: the program and its arguments.
        directory: where it runs.
        codes: the exit codes that mean that it has done its work.
        environment: variables beside the few that are kept.

    Raises:
        RuntimeError: it ended with another code; says the last of what it wrote.
    """
    output, errors = directory / "stdout.txt", directory / "stderr.txt"
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    with output.open("wb") as out, errors.open("wb") as err:
        metered = subprocess.run(
            [sys.executable, "-I", str(METER), str(out.fileno()), str(err.fileno()), *command],
            cwd=directory,
            env={**kept, **(environment or {})},
            pass_fds=(out.fileno(), err.fileno()),
            capture_output=True,
            check=True,
        )
    figures = json.loads(metered.stdout)
    said = output.read_text(encoding="utf-8", errors="replace")
    if figures["code"] not in codes:
        told = errors.read_text(encoding="utf-8", errors="replace") or said
        raise RuntimeError(f"{Path(command[0]).name} ended with {figures['code']}: {told[-2000:]}")
    return Done(figures["seconds"], figures["peak_mb"], said)
