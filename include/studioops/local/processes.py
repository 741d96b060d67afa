"""Processes of the stack: started in a session of their own, known again, stopped for good."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

# The process itself notes its id before it becomes the server, so that no moment exists in which
# it runs and nobody could find it.
LAUNCHER = 'echo $$ > "$0" && exec "$@"'
GONE = (psutil.NoSuchProcess, psutil.ZombieProcess, psutil.AccessDenied)


@dataclass(frozen=True, slots=True)
class Session:
    """The processes that one command of the stack started, found again by later commands.

    A process is ours when it is in the session that the pid file names *and* works in the part's
    own directory: a pid that somebody else got since then does neither.

    Args:
        pid_file: where the first process noted its id, which is its session's too.
        directory: the working directory of all of them.
    """

    pid_file: Path
    directory: Path

    @property
    def leader(self) -> int | None:
        """The id of the first process, as noted; it may be gone."""
        try:
            return int(self.pid_file.read_text(encoding="ascii"))
        except (FileNotFoundError, ValueError):
            return None

    def members(self) -> list[psutil.Process]:
        """Those that are alive, the first one first."""
        leader = self.leader
        if leader is None:
            return []
        found = [one for one in psutil.process_iter() if self._has(one, leader)]
        return sorted(found, key=lambda one: one.pid != leader)

    def running(self) -> int | None:
        """The id of the first process where it is alive."""
        leader = self.leader
        try:
            return leader if leader and self._has(psutil.Process(leader), leader) else None
        except psutil.NoSuchProcess:
            return None

    def start(
        self, command: Sequence[str], environment: Mapping[str, str], log: Path
    ) -> subprocess.Popen[bytes]:
        """Run a command as the leader of a new session.

        Args:
            command: program and arguments.
            environment: the whole of it.
            log: where its output is appended.
        """
        self.directory.mkdir(parents=True, exist_ok=True)
        self.pid_file.unlink(missing_ok=True)
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as output:
            return subprocess.Popen(
                ["/bin/sh", "-c", LAUNCHER, str(self.pid_file), *command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=self.directory,
                env=dict(environment),
                start_new_session=True,
            )

    def stop(self, first: signal.Signals, patience: float) -> None:
        """End all of them.

        Args:
            first: the signal that the first process understands as a wish.
            patience: seconds to wait before what is left is killed.
        """
        leader = self.running()
        known = with_descendants(self.members())
        if leader is not None:
            send(psutil.Process(leader), first)
            wait_for(lambda: not self.members(), patience)
        end(lambda: [one for one in {*known, *self.members()} if is_alive(one)], patience=3)
        self.pid_file.unlink(missing_ok=True)

    def _has(self, process: psutil.Process, leader: int) -> bool:
        try:
            return (
                os.getsid(process.pid) == leader
                and process.status() != psutil.STATUS_ZOMBIE
                and Path(process.cwd()).is_relative_to(self.directory.resolve())
            )
        except (ProcessLookupError, *GONE):
            return False


def with_descendants(processes: Sequence[psutil.Process]) -> list[psutil.Process]:
    """Processes and all their children, those in sessions of their own included."""
    found = list(processes)
    for process in processes:
        try:
            found += process.children(recursive=True)
        except GONE:
            continue
    return found


def is_alive(process: psutil.Process) -> bool:
    """Whether exactly this process still runs; one that only waits for its parent does not."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except GONE:
        return False


def send(process: psutil.Process, number: signal.Signals) -> None:
    """A signal, unless the process is gone."""
    try:
        process.send_signal(number)
    except psutil.NoSuchProcess:
        return


def end(alive: Callable[[], Sequence[psutil.Process]], patience: float) -> None:
    """Terminate processes, and kill those that stay.

    Args:
        alive: those that are left; asked again and again, since they may have children.
        patience: seconds between the two.
    """
    for number in (signal.SIGTERM, signal.SIGKILL):
        for process in alive():
            send(process, number)
        if wait_for(lambda: not alive(), patience):
            return


def working_in(directory: Path, program: str) -> Iterator[psutil.Process]:
    """The living processes of a program that work in a directory, whoever's children they are."""
    for process in psutil.process_iter():
        try:
            if (
                process.status() != psutil.STATUS_ZOMBIE
                and Path(process.cwd()) == directory
                and Path(process.exe()).name == program
            ):
                yield process
        except GONE:
            continue


def wait_for(condition: Callable[[], bool], patience: float, pause: float = 0.1) -> bool:
    """Whether a condition came true.

    Args:
        condition: asked until it holds.
        patience: seconds after which no more is asked.
        pause: seconds between two looks.
    """
    deadline = time.monotonic() + patience
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(pause)
    return True


def last_lines(log: Path, count: int = 3) -> str:
    """The end of a log, for a message."""
    try:
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return "its log is empty"
    return " | ".join(line.strip() for line in lines[-count:]) or "its log is empty"
