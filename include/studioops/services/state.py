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
    RESET = "reset"
    TLS = "tls"
    UNAUTHORISED = "unauthorised"
    FORBIDDEN = "forbidden"
    RATE_LIMITED = "rate_limited"
    QUOTA = "quota"
    SERVER_ERROR = "server_error"
    NONSENSE = "nonsense"
    NO_SUCH_DATABASE = "no_such_database"
    MISSING_BUCKET = "missing_bucket"
    BUSY = "busy"
    SLOW = "slow"
    CROWDED = "crowded"
    FILLING = "filling"
    FULL = "full"
    EXPIRES_SOON = "expires_soon"
    ERROR = "error"

    @property
    def degraded(self) -> bool:
        """Whether the service works, and not as well as it should."""
        return self in DEGRADED


DEGRADED = (Cause.SLOW, Cause.CROWDED, Cause.FILLING, Cause.RATE_LIMITED, Cause.EXPIRES_SOON)
LESS_OFTEN = "wait, and ask it less often"
BY_CLASS: tuple[tuple[type[StudioOpsError], Cause], ...] = (
    (AuthenticationFailed, Cause.UNAUTHORISED),
    (PermissionDenied, Cause.FORBIDDEN),
    (ObjectStoreDenied, Cause.UNAUTHORISED),
    (NoSuchDatabase, Cause.NO_SUCH_DATABASE),
    (DatabaseBusy, Cause.BUSY),
)
# The credentials are known to the object store, and may not do what was asked.
REFUSES = "the object store refuses ("
# For what has no class: the words of libpq, of psycopg and of our own object store room.
BY_WORDS: tuple[tuple[str, Cause], ...] = (
    ("connection refused", Cause.REFUSED),
    ("could not translate host name", Cause.DNS),
    ("failed to resolve host", Cause.DNS),
    ("no such host", Cause.DNS),
    ("timeout expired", Cause.TIMEOUT),
    ("timed out", Cause.TIMEOUT),
    ("no answer in time", Cause.TIMEOUT),
    ("invalid response to ssl negotiation", Cause.NONSENSE),
    ("expected authentication request", Cause.NONSENSE),
    ("is no s3 store", Cause.NONSENSE),
    # Over TLS an end that comes too early is told as an error of TLS.
    ("unexpected eof", Cause.RESET),
    ("ssl syscall error", Cause.RESET),
    ("server closed the connection", Cause.RESET),
    ("connection reset", Cause.RESET),
    ("connection was lost", Cause.RESET),
    ("connection is lost", Cause.RESET),
    ("terminating connection", Cause.RESET),
    ("broken pipe", Cause.RESET),
    ("no connection: it broke", Cause.RESET),
    ("no tls connection", Cause.TLS),
    ("ssl error", Cause.TLS),
    ("does not support ssl", Cause.TLS),
    ("root certificate file", Cause.TLS),
    ("server certificate for", Cause.TLS),
    ("(slowdown, http", Cause.RATE_LIMITED),
    ("(http 429)", Cause.RATE_LIMITED),
    ("(http 401)", Cause.UNAUTHORISED),
    ("the object store is in trouble", Cause.SERVER_ERROR),
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
        retry_after_s: seconds that the service asks to be left alone for; 0 when it asks nothing.
    """

    service: str
    status: Status
    cause: Cause
    message: str
    next_step: str = ""
    latency_ms: float = 0
    details: Mapping[str, Any] = field(default_factory=dict)
    retry_after_s: float = 0

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
        """A service that could not be used, or that asks to be left alone for a while.

        Args:
            service: its name.
            error: what was raised.
            latency_ms: how long that took.
        """
        cause = cause_of(error)
        status = Status.PASSED if cause.degraded else Status.FAILED
        step = LESS_OFTEN if cause is Cause.RATE_LIMITED else error.next_step
        return cls(service, status, cause, error.message, step, latency_ms)

    @classmethod
    def unreached(cls, service: str, error: StudioOpsError) -> Self:
        """A service that nobody tried to reach: its connection is absent, or can't be read.

        Args:
            service: its name.
            error: why.
        """
        cause = Cause.NOT_CONFIGURED
        return cls(service, Status.NOT_CHECKED, cause, error.message, error.next_step)

    @classmethod
    def unknown(cls, service: str, next_step: str) -> Self:
        """A service that nobody could look at, for want of a configuration."""
        message = f"no {service} is configured"
        return cls(service, Status.NOT_CHECKED, Cause.NOT_CONFIGURED, message, next_step)


def cause_of(error: StudioOpsError) -> Cause:
    """The cause behind one of our errors."""
    said = error.message.lower()
    if isinstance(error, ObjectStoreDenied) and REFUSES in said:
        return Cause.FORBIDDEN
    for kind, cause in BY_CLASS:
        if isinstance(error, kind):
            return cause
    return next((cause for words, cause in BY_WORDS if words in said), Cause.ERROR)
