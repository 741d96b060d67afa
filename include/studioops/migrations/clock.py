"""How long each step of a plan takes, heard from the runner's progress."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from studioops.migrations.plan import Plan

Progress = Callable[[str, int, int], None]


@dataclass
class Clock:
    """Told each step as it begins; knows in the end how long each took.

    Args:
        told: passes on what it is told.
    """

    told: Progress | None = None
    began: list[tuple[int, float]] = field(default_factory=list)

    def __call__(self, step: str, number: int, total: int) -> None:
        """A step begins."""
        self.began.append((number, time.monotonic()))
        if self.told is not None:
            self.told(step, number, total)

    def steps(self, plan: Plan, *, back: bool = False) -> list[dict[str, Any]]:
        """Each step with its lock and its seconds, when the last one has ended.

        Args:
            plan: whose steps they are.
            back: whether they were taken back, the last one first.
        """
        moments = [*(moment for _, moment in self.began), time.monotonic()]
        placed = list(plan.steps())
        ordered = placed[::-1] if back else placed
        return [
            {
                "operation": ordered[number].operation.words(),
                "step": ordered[number].step.name,
                "lock": (
                    ordered[number].step.lock_back if back else ordered[number].step.lock
                ).value,
                "seconds": round(after - before, 4),
            }
            for (number, _), (before, after) in zip(self.began, pairwise(moments), strict=True)
        ]
