"""What goes wrong in somebody else's revision, in one line and without their secrets."""

from __future__ import annotations

import re

import psycopg
from sqlalchemy.exc import DBAPIError

from studioops.errors import StudioOpsError

# What a retry helps, what the runner knows how to tell, and what has no answer of the server.
RUNNERS_OWN = ("08", "40", "53", "55P03", "57")
TOO_LONG = "57014"
SAY_LOCK = (
    'say what it locks, and it gets longer: studioops_lock = "SHARE UPDATE EXCLUSIVE" or '
    '"ROW EXCLUSIVE" in its file; then plan again'
)
PASSWORD = re.compile(r"(\w+://[^\s:/@]*:)[^\s@]+@|(\bpassword\s*=\s*)('[^']*'|\S+)", re.IGNORECASE)
MEND = "mend the revision, then plan again: studioops migrate plan"


class RevisionFailed(StudioOpsError):
    """A revision, or the env.py around it, raised."""

    code = "revision_failed"


def failed(who: str, error: BaseException) -> BaseException:
    """What to raise for whatever a revision raised.

    Args:
        who: such as ``the revision 0001``.
        error: its error.

    Returns:
        our own error; where the connection or a lock is the matter, the driver's, which the
        runner knows how to tell and whether to try again.
    """
    if isinstance(error, RevisionFailed):
        return RevisionFailed(f"{who}: {error.message}", error.next_step)
    if isinstance(error, StudioOpsError):
        return error
    origin = _lost(error) or (error.orig if isinstance(error, DBAPIError) else None) or error
    if isinstance(origin, psycopg.Error):
        return _of_server(who, origin)
    if isinstance(origin, StudioOpsError):
        inner = isinstance(origin, RevisionFailed)
        return RevisionFailed(f"{who}: {origin.message}", origin.next_step) if inner else origin
    said = _line(str(origin) or "no reason given")
    if isinstance(origin, ImportError):
        return RevisionFailed(f"{who}: {said}", "install it, or mend env.py")
    return RevisionFailed(f"{who}: {type(origin).__name__}: {said}", MEND)


def _of_server(who: str, error: psycopg.Error) -> BaseException:
    state, said = error.sqlstate, _line(error.diag.message_primary or str(error))
    if state == TOO_LONG:
        return RevisionFailed(f"{who}: {said}", SAY_LOCK)
    if state is None or state.startswith(RUNNERS_OWN):
        return error
    return RevisionFailed(f"{who}: {said}", MEND)


def _lost(error: BaseException | None) -> BaseException | None:
    """The driver's error of a lost connection, which what was tried afterwards would hide."""
    while error is not None:
        if isinstance(error, DBAPIError) and error.connection_invalidated:
            return error.orig
        error = error.__context__
    return None


def _line(text: str) -> str:
    """The first line, with passwords blotted out."""
    first = next((line for line in text.splitlines() if line.strip()), text)
    return PASSWORD.sub(lambda found: f"{found[1] or found[2]}***{'@' if found[1] else ''}", first)
