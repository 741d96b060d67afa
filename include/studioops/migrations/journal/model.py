"""What the journal says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from studioops.migrations.plan import Plan


class RunState(StrEnum):
    """How a run stands."""

    APPLYING = "applying"
    APPLIED = "applied"
    REVERTING = "reverting"
    REVERTED = "reverted"

    @property
    def finished(self) -> bool:
        """Whether nothing of it is left to do."""
        return self in (RunState.APPLIED, RunState.REVERTED)


class StepState(StrEnum):
    """How a step stands; one that has no line has not been touched."""

    BEGUN = "begun"
    APPLIED = "applied"
    REVERTING = "reverting"
    REVERTED = "reverted"


@dataclass(frozen=True, slots=True)
class Run:
    """One plan on its way there or back.

    Args:
        id: its own.
        plan: what it carries out.
        state: how it stands.
        owner: whoever works on it, or did last.
        run_by: such as ``cli`` or a DAG's run.
        admitted: what opened the gates, or who went round them and why.
        started_at: when it was begun.
        ended_at: when it was finished; None before.
    """

    id: UUID
    plan: Plan
    state: RunState
    owner: UUID
    run_by: str
    admitted: Mapping[str, Any]
    started_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Line:
    """What the journal says of a step.

    Args:
        number: of the step in its plan.
        name: of the step.
        state: how it stands.
        memo: what its way back needs.
    """

    number: int
    name: str
    state: StepState
    memo: Mapping[str, Any]
