"""Programs that end with us, even when we are killed with SIGKILL, which no code of ours hears."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import IO, Self

# A pipe that only we hold ends with us, however we end. A paused program hears SIGTERM after
# SIGCONT alone; pg_dump and pg_restore then have the server cancel what it runs for them.
SCRIPT = 'read -r _; kill -s TERM -- "-$1"; kill -s CONT -- "-$1"; sleep 2; kill -s KILL -- "-$1"'
# The program's own process waits for a word; a pipe that ends without one starts nothing.
GATE = 'read -r _ || exit 0; exec "$@" </dev/null'
SHELL = "/bin/sh"
# What the shell ends with where the system does not let it start the program.
NOT_STARTED = (126, 127)


@dataclass(frozen=True)
class Guard:
    """One that watches over a process group, from a session of its own.

    Args:
        process: the watcher.
    """

    process: subprocess.Popen[bytes]

    @classmethod
    def over(cls, group: int) -> Self:
        """Start one.

        Args:
            group: of processes, by its leader's id, who is a child of ours not reaped yet.

        Raises:
            OSError: there is no shell, or no room for a process.
        """
        return cls(
            subprocess.Popen(
                [SHELL, "-c", SCRIPT, "studioops-guard", str(group)],
                env={"PATH": os.defpath},
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd="/",
                start_new_session=True,
            )
        )

    def release(self) -> None:
        """Watch no more: once the leader is reaped, its id may be given to somebody else."""
        self.process.kill()
        self.process.wait()
        if self.process.stdin is not None:
            self.process.stdin.close()


@dataclass
class Program:
    """A program in a process group of its own that never outlives us.

    Args:
        process: its leader; its exit code is one of ``NOT_STARTED`` where it can't be run.
        guard: that ends it should we be killed; None once it is released.
    """

    process: subprocess.Popen[bytes]
    guard: Guard | None

    @classmethod
    def at_gate(
        cls, command: Sequence[str], environment: Mapping[str, str], stderr: int | IO[bytes]
    ) -> Self:
        """Start the program's process, which waits, and a guard over it.

        Args:
            command: the program and its words.
            environment: of the program.
            stderr: as :class:`subprocess.Popen` takes it; there is nothing to read or write else.

        Raises:
            OSError: there is no shell, or no room for a process.
        """
        process = subprocess.Popen(
            [SHELL, "-c", GATE, "studioops-gate", *command],
            env=dict(environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=stderr,
            start_new_session=True,
        )
        try:
            return cls(process, Guard.over(process.pid))
        except BaseException:
            process.kill()
            process.wait()
            raise

    def begin(self) -> None:
        """Let it run what it was started for."""
        if self.process.stdin is not None:
            # Whoever killed it meanwhile is told by its exit code.
            with suppress(BrokenPipeError):
                self.process.stdin.write(b"\n")
                self.process.stdin.close()

    def release(self) -> None:
        """It has ended, and needs no guard."""
        if self.guard is not None:
            self.guard.release()
            self.guard = None
