"""Breakers: a service that is away is left alone, by every worker at once."""

from studioops.services.breaker.breaker import Breaker
from studioops.services.breaker.circuit import CLOSED, HALF_OPEN, OPEN, Circuit, Rules
from studioops.services.breaker.circuits import Circuits, InMemory, Shared

__all__ = [
    "CLOSED",
    "HALF_OPEN",
    "OPEN",
    "Breaker",
    "Circuit",
    "Circuits",
    "InMemory",
    "Rules",
    "Shared",
]
