"""Errors of services that we call, and which of them are outages."""

from __future__ import annotations

import math
from enum import StrEnum
from typing import Self

from studioops.errors import (
    Category,
    CouldNotCheck,
    DatabaseBusy,
    DatabaseError,
    DatabaseUnreachable,
    ObjectStoreError,
    ObjectStoreUnreachable,
)
from studioops.services.state import Cause, ServiceState

# What stays as it is until somebody acts. The service is there, and waiting does not help.
BY_HAND = frozenset(
    {
        Cause.NOT_CONFIGURED,
        Cause.TLS,
        Cause.UNAUTHORISED,
        Cause.FORBIDDEN,
        Cause.QUOTA,
        Cause.NO_SUCH_DATABASE,
        Cause.MISSING_BUCKET,
        Cause.FULL,
        Cause.EXPIRES_SOON,
    }
)


class ServiceError(CouldNotCheck):
    """A service answered, and not with what was asked of it.

    Args:
        message: one line, what happened and where; no secret.
        next_step: one line, what to type or do next.
        retry_after_s: seconds that the service asks to be left alone for.
    """

    code = "service_error"
    category = Category.EXTERNAL_SERVICE

    def __init__(self, message: str, next_step: str, retry_after_s: float = 0) -> None:
        super().__init__(message, next_step)
        self.retry_after_s = max(retry_after_s, 0.0) if math.isfinite(retry_after_s) else 0.0

    def __reduce__(self) -> tuple[type[Self], tuple[str, str, float]]:  # type: ignore[override]
        """Pickle by the two texts and the wait."""
        return type(self), (self.message, self.next_step, self.retry_after_s)


class ServiceAway(ServiceError):
    """An outage: the service can't be used for now, and later perhaps it can."""

    code = "service_away"
    retryable = True


class BreakerOpen(ServiceError):
    """Nobody asked the service, since too many calls of it have failed."""

    code = "breaker_open"
    retryable = True


class Verdict(StrEnum):
    """What the end of a call says of the service that was called."""

    OUTAGE = "outage"
    ANSWERED = "answered"
    NOTHING = "nothing"


OUTAGES = (ServiceAway, DatabaseUnreachable, DatabaseBusy, ObjectStoreUnreachable)
ANSWERS = (ServiceError, DatabaseError, ObjectStoreError)


def verdict_of(error: BaseException) -> Verdict:
    """What an error says of the service that was called.

    Args:
        error: raised by a call.

    Returns:
        outage; answered, also where the answer was no (a wrong key is no outage); or nothing,
        for a breaker further in, a task that was ended, and a mistake in the code.
    """
    if isinstance(error, BreakerOpen):
        return Verdict.NOTHING
    if isinstance(error, OUTAGES):
        return Verdict.OUTAGE
    return Verdict.ANSWERED if isinstance(error, ANSWERS) else Verdict.NOTHING


def failure_of(state: ServiceState) -> ServiceError:
    """The error for whoever wanted to use a service that is in such a state.

    Args:
        state: of a look that did not pass, or of one that was rate-limited.
    """
    kind = ServiceError if state.cause in BY_HAND else ServiceAway
    return kind(state.message, state.next_step, state.retry_after_s)
