"""What a look at one credential hands back."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Self

from studioops.errors import SettingsError, StudioOpsError
from studioops.model import Status
from studioops.services.state import Cause, ServiceState

# The service knows who asks, and says no.
REFUSALS = frozenset({Cause.UNAUTHORISED, Cause.FORBIDDEN, Cause.QUOTA})
# The credential was taken, whatever else is to be said of the service.
TAKEN = frozenset({Cause.OK, Cause.SLOW, Cause.CROWDED, Cause.EXPIRES_SOON})
SEEN = frozenset({"may", "beyond_need", "unknown"})


@dataclass(frozen=True, slots=True)
class Credential:
    """One look at one credential. Nothing in it is the secret, or a part of it.

    Args:
        name: of the credential.
        status: passed where it works, failed where it is refused, else not_checked.
        cause: why.
        message: what was seen, one line.
        next_step: what to type or do; empty when all is well.
        required: whether the application can't work without it.
        may: what it is allowed to do, as far as that can be seen.
        beyond_need: what of that nothing here needs.
        expires_at: until when it is good; None where it does not expire, or nobody can tell.
        first_seen: since when it is known here to be the same.
        weak: why it can be guessed or is known to others; empty where it can't and is not.
        exposed: how it travels readable; empty where it does not.
        unknown: what nobody could see of it, each with the reason.
        seconds: how long the look took.
    """

    name: str
    status: Status
    cause: Cause
    message: str
    next_step: str = ""
    required: bool = False
    may: tuple[str, ...] = ()
    beyond_need: tuple[str, ...] = ()
    expires_at: datetime | None = None
    first_seen: datetime | None = None
    weak: str = ""
    exposed: str = ""
    unknown: tuple[str, ...] = ()
    seconds: float = 0.0

    def as_json(self) -> dict[str, Any]:
        """This credential as plain JSON values."""
        document: dict[str, Any] = asdict(self)
        for name in ("may", "beyond_need", "unknown"):
            document[name] = list(document[name])
        for name in ("expires_at", "first_seen"):
            when = document[name]
            document[name] = when.isoformat() if when is not None else None
        return document

    @property
    def configured(self) -> bool:
        """Whether there is something to look at. What is not is neither well nor ill."""
        return self.cause is not Cause.NOT_CONFIGURED

    @classmethod
    def absent(cls, name: str, next_step: str) -> Self:
        """A credential that nobody has set.

        Args:
            name: of the credential.
            next_step: how to set it.
        """
        message = f"no {name} is configured"
        return cls(name, Status.NOT_CHECKED, Cause.NOT_CONFIGURED, message, next_step)

    @classmethod
    def unreached(cls, name: str, error: StudioOpsError) -> Self:
        """A credential that can't even be tried: absent, or in a connection that can't be read."""
        absent = isinstance(error, SettingsError)
        cause = Cause.NOT_CONFIGURED if absent else Cause.ERROR
        return cls(name, Status.NOT_CHECKED, cause, error.message, error.next_step)

    @classmethod
    def of_state(cls, name: str, state: ServiceState, **more: Any) -> Self:
        """A credential by the look at the service that takes it.

        Args:
            name: of the credential.
            state: of the service; one that is away says nothing of the credential.
            more: what else is known; what was seen counts only where the credential was taken.
        """
        status = Status.NOT_CHECKED
        if state.cause in REFUSALS:
            status = Status.FAILED
        elif state.cause in TAKEN:
            status = Status.PASSED
        known = {
            word: value
            for word, value in more.items()
            if status is Status.PASSED or word not in SEEN
        }
        return cls(name, status, state.cause, state.message, state.next_step, **known)
