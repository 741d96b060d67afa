"""Ends a program when we are killed with SIGKILL, which nothing in our own process can do."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from typing import Self

# A pipe that only we hold ends with us, however we end. A paused program hears SIGTERM after
# SIGCONT alone; pg_dump then has the server cancel what it runs for it.
SCRIPT = 'read -r _; kill -s TERM -- "-$1"; kill -s CONT -- "-$1"; sleep 2; kill -s KILL -- "-$1"'


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
                ["/bin/sh", "-c", SCRIPT, "studioops-guard", str(group)],
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
