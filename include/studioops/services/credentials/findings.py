"""What is wrong with a credential. A function of what was seen and of the time alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from studioops.model import Finding, Severity, Status
from studioops.services.credentials.credential import Credential

# Days ahead, the nearest first.
LADDER = (
    (1, Severity.ERROR),
    (7, Severity.WARNING),
    (14, Severity.WARNING),
    (30, Severity.INFO),
)
DAY = timedelta(days=1)
REQUIRED = "the application needs it, and can't do without"
OPTIONAL = "what uses it does not work"
ROTATE = "make a new one, set it, then take the old one back where it was given"


def judge(one: Credential, at: datetime, old_after: timedelta) -> Iterator[Finding]:
    """Every fault of a credential.

    Args:
        one: as it was seen, with its age where that is known.
        at: now, with its offset.
        old_after: from which age on it should be renewed.
    """
    expired = one.expires_at is not None and one.expires_at <= at
    if one.status is Status.FAILED and not expired:
        severity = Severity.CRITICAL if one.required else Severity.ERROR
        why = REQUIRED if one.required else OPTIONAL
        yield Finding("credential_refused", one.name, severity, one.message, why, one.next_step)
    yield from _expiry(one, at)
    yield from _strength(one)
    if one.beyond_need:
        yield _found(
            one,
            "powerful",
            Severity.WARNING,
            f"may more than it needs to: {', '.join(one.beyond_need)}",
            why="whoever gets hold of it can do as much",
            repair="make one with the rights that are used, or take the others from this one",
        )
    if one.first_seen is not None and at - one.first_seen >= old_after:
        days = (at - one.first_seen) // DAY
        said = f"is the same for {days} days at least; {old_after // DAY} is the limit"
        why = "whoever once had it has it still"
        yield _found(one, "old", Severity.WARNING, said, why=why, repair=ROTATE)


def _expiry(one: Credential, at: datetime) -> Iterator[Finding]:
    if one.expires_at is None:
        return
    left, why = one.expires_at - at, "from then on nobody is let in by it"
    if left <= timedelta():
        said = f"expired on {one.expires_at:%Y-%m-%d}"
        yield _found(one, "expires", Severity.CRITICAL, said, why=why, repair=ROTATE)
        return
    severity = next((severity for days, severity in LADDER if left <= days * DAY), None)
    if severity is not None:
        said = f"expires in {_span(left)}, on {one.expires_at:%Y-%m-%d}"
        yield _found(one, "expires", severity, said, why=why, repair=ROTATE)


def _span(left: timedelta) -> str:
    days, hours = left // DAY, left // timedelta(hours=1)
    return f"{days} day{'' if days == 1 else 's'}" if days else f"{hours} h"


def _strength(one: Credential) -> Iterator[Finding]:
    if one.weak:
        why = "whoever guesses it, or knows what is usual, is let in"
        yield _found(one, "weak", Severity.ERROR, one.weak, why=why, repair=ROTATE)
    if one.exposed:
        why = "whoever is on the way has what it opens"
        repair = "reach it over TLS: https://, sslmode=verify-full"
        yield _found(one, "exposed", Severity.WARNING, one.exposed, why=why, repair=repair)


def _found(
    one: Credential, word: str, severity: Severity, said: str, *, why: str, repair: str
) -> Finding:
    return Finding(f"credential_{word}", one.name, severity, said, why, repair)
