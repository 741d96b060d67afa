"""The state of one breaker and how it turns. Functions of their arguments alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Self

from pybreaker import STATE_CLOSED, STATE_HALF_OPEN, STATE_OPEN

CLOSED, OPEN, HALF_OPEN = STATE_CLOSED, STATE_OPEN, STATE_HALF_OPEN
TIMES = ("opened_at", "open_until")


@dataclass(frozen=True, slots=True)
class Rules:
    """When a breaker opens, and for how long.

    Args:
        failures: calls in a row that must fail before it opens.
        wait: seconds that the service is left alone for.
        tries: calls at a time that are let through once that is over, until one of them ends.
        try_for: seconds after which a try is given up as lost, with the worker that made it.
        longest: seconds that no wish of a service to be left alone exceeds.
    """

    failures: int = 5
    wait: float = 60
    tries: int = 1
    try_for: float = 120
    longest: float = 3600


@dataclass(frozen=True, slots=True)
class Circuit:
    """One breaker as all workers see it.

    Args:
        state: closed, open, or half-open.
        failures: calls in a row that failed.
        openings: how often it has opened. A call that began before the last opening says nothing
            of what came after it, and changes nothing.
        opened_at: when it last opened.
        open_until: when the service may be asked again.
        reason: what the last call that failed said, one line.
        tries: calls that are let through while half-open, and when each is given up as lost.
    """

    state: str = CLOSED
    failures: int = 0
    openings: int = 0
    opened_at: datetime | None = None
    open_until: datetime | None = None
    reason: str = ""
    tries: Mapping[str, datetime] = field(default_factory=dict)

    def failed(self, reason: str, openings: int) -> Circuit:
        """After a call that failed.

        Args:
            reason: what it said.
            openings: how often the breaker had opened when the call began.
        """
        if self.openings != openings:
            return self
        return replace(self, failures=self.failures + 1, reason=reason)

    def answered(self, openings: int) -> Circuit:
        """After a call that the service answered."""
        return replace(self, failures=0) if self.openings == openings else self

    def opened(self, at: datetime, wait: float, asked: float, openings: int) -> Circuit:
        """Open from now on; one that is open already stays so for as long as the service asks.

        A late call opens nothing, unless the service asked to be left alone.

        Args:
            at: now.
            wait: seconds that the service is left alone for.
            asked: seconds that it asks to be; 0 where it asks nothing.
            openings: how often the breaker had opened when the call began.
        """
        until = at + timedelta(seconds=max(wait, asked))
        if self.state == OPEN and asked:
            return replace(self, open_until=max(self.open_until or until, until))
        late = self.openings != openings
        if self.state == OPEN or (late and not asked):
            return self
        return replace(
            self,
            state=OPEN,
            openings=self.openings + 1,
            opened_at=at,
            open_until=until,
            tries={},
        )

    def half_opened(self, at: datetime) -> Circuit:
        """Ready for a try, where the wait is over; otherwise as it is."""
        due = self.state == OPEN and (self.open_until is None or at >= self.open_until)
        return replace(self, state=HALF_OPEN, tries={}) if due else self

    def tried(self, token: str, at: datetime, rules: Rules) -> Circuit:
        """With one more try under way, where there is room for it; otherwise as it is.

        Args:
            token: of the call.
            at: now.
            rules: how many at a time, and for how long.
        """
        under_way = {one: until for one, until in self.tries.items() if until > at}
        if self.state != HALF_OPEN or len(under_way) >= rules.tries:
            return self
        until = at + timedelta(seconds=rules.try_for)
        return replace(self, tries={**under_way, token: until})

    def released(self, token: str) -> Circuit:
        """After a try that says nothing of the service: another one may follow at once."""
        return replace(self, tries={one: at for one, at in self.tries.items() if one != token})

    def closed(self, openings: int) -> Circuit:
        """After a try that the service answered."""
        if self.state != HALF_OPEN or self.openings != openings:
            return self
        return replace(self, state=CLOSED, failures=0, open_until=None, tries={})

    def stricter(self, other: Circuit) -> Circuit:
        """This one, open for as long as another one is.

        Args:
            other: kept by this process alone, while nobody else could be told.
        """
        if other.state != OPEN or other.open_until is None:
            return self
        if self.state == OPEN and self.open_until and self.open_until >= other.open_until:
            return self
        openings = self.openings if self.state == OPEN else self.openings + 1
        return replace(other, openings=max(openings, other.openings))

    def as_json(self) -> dict[str, Any]:
        """This circuit as plain JSON values."""
        values = asdict(self)
        for name in TIMES:
            values[name] = None if values[name] is None else values[name].isoformat()
        values["tries"] = {one: until.isoformat() for one, until in self.tries.items()}
        return values

    @classmethod
    def from_json(cls, document: Mapping[str, Any] | None) -> Self:
        """The circuit that :meth:`as_json` wrote; a new one where there is none."""
        if document is None:
            return cls()
        values = dict(document)
        for name in TIMES:
            values[name] = values[name] and datetime.fromisoformat(values[name])
        tries = values["tries"].items()
        values["tries"] = {one: datetime.fromisoformat(until) for one, until in tries}
        return cls(**values)
