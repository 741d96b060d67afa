"""A program ends with its owner, paused or not; one whose owner lives is left alone."""

from __future__ import annotations

import os
import signal
import subprocess
import time

import pytest

from studioops.backups.take.guard import Guard


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
