"""What pybreaker asks and tells during one call, on a circuit that others turn too."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

from pybreaker import CircuitBreakerStorage

from studioops.services.breaker.circuit import CLOSED, HALF_OPEN, OPEN, Rules
from studioops.services.breaker.circuits import Change, Circuits, Clock


class CallStorage(CircuitBreakerStorage):
    """The circuit of one call: read once as it begins, and turned by how it ends.

    Args:
        service: whose circuit.
        circuits: where it is kept.
        rules: when it opens, and for how long.
        clock: the time.
    """

    # Of several tries the first one that is answered closes the breaker.
    success_counter = 1

    def __init__(self, service: str, circuits: Circuits, rules: Rules, clock: Clock) -> None:
        super().__init__(service)
        self.circuit = circuits.read(service)
        self.says_nothing = False
        self._circuits = circuits
        self._rules = rules
        self._clock = clock
        self._openings = self.circuit.openings
        self._token = uuid4().hex
        self._reason = ""
        self._asked = 0.0

    def note(self, reason: str, retry_after_s: float) -> None:
        """Remember how the call failed, before pybreaker counts it.

        Args:
            reason: one line.
            retry_after_s: seconds that the service asks to be left alone for.
        """
        self._reason = reason
        self._asked = min(retry_after_s, self._rules.longest)

    def admit(self) -> bool:
        """Whether the call may go through: half-open, only so many may at a time."""
        if self.circuit.state != HALF_OPEN:
            return self.circuit.state == CLOSED
        now = self._clock()
        self._turn(lambda one: one.tried(self._token, now, self._rules))
        return self.circuit.state == CLOSED or self._token in self.circuit.tries

    @property
    def state(self) -> str:
        """Closed, open or half-open."""
        return self.circuit.state

    @state.setter
    def state(self, state: str) -> None:
        now, rules, openings = self._clock(), self._rules, self._openings
        if state == OPEN:
            self._turn(lambda one: one.opened(now, rules.wait, self._asked, openings))
        elif state == HALF_OPEN:
            self._turn(lambda one: one.half_opened(now))
        elif self.says_nothing:
            self._turn(lambda one: one.released(self._token))
        else:
            self._turn(lambda one: one.closed(openings))

    def increment_counter(self) -> None:
        """One more call has failed."""
        self._turn(lambda one: one.failed(self._reason, self._openings))

    def reset_counter(self) -> None:
        """The service has answered. A healthy one costs nobody a write."""
        counts = self.circuit.state == CLOSED and self.circuit.failures
        if counts and not self.says_nothing:
            self._turn(lambda one: one.answered(self._openings))

    @property
    def counter(self) -> int:
        """Calls in a row that failed."""
        return self.circuit.failures

    @property
    def opened_at(self) -> datetime | None:
        """Whether the wait is over, as pybreaker asks it: opened just now, or never.

        It knows the machine's clock and one wait alone. Ours may be another clock, and a wait
        that the service asked for.
        """
        until = self.circuit.open_until
        return None if until is None or self._clock() >= until else datetime.now(UTC)

    @opened_at.setter
    def opened_at(self, _: datetime) -> None:
        """Written with the state, in one change."""

    def _turn(self, change: Change) -> None:
        self.circuit = self._circuits.change(self.name, change)
