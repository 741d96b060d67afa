"""The journal: in the target itself, what of a plan has been done."""

from studioops.migrations.journal.model import Line, Run, RunState, StepState

__all__ = ["Line", "Run", "RunState", "StepState"]
