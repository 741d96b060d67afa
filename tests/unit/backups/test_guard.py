"""A program ends with its owner, paused or not; one whose owner lives is left alone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import psutil
import pytest

from studioops.backups.guard import NOT_STARTED, Guard, Program


@pytest.fixture
def program():
    with subprocess.Popen(["sleep", "60"], start_new_session=True) as process:
        yield process
        process.kill()


@pytest.mark.parametrize("paused", [False, True])
def test_program_whose_owner_is_gone_is_ended(program, paused):
    if paused:
        os.killpg(program.pid, signal.SIGSTOP)
    guard = Guard.over(program.pid)
    # What the kernel does when the owner dies.
    guard.process.stdin.close()
    assert program.wait(5) == -signal.SIGTERM
    guard.process.wait(5)


def test_program_that_does_not_listen_is_killed():
    words = ["/bin/sh", "-c", "trap '' TERM; echo up; while :; do sleep 1; done"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, start_new_session=True) as process:
        assert process.stdout.readline() == b"up\n"
        guard = Guard.over(process.pid)
        guard.process.stdin.close()
        assert process.wait(10) == -signal.SIGKILL
        guard.process.wait(5)


def test_released_guard_ends_nothing(program):
    guard = Guard.over(program.pid)
    guard.release()
    time.sleep(0.2)
    assert program.poll() is None
    assert guard.process.returncode == -signal.SIGKILL


def at_gate(*command: str) -> Program:
    return Program.at_gate(command, dict(os.environ), subprocess.PIPE)


def test_program_begins_when_it_is_told():
    program = at_gate("/bin/sh", "-c", 'echo "$1" >&2; exit 3', "name", "a word; and $more")
    with program.process as process:
        time.sleep(0.1)
        assert process.poll() is None
        program.begin()
        assert process.stderr.read() == b"a word; and $more\n"
        assert process.wait(5) == 3
    program.release()


def test_program_that_is_not_there_says_so():
    program = at_gate("/not/there")
    with program.process as process:
        program.begin()
        assert process.wait(5) in NOT_STARTED
        assert b"/not/there" in process.stderr.read()
    program.release()


def test_program_that_was_ended_at_its_gate_is_told_nothing(tmp_path):
    program = at_gate("touch", str(tmp_path / "began"))
    with program.process as process:
        process.kill()
        process.wait(5)
        program.begin()
    program.release()
    assert not (tmp_path / "began").exists()


KILLED = """
import os, signal, subprocess, sys
from pathlib import Path
from studioops.backups import guard
begin, where = sys.argv[1] == "begun", Path(sys.argv[2])
die = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
if sys.argv[1] == "before the guard":
    guard.Guard.over = die
program = guard.Program.at_gate(
    ["/bin/sh", "-c", f"echo $$ > {where}; exec sleep 60"], dict(os.environ), subprocess.DEVNULL
)
if begin:
    program.begin()
    while not where.exists() or not where.read_text().strip():
        pass
die()
"""


@pytest.mark.parametrize("moment", ["before the guard", "at the gate", "begun"])
def test_whenever_the_owner_is_killed_nothing_goes_on(moment, tmp_path):
    pid = tmp_path / "pid"
    owner = subprocess.run([sys.executable, "-c", KILLED, moment, str(pid)], check=False)
    assert owner.returncode == -signal.SIGKILL
    time.sleep(0.3)
    assert pid.exists() == (moment == "begun")
    if pid.exists():
        assert not runs(int(pid.read_text()))


def runs(pid: int) -> bool:
    """Where nobody reaps what is left over, it stays as a zombie."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
