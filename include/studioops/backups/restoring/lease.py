"""Whose a scratch database is, and until when: kept in the database's own comment."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import psutil

MARK = "studioops-scratch"
DAG_WORDS = 3
# A start is computed from the machine's clock, which may be set meanwhile.
START_TOLERANCE_S = 60


@dataclass(frozen=True, slots=True)
class Lease:
    """Who uses a scratch database.

    Args:
        owner: who, such as ``dag restore_drill scheduled__…``.
        until: after that anyone may drop it; with its offset.
        host: of the process that uses it; empty where that may be any.
        pid: of that process; 0 for none in particular.
        started: when that process began, seconds since the epoch: a pid is given out again.
    """

    owner: str
    until: datetime
    host: str = ""
    pid: int = 0
    started: float = 0.0

    def over(self, now: datetime, owner: str = "") -> str:
        """Why it does not hold any more; empty while it does.

        Args:
            now: with its offset.
            owner: who asks. Another run of the same DAG is over, since one runs at a time.
        """
        if now >= self.until:
            return f"its lease ended at {self.until:%Y-%m-%d %H:%M %Z}"
        if self.host == socket.gethostname() and self.pid and not self._lives():
            return f"process {self.pid} of {self.host} is gone"
        if _same_dag(self.owner, owner):
            return f"the run {self.owner} is over"
        return ""

    def as_comment(self) -> str:
        """What is written in the database's comment."""
        words = {
            "owner": self.owner,
            "until": self.until.astimezone(UTC).isoformat(),
            "host": self.host,
            "pid": self.pid,
            "started": self.started,
        }
        return json.dumps({MARK: words})

    @classmethod
    def from_comment(cls, comment: str | None) -> Lease | None:
        """The lease that a comment holds; None where it is none of ours."""
        try:
            words: Mapping[str, Any] = json.loads(comment or "")[MARK]
            until = datetime.fromisoformat(words["until"]).astimezone(UTC)
            return cls(
                str(words["owner"]),
                until,
                str(words["host"]),
                int(words["pid"]),
                float(words["started"]),
            )
        except (ValueError, TypeError, KeyError, IndexError):
            return None

    def _lives(self) -> bool:
        try:
            began = _start_of(self.pid)
        except psutil.AccessDenied:
            return True
        return began is not None and abs(began - self.started) < START_TOLERANCE_S


def this_process_lease(hours: float, owner: str = "command line") -> Lease:
    """A lease that ends with this process, or after some hours.

    Args:
        hours: how long at most.
        owner: who, for whoever finds the database.
    """
    pid = os.getpid()
    until = datetime.now(UTC) + timedelta(hours=hours)
    return Lease(owner, until, socket.gethostname(), pid, _start_of(pid) or 0.0)


def _start_of(pid: int) -> float | None:
    """When a process began; None where there is none, or one that only waits to be reaped."""
    try:
        process = psutil.Process(pid)
        dead = process.status() == psutil.STATUS_ZOMBIE
        return None if dead else process.create_time()
    except psutil.NoSuchProcess:
        return None


def _same_dag(one: str, other: str) -> bool:
    """Whether both are runs of one DAG, and not the same run."""
    first, second = one.split(" ", 2), other.split(" ", 2)
    both = len(first) == len(second) == DAG_WORDS and first[0] == second[0] == "dag"
    return both and first[1] == second[1] and first[2] != second[2]
