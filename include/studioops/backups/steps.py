"""What each step of long work took."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from studioops.model import Stopwatch

T = TypeVar("T")


class Steps:
    """Seconds of each step, by name."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    def time(self, name: str, work: Callable[[], T]) -> T:
        """Do a step and add what it took, also when it fails.

        Args:
            name: of the step.
            work: the step.
        """
        watch = Stopwatch()
        try:
            return work()
        finally:
            self.seconds[name] = round(self.seconds.get(name, 0) + watch.seconds, 3)
