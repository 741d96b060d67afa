"""Two commands at once: the second waits, or says why it can't."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from studioops.errors import Refused
from studioops.local.lock import stack_lock
from studioops.local.state import LocalPaths

HOLDER = """
import sys, time
from pathlib import Path
from studioops.local.lock import stack_lock
from studioops.local.state import LocalPaths
with stack_lock(LocalPaths(Path(sys.argv[1])), print):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def paths(tmp_path: Path) -> LocalPaths:
    """An empty stack."""
    return LocalPaths(tmp_path / "stack")


@pytest.fixture
def holder(paths: LocalPaths) -> Iterator[subprocess.Popen[str]]:
    """Another command that holds the stack."""
    command = [sys.executable, "-c", HOLDER, str(paths.root)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_the_second_says_who_holds_it_and_gives_up(
    paths: LocalPaths, holder: subprocess.Popen[str]
) -> None:
    said: list[str] = []
    with pytest.raises(Refused) as caught, stack_lock(paths, said.append, patience=0.2):
        pytest.fail("held twice")
    assert str(holder.pid) in caught.value.message
    assert [str(holder.pid) in line for line in said] == [True]


def test_the_second_gets_it_when_the_first_is_killed(
    paths: LocalPaths, holder: subprocess.Popen[str]
) -> None:
    threading.Timer(0.3, holder.kill).start()
    began = time.monotonic()
    with stack_lock(paths, lambda _: None, patience=10):
        assert time.monotonic() - began >= 0.2


def test_a_free_lock_says_nothing(paths: LocalPaths) -> None:
    said: list[str] = []
    for _ in range(2):
        with stack_lock(paths, said.append, patience=0):
            pass
    assert said == []


def test_an_error_inside_lets_go(paths: LocalPaths) -> None:
    with pytest.raises(KeyboardInterrupt), stack_lock(paths, print):
        raise KeyboardInterrupt
    with stack_lock(paths, print, patience=0):
        pass
