"""``studioops run``: what ``make run`` and ``make once`` do, also when they are interrupted."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from studioops.local.state import DIR_VARIABLE

PATIENCE_S = 120
STUDIOOPS = Path(sys.executable).with_name("studioops")


def start(*arguments: str, directory: Path | None = None) -> subprocess.Popen[str]:
    environment = {**os.environ, **({DIR_VARIABLE: str(directory)} if directory else {})}
    return subprocess.Popen(
        [STUDIOOPS, "run", *arguments],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def processes_of(directory: Path) -> list[str]:
    """Processes that name this directory in their command or work in it."""
    found = []
    for process in psutil.process_iter(["cmdline", "cwd", "status"]):
        known = process.info
        words = " ".join([*(known["cmdline"] or []), known["cwd"] or ""])
        if str(directory) in words and known["status"] != psutil.STATUS_ZOMBIE:
            found.append(words)
    return found


@pytest.fixture
def other_stack(stack_dir: Path) -> Iterator[Path]:
    """A directory for a stack that was never started."""
    directory = stack_dir / "other"
    yield directory
    environment = {**os.environ, DIR_VARIABLE: str(directory)}
    subprocess.run([STUDIOOPS, "down"], env=environment, check=False, capture_output=True)


def test_an_unknown_target_still_gets_its_verdict_into_the_ledger(airflow_stack: Any) -> None:
    process = start("--once", "--target", "unknown")
    out, _ = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0, out
    assert "verdict: not_checked" in out
    assert "Airflow has no connection called 'unknown'" in out


@pytest.mark.usefixtures("ledger_closed")
def test_a_verdict_that_never_got_into_the_ledger_is_no_success() -> None:
    process = start("--once")
    out, _ = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 3, out
    last = out.strip().splitlines()[-1]
    assert "ledger" in last
    assert "next:" in last
    assert "Traceback" not in out


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 128 + signal.SIGTERM)]
)
def test_interrupted_while_it_starts_it_stops_all_that_it_started(
    other_stack: Path, number: signal.Signals, code: int
) -> None:
    process = start(directory=other_stack)
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith("starting Airflow"):
            break
    time.sleep(1)
    process.send_signal(number)
    out, _ = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == code, out
    assert "stopping PostgreSQL" in out
    assert "Traceback" not in out
    assert processes_of(other_stack) == []
