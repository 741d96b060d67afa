"""Which checks there are: every file of the catalogue's rooms."""

from __future__ import annotations

import difflib
import pkgutil
from collections.abc import Iterable
from functools import cache
from importlib import import_module

from studioops.checks import indexes, references, server, tables
from studioops.checks.check import Check
from studioops.errors import UsageError

ROOMS = (references, indexes, tables, server)


@cache
def all_checks() -> tuple[Check, ...]:
    """Every check of the catalogue, room by room, in the order of their names."""
    return tuple(
        import_module(f"{room.__name__}.{module.name}").CHECK
        for room in ROOMS
        for module in pkgutil.iter_modules(room.__path__)
    )


def choose_checks(names: Iterable[str]) -> tuple[Check, ...]:
    """The checks of these names or rooms.

    Args:
        names: of checks (``orphan``; hyphens do, too) or of rooms (``indexes``); none means all.

    Raises:
        UsageError: there is no such check.
    """
    asked = [name.strip().lower().replace("-", "_") for name in names]
    known = {word for check in all_checks() for word in (check.name, check.group)}
    for name in asked:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            raise UsageError(
                f"there is no check called {name!r}",
                f"studioops check {near[0]}" if near else "studioops check --list",
            )
    return tuple(
        check for check in all_checks() if not asked or {check.name, check.group} & set(asked)
    )
