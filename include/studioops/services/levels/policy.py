"""What a service's level goes by, in plain numbers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Policy:
    """When a level changes.

    Args:
        required: whether the application can't work without the service.
        failures: looks in a row that must be worse before the level is.
        successes: looks in a row that must be better before the level is.
        interval: seconds between two looks.
        patience: intervals after which a look is too old to go by.
        flaps: changes of level, at least one, that may happen within ``window``; from then on
            the level gets worse and no better.
        window: seconds.
    """

    required: bool = False
    failures: int = 3
    successes: int = 2
    interval: float = 60
    patience: float = 3
    flaps: int = 6
    window: float = 3600

    @property
    def good_for(self) -> float:
        """Seconds for which a look is good."""
        return self.interval * self.patience

    @property
    def memory(self) -> int:
        """How many looks have to be remembered."""
        return max(self.failures, self.successes)
