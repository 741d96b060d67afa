"""A breaker in front of the calls of one service."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pybreaker import CircuitBreaker, CircuitBreakerError, CircuitBreakerListener

from studioops.services.breaker.circuit import OPEN, Circuit, Rules
from studioops.services.breaker.circuits import Circuits, Clock, utc_now
from studioops.services.breaker.storage import CallStorage
from studioops.services.failure import BreakerOpen, Verdict, verdict_of

# How long a breaker stays open says its circuit, and not pybreaker.
NEVER_S = 86400
T = TypeVar("T")


@dataclass(frozen=True)
class Breaker:
    """Lets calls of a service through, until too many have failed.

    What an outage is, our own errors say: see :func:`studioops.services.failure.verdict_of`. A
    service that asks to be left alone is left alone at once.

    Args:
        service: its name.
        circuits: where the state is kept.
        rules: when it opens, and for how long.
        clock: the time, with its offset.
    """

    service: str
    circuits: Circuits = field(repr=False)
    rules: Rules = field(default_factory=Rules)
    clock: Clock = utc_now

    def call(self, work: Callable[[], T]) -> T:
        """Do some work that asks the service, where it may be asked.

        Args:
            work: one call of it, with a time limit of its own.

        Returns:
            what the work returns.

        Raises:
            BreakerOpen: nobody asked.
            Exception: whatever the work raises.
        """
        storage = CallStorage(self.service, self.circuits, self.rules, self.clock)
        # One a call, since pybreaker would let the threads of a process call one after the other.
        gate: Any = CircuitBreaker(
            fail_max=self.rules.failures,
            reset_timeout=NEVER_S,
            exclude=[_is_no_outage],
            listeners=[_Gatekeeper(storage)],
            state_storage=storage,
            name=self.service,
            throw_new_error_on_trip=False,
        )
        try:
            result: T = gate.call(_judged, work, storage)
        except CircuitBreakerError:
            raise self._refusal(storage.circuit) from None
        return result

    def look(self) -> Circuit:
        """The state as it is, without a call."""
        return self.circuits.read(self.service)

    def _refusal(self, circuit: Circuit) -> BreakerOpen:
        now = self.clock()
        left = 0.0
        why = "one call tries whether it is back"
        if circuit.state == OPEN and circuit.open_until is not None:
            left = max((circuit.open_until - now).total_seconds(), 0.0)
            why = f"it is left alone for {left:.0f} s more"
        alone = "; this process alone knows, since the ledger is away"
        return BreakerOpen(
            f"{self.service} was not asked: {why}; it failed with: {circuit.reason}"
            + (alone if self.circuits.trouble else ""),
            "wait until it is back; `studioops services check` looks at it now",
            left,
        )


class _Gatekeeper(CircuitBreakerListener):
    """Bounds the tries of a breaker that is half-open, and heeds what the service asks for."""

    def __init__(self, storage: CallStorage) -> None:
        self._storage = storage

    def before_call(self, *_: Any, **__: Any) -> None:
        """Refuse a call for which there is no room."""
        if not self._storage.admit():
            raise CircuitBreakerError

    def failure(self, cb: CircuitBreaker, exc: BaseException) -> None:
        """Open at once where the service asks to be left alone."""
        if getattr(exc, "retry_after_s", 0):
            cb.open()


def _judged(work: Callable[[], T], storage: CallStorage) -> T:
    """Do the work, and tell the storage what its end says before pybreaker asks."""
    try:
        return work()
    except BaseException as error:
        storage.says_nothing = verdict_of(error) is Verdict.NOTHING
        reason = getattr(error, "message", type(error).__name__)
        storage.note(reason, getattr(error, "retry_after_s", 0.0))
        raise


def _is_no_outage(error: BaseException) -> bool:
    return verdict_of(error) is not Verdict.OUTAGE
