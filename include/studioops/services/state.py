"""What a probe hands back: one look at one service."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, Self

from studioops.errors import (
    AuthenticationFailed,
    DatabaseBusy,
    NoSuchDatabase,
    ObjectStoreDenied,
    PermissionDenied,
    StudioOpsError,
)
from studioops.model import Status


class Cause(StrEnum):
    """Why a service is as it is."""

    OK = "ok"
    NOT_CONFIGURED = "not_configured"
    REFUSED = "refused"
    DNS = "dns"
    TIMEOUT = "timeout"
    UNAUTHORISED = "unauthorised"
    NO_SUCH_DATABASE = "no_such_database"
    MISSING_BUCKET = "missing_bucket"
    BUSY = "busy"
    SLOW = "slow"
    CROWDED = "crowded"
    ERROR = "error"

    @property
    def degraded(self) -> bool:
        """Whether the service works, and not as well as it should."""
        return self in (Cause.SLOW, Cause.CROWDED)


BY_CLASS: tuple[tuple[type[StudioOpsError], Cause], ...] = (
    (AuthenticationFailed, Cause.UNAUTHORISED),
    (PermissionDenied, Cause.UNAUTHORISED),
    (ObjectStoreDenied, Cause.UNAUTHORISED),
    (NoSuchDatabase, Cause.NO_SUCH_DATABASE),
    (DatabaseBusy, Cause.BUSY),
)
# For what has no class: the words of libpq, of psycopg and of our own object store room.
BY_WORDS: tuple[tuple[str, Cause], ...] = (
    ("connection refused", Cause.REFUSED),
    ("could not translate host name", Cause.DNS),
    ("failed to resolve host", Cause.DNS),
    ("no such host", Cause.DNS),
    ("timeout expired", Cause.TIMEOUT),
    ("timed out", Cause.TIMEOUT),
    ("no answer in time", Cause.TIMEOUT),
)


@dataclass(frozen=True, slots=True)
class ServiceState:
    """One look at one service.

    Args:
        service: its name.
        status: passed (also when degraded), failed, or not_checked with the reason in message.
        cause: why.
        message: what was seen, one line, without a secret.
        next_step: what to type or do; empty when all is well.
        latency_ms: milliseconds that the look took; 0 when none was taken.
        details: what the service says of itself, as JSON values.
    """

    service: str
    status: Status
    cause: Cause
    message: str
    next_step: str = ""
    latency_ms: float = 0
    details: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """This state as plain JSON values."""
        return asdict(self)

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self:
        """The state that :meth:`as_json` wrote."""
        known = {"status": Status(document["status"]), "cause": Cause(document["cause"])}
        return cls(**{**document, **known})

    @classmethod
    def down(cls, service: str, error: StudioOpsError, latency_ms: float) -> Self:
        """A service that could not be used.

        Args:
            service: its name.
            error: what was raised.
            latency_ms: how long that took.
        """
        cause = cause_of(error)
        return cls(service, Status.FAILED, cause, error.message, error.next_step, latency_ms)

    @classmethod
    def unknown(cls, service: str, next_step: str) -> Self:
        """A service that nobody could look at, for want of a configuration."""
        message = f"no {service} is configured"
        return cls(service, Status.NOT_CHECKED, Cause.NOT_CONFIGURED, message, next_step)


def cause_of(error: StudioOpsError) -> Cause:
    """The cause behind one of our errors."""
    for kind, cause in BY_CLASS:
        if isinstance(error, kind):
            return cause
    said = error.message.lower()
    return next((cause for words, cause in BY_WORDS if words in said), Cause.ERROR)
