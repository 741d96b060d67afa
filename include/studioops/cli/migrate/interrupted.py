"""What is said when Ctrl-C, or another signal, stops a migration: how the target stands."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import typer

from studioops.cli.ending import Stopped, signal_word
from studioops.cli.options import Chosen
from studioops.errors import LeftInBetween, StudioOpsError
from studioops.migrations.status import RunSeen, read_runs

LOOK = "studioops migrate status"


@contextmanager
def standing_told(chosen: Chosen) -> Iterator[None]:
    """Tell by the target's own journal how it stands, where a signal stops what is done within.

    Args:
        chosen: the target.

    Raises:
        LeftInBetween: it stands in between, or nobody could look.
        Stopped: it does not.
    """
    before = _or_none(chosen)
    try:
        yield
    except (KeyboardInterrupt, SystemExit, typer.Abort) as ended:
        raise _told(chosen, before, f"stopped by {signal_word(ended)}") from None


def _told(chosen: Chosen, before: RunSeen | None, stopped: str) -> StudioOpsError:
    try:
        now = _newest(chosen)
    except StudioOpsError as error:
        return LeftInBetween(
            f"{stopped}, and how {chosen.label} stands could not be looked up: {error.message}",
            LOOK,
        )
    if now is not None and now.next_step:
        at = f"({now.run.state}), at {now.at or 'its end'}"
        return LeftInBetween(
            f"{stopped}: the migration of {chosen.label} stands in between {at}",
            f"{LOOK} shows it; {now.next_step}",
        )
    if now is None or (before is not None and _state(now) == _state(before)):
        return Stopped(f"{stopped} before it was done: nothing was changed", "run it again")
    return Stopped(f"{stopped}, after the migration was {now.run.state}", f"{LOOK} shows it")


def _state(seen: RunSeen) -> tuple[object, ...]:
    return seen.run.id, seen.run.state


def _or_none(chosen: Chosen) -> RunSeen | None:
    """Whoever can't read the journal is told so by what follows."""
    try:
        return _newest(chosen)
    except StudioOpsError:
        return None


def _newest(chosen: Chosen) -> RunSeen | None:
    with chosen.open(LOOK.removeprefix("studioops ")) as database:
        return next(iter(read_runs(database, 1)), None)
