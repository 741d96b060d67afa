"""How strong a lock a step takes, what that blocks meanwhile, and how long it may be waited for."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

MINUTE = 60.0
HOUR = 60 * MINUTE
# For a lock behind which every new query queues up.
LONGEST_S = 0.4


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a step may take.

    Args:
        lock: seconds to wait for one lock. Whoever waits for a strong lock keeps all others out.
        statement: seconds for one statement.
    """

    lock: float
    statement: float

    @property
    def brief(self) -> bool:
        """Whether others have to wait as long as the lock is waited for."""
        return self.lock <= LONGEST_S


class Lock(Enum):
    """The strongest lock that a step takes on any table.

    ``CONCURRENTLY`` is a SHARE UPDATE EXCLUSIVE lock that waits, besides, for every transaction
    that is older: it blocks nobody, and has to be patient.
    """

    ROW = "ROW EXCLUSIVE"
    SHARE_UPDATE_EXCLUSIVE = "SHARE UPDATE EXCLUSIVE"
    CONCURRENTLY = "CONCURRENTLY"
    SHARE_ROW_EXCLUSIVE = "SHARE ROW EXCLUSIVE"
    ACCESS_EXCLUSIVE = "ACCESS EXCLUSIVE"

    @property
    def blocks(self) -> str:
        """Who has to wait as long as it is held or waited for."""
        return BLOCKS[self]

    @property
    def patience(self) -> Patience:
        """How long a step that takes it may wait, and run."""
        return PATIENCE[self]


BLOCKS = {
    Lock.ROW: "nobody but writers of the same rows",
    Lock.SHARE_UPDATE_EXCLUSIVE: "nobody but VACUUM and other changes of the table",
    Lock.CONCURRENTLY: "nobody but VACUUM and other changes of the table",
    Lock.SHARE_ROW_EXCLUSIVE: "writers",
    Lock.ACCESS_EXCLUSIVE: "readers and writers",
}
# What blocks nobody may wait for hours; what blocks everybody gives way after a moment, for behind
# a strong lock that is waited for every new query queues up. A step may wait for two tables, one
# after the other: together less than a second, after which PostgreSQL (deadlock_timeout) would fail
# a client that waits for the first and has the second.
PATIENCE = {
    Lock.ROW: Patience(lock=5, statement=5 * MINUTE),
    Lock.SHARE_UPDATE_EXCLUSIVE: Patience(lock=MINUTE, statement=12 * HOUR),
    Lock.CONCURRENTLY: Patience(lock=HOUR, statement=12 * HOUR),
    Lock.SHARE_ROW_EXCLUSIVE: Patience(lock=LONGEST_S, statement=10),
    Lock.ACCESS_EXCLUSIVE: Patience(lock=LONGEST_S, statement=10),
}
