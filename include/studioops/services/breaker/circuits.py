"""Where circuits are kept: in the ledger for all workers, in memory while it is away."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Protocol

from studioops.errors import LedgerUnavailable
from studioops.ledger import Ledger
from studioops.services.breaker.circuit import Circuit

log = logging.getLogger(__name__)

PAUSE_S = 30
Change = Callable[[Circuit], Circuit]
Clock = Callable[[], datetime]


class Circuits(Protocol):
    """Keeps one circuit a service."""

    @property
    def trouble(self) -> str:
        """Why other workers are not told for now, one line; empty where they are."""

    def read(self, service: str) -> Circuit:
        """The circuit as it is."""

    def change(self, service: str, change: Change) -> Circuit:
        """Change it, nobody else doing so meanwhile; what it is now."""


class InMemory:
    """Circuits of this process alone, where no ledger is configured."""

    trouble = ""

    def __init__(self) -> None:
        self._circuits: dict[str, Circuit] = {}
        self._lock = Lock()

    def read(self, service: str) -> Circuit:
        """The circuit as it is."""
        return self._circuits.get(service, Circuit())

    def change(self, service: str, change: Change) -> Circuit:
        """Change it; what it is now."""
        with self._lock:
            changed = self._circuits[service] = change(self.read(service))
        return changed


class Shared:
    """Circuits of all workers, in the ledger.

    A ledger that is away takes no service down with it: then this process goes on from what it
    last knew, says so in the log and in ``trouble``, and looks for the ledger again after a
    while. What it has opened meanwhile is told to the others then.

    Args:
        ledger: where they are kept.
        clock: the time, with its offset.
        pause: seconds for which a ledger that is away is not asked again.
    """

    def __init__(self, ledger: Ledger, clock: Clock | None = None, pause: float = PAUSE_S) -> None:
        self.trouble = ""
        self._ledger = ledger
        self._clock = clock or utc_now
        self._pause = timedelta(seconds=pause)
        self._not_before: datetime | None = None
        self._memory = InMemory()
        self._untold: set[str] = set()

    def read(self, service: str) -> Circuit:
        """The circuit as it is."""
        if service in self._untold:
            return self.change(service, _same)
        return self._asked(
            service, lambda: Circuit.from_json(self._ledger.breaker(service))
        ) or self._memory.read(service)

    def change(self, service: str, change: Change) -> Circuit:
        """Change it; what it is now."""
        found = self._asked(service, lambda: self._turned(service, change))
        if found is None:
            self._untold.add(service)
            return self._memory.change(service, change)
        self._untold.discard(service)
        return found

    def _turned(self, service: str, change: Change) -> Circuit:
        mine = self._memory.read(service) if service in self._untold else Circuit()
        return Circuit.from_json(
            self._ledger.turn_breaker(
                service,
                lambda kept: change(Circuit.from_json(kept).stricter(mine)).as_json(),
            )
        )

    def _asked(self, service: str, ask: Callable[[], Circuit]) -> Circuit | None:
        """What the ledger says, remembered; None while it is away."""
        now = self._clock()
        if self._not_before is not None and now < self._not_before:
            return None
        try:
            found = ask()
        except LedgerUnavailable as error:
            self._lost(error, now)
            return None
        self._back()
        self._memory.change(service, lambda _: found)
        return found

    def _lost(self, error: LedgerUnavailable, now: datetime) -> None:
        if not self.trouble:
            log.warning("breakers are this process's own for now: %s", error.reason)
        self.trouble = error.message
        self._not_before = now + self._pause

    def _back(self) -> None:
        if self.trouble:
            log.warning("breakers are shared by all workers again")
        self.trouble = ""
        self._not_before = None


def utc_now() -> datetime:
    """The time in UTC."""
    return datetime.now(UTC)


def _same(circuit: Circuit) -> Circuit:
    return circuit
