"""How a run is left in between: for good, or until somebody tries again."""

from __future__ import annotations

from studioops.errors import LeftInBetween, StudioOpsError


class LeftForNow(LeftInBetween):
    """A run that was left for want of a lock or a connection: a later try may finish it."""

    code = "left_for_now"
    retryable = True


def left(message: str, next_step: str, cause: StudioOpsError) -> LeftInBetween:
    """The error for a run that was left.

    Args:
        message: where it stands, one line.
        next_step: what to type.
        cause: why it was left.
    """
    kind = LeftForNow if cause.retryable else LeftInBetween
    return kind(f"{message}: {cause.message}", next_step)
