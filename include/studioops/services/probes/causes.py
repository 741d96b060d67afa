"""What an HTTP answer says of a service."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from studioops.services.state import Cause

WELL = (200,)
LONGEST_WAIT_S = 3600
SECONDS = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?")
SERVER_ERRORS = range(500, 600)
REDIRECTS = range(300, 400)
ANSWERS: Mapping[int, tuple[Cause, str]] = {
    401: (Cause.UNAUTHORISED, "the service does not take the credentials"),
    403: (Cause.FORBIDDEN, "the service refuses"),
    429: (Cause.RATE_LIMITED, "the service is asked too often"),
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one look found.

    Args:
        cause: why the service is as it is.
        said: what was seen, to be read after the service's address; no text of the service itself.
        step: what to do next; where it is empty, what the cause suggests.
        details: what the service says of itself, as JSON values.
        retry_after_s: seconds that the service asks to be left alone for.
    """

    cause: Cause
    said: str = ""
    step: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)
    retry_after_s: float = 0


def of_status(
    status: int, headers: Mapping[str, str], wanted: Collection[int] = WELL
) -> Verdict | None:
    """What the status of an HTTP answer says.

    Args:
        status: the answer's.
        headers: the answer's; names in whatever case they are asked for.
        wanted: the statuses that are well.

    Returns:
        the verdict; None where the status is one of those wanted.
    """
    return None if status in wanted else not_wanted(status, headers)


def not_wanted(status: int, headers: Mapping[str, str]) -> Verdict:
    """What the status of an HTTP answer says that is not well, whatever it is."""
    wait = retry_after(headers.get("Retry-After", ""))
    if status in ANSWERS:
        cause, said = ANSWERS[status]
    elif status in SERVER_ERRORS:
        cause, said = Cause.SERVER_ERROR, "the service is in trouble"
    else:
        cause, said = Cause.NONSENSE, _other(status)
    again = f", again in {wait:g} s" if wait else ""
    return Verdict(cause, f"{said} (HTTP {status}{again})", retry_after_s=wait)


def _other(status: int) -> str:
    does = "redirects" if status in REDIRECTS else "gives another answer than it should"
    return f"the service {does}"


def retry_after(value: str, now: datetime | None = None) -> float:
    """The seconds that a ``Retry-After`` header asks for.

    Args:
        value: seconds, or an HTTP date; anything else counts as nothing.
        now: the time to reckon a date from.

    Returns:
        seconds, an hour at most; 0 where it asks for none.
    """
    text = value.strip()
    if SECONDS.fullmatch(text):
        return min(float(text), LONGEST_WAIT_S)
    try:
        then = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return 0
    if then.tzinfo is None:
        then = then.replace(tzinfo=UTC)
    wait = (then - (now or datetime.now(UTC))).total_seconds()
    return round(min(max(wait, 0), LONGEST_WAIT_S), 3)
