"""One look at all credentials at the same time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import count

from studioops.model import Status
from studioops.services.credentials.credential import Credential
from studioops.services.credentials.held import Held
from studioops.services.state import Cause

Progress = Callable[[str, int, int], None]


def look_at_credentials(
    wanted: Sequence[Held], progress: Progress | None = None
) -> list[Credential]:
    """Look at credentials, all at once, each within its own limit.

    Args:
        wanted: what to look at.
        progress: told each that was looked at, how many were, and of how many.

    Returns:
        one each, in the same order. A look that fails hides no other.
    """
    numbers = count(1)

    def one(held: Held) -> Credential:
        found = replace(_look(held), required=held.required)
        if progress is not None:
            progress(held.name, next(numbers), len(wanted))
        return found

    with ThreadPoolExecutor(max(1, len(wanted)), "studioops credential") as pool:
        return list(pool.map(one, wanted))


def _look(held: Held) -> Credential:
    try:
        return held.look()
    except Exception as error:  # noqa: BLE001 - one look that fails must not hide the others
        said = f"{held.name}: the look itself failed ({type(error).__name__})"
        step = "report it with this text"
        return Credential(held.name, Status.NOT_CHECKED, Cause.ERROR, said, step)
