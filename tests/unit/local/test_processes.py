"""Processes: known again by later commands, never mistaken, gone after a stop."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from studioops.local.processes import Session, is_alive, last_lines, wait_for, working_in

SLEEP = ["/bin/sleep", "300"]
ENVIRONMENT = {"PATH": os.defpath}


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    """A session that is over when the test is."""
    one = Session(tmp_path / "pid", tmp_path / "home")
    yield one
    one.stop(signal.SIGKILL, 1)


def start(session: Session, *command: str) -> subprocess.Popen[bytes]:
    """Start a command and wait until the session knows it."""
    process = session.start(command, ENVIRONMENT, session.directory.parent / "log")
    assert wait_for(lambda: session.running() is not None, 5, pause=0.01)
    return process


def test_nothing_runs_before_the_start(session: Session) -> None:
    assert session.leader is None
    assert session.running() is None
    assert session.members() == []
    session.stop(signal.SIGTERM, 1)


def test_a_started_process_is_found_by_its_note(session: Session) -> None:
    process = start(session, *SLEEP)
    again = Session(session.pid_file, session.directory)
    assert again.running() == process.pid == os.getsid(process.pid)
    assert [one.pid for one in again.members()] == [process.pid]


def test_output_is_appended_to_the_log(session: Session) -> None:
    for word in ("one", "two"):
        session.start(["/bin/echo", word], ENVIRONMENT, session.directory.parent / "log").wait()
    assert last_lines(session.directory.parent / "log") == "one | two"


def test_somebody_who_got_the_pid_since_is_not_ours(session: Session, tmp_path: Path) -> None:
    with subprocess.Popen(SLEEP, cwd=tmp_path, start_new_session=True) as stranger:
        session.pid_file.write_text(str(stranger.pid))
        assert session.running() is None
        assert session.members() == []
        session.stop(signal.SIGTERM, 1)
        assert stranger.poll() is None
        stranger.kill()


@pytest.mark.parametrize("note", ["", "not a number", "99999999"])
def test_a_broken_note_finds_nobody(session: Session, note: str) -> None:
    session.pid_file.write_text(note)
    assert session.running() is None
    session.stop(signal.SIGTERM, 1)
    assert not session.pid_file.exists()


def test_orphans_of_a_killed_leader_are_ended(session: Session) -> None:
    leader = start(session, "/bin/sh", "-c", "sleep 300 & sleep 300 & wait")
    assert wait_for(lambda: len(session.members()) == 3, 5)
    orphans = session.members()[1:]
    leader.kill()
    leader.wait()
    assert session.running() is None
    assert len(session.members()) == 2
    session.stop(signal.SIGTERM, 1)
    assert not any(is_alive(one) for one in orphans)


def test_one_that_ignores_the_wish_is_killed(session: Session) -> None:
    stubborn = "trap '' TERM INT; echo ready; while :; do sleep 1; done"
    leader = start(session, "/bin/sh", "-c", stubborn)
    assert wait_for(lambda: "ready" in last_lines(session.directory.parent / "log"), 5)
    session.stop(signal.SIGTERM, 0.3)
    assert leader.wait(5) == -signal.SIGKILL


def test_a_child_in_a_session_of_its_own_is_ended_too(session: Session) -> None:
    script = (
        "import subprocess, time\n"
        "child = subprocess.Popen(['/bin/sleep', '300'], cwd='/', start_new_session=True)\n"
        "print(child.pid, flush=True)\n"
        "time.sleep(300)\n"
    )
    log = session.directory.parent / "log"
    start(session, sys.executable, "-c", script)
    assert wait_for(lambda: log.read_text().strip().isdigit(), 10)
    child = psutil.Process(int(log.read_text()))
    session.stop(signal.SIGTERM, 1)
    assert not is_alive(child)


def test_a_zombie_does_not_run(session: Session) -> None:
    process = start(session, *SLEEP)
    os.kill(process.pid, signal.SIGKILL)
    assert wait_for(
        lambda: psutil.Process(process.pid).status() == psutil.STATUS_ZOMBIE, 5, pause=0.01
    )
    assert session.running() is None
    assert session.members() == []
    process.wait()


def test_processes_are_found_by_where_they_work(tmp_path: Path) -> None:
    with subprocess.Popen(SLEEP, cwd=tmp_path) as process:
        name = Path(psutil.Process(process.pid).exe()).name
        assert wait_for(lambda: list(working_in(tmp_path, name)) != [], 5)
        assert [one.pid for one in working_in(tmp_path, name)] == [process.pid]
        assert list(working_in(tmp_path, "postgres")) == []
        assert list(working_in(tmp_path.parent, name)) == []
        process.kill()


def test_waiting_ends_at_its_deadline() -> None:
    began = time.monotonic()
    assert not wait_for(lambda: False, 0.2, pause=0.05)
    assert 0.2 <= time.monotonic() - began < 2
    assert wait_for(lambda: True, 0)


def test_a_missing_log_is_no_error(tmp_path: Path) -> None:
    assert last_lines(tmp_path / "none") == "its log is empty"
    (tmp_path / "empty").touch()
    assert last_lines(tmp_path / "empty") == "its log is empty"
