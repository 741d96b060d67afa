"""What the ledger keeps of services: changes of level, and how long they were away."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from studioops.ledger.model import RunRef

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ServiceEvent:
    """One change of a service's level.

    Args:
        service: its name; the whole has one of its own.
        before: the level that it left.
        after: the one that it came to.
        at: when.
        cause: of the look that showed it.
        message: of that look, one line.
        seconds: how long the level before lasted; None where nothing was known before.
        down_seconds: from the first look that failed until it was back; None where this is no
            recovery.
        run: who looked; None until the ledger has it.
    """

    service: str
    before: str
    after: str
    at: datetime
    cause: str
    message: str
    seconds: float | None = None
    down_seconds: float | None = None
    run: RunRef | None = None

    def as_json(self) -> Document:
        """Plain JSON values."""
        return {**asdict(self), "at": self.at.astimezone(UTC).isoformat()}


@dataclass(frozen=True, slots=True)
class Recoveries:
    """How long a service was away, each time that it came back.

    Args:
        service: its name.
        times: how often it came back.
        mean_seconds: mean time to recovery, from the first look that failed until it was back.
        longest_seconds: the longest of them.
        last_at: when it last came back.
    """

    service: str
    times: int
    mean_seconds: float
    longest_seconds: float
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Moves:
    """What came of looks, for the ledger to keep.

    Args:
        standings: of each service, as JSON with ``level``, ``since`` and ``looked_at`` at least.
        events: the changes of level.
    """

    standings: Mapping[str, Document]
    events: Sequence[ServiceEvent]


# From what is kept, by service, to what shall be.
Judge = Callable[[Mapping[str, Document]], Moves]
# From a breaker as it is kept, None at first, to what it shall be.
Turn = Callable[[Document | None], Document]
