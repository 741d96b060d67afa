"""The steps of a take and of a drill, each with the moment at which something may be killed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from studioops.backups.drill import drilling, restoring
from studioops.backups.shelf import Shelf
from studioops.backups.take import taking
from studioops.backups.take.shipping import Shipper


class Patch(Protocol):
    """What pytest's MonkeyPatch does, or a process that ends soon anyway."""

    def setattr(self, target: Any, name: str, value: Any) -> None: ...


# Before or after which function of whom.
TAKE: dict[str, tuple[str, Any, str]] = {
    "catalog read": ("after", taking._Taking, "catalog"),
    "snapshot": ("before", taking._Taking, "ship"),
    "dump started": ("before", Shipper, "follow"),
    "first file shipped": ("after", Shipper, "_ship"),
    "all shipped": ("after", Shipper, "follow"),
    "before the manifest": ("before", Shelf, "keep"),
    "after the manifest": ("after", Shelf, "keep"),
}
DRILL: dict[str, tuple[str, Any, str]] = {
    "scratch made": ("after", drilling, "make_scratch"),
    "fetched": ("after", restoring, "fetch_dump"),
    "restored": ("after", restoring, "restore"),
    "keys put back": ("after", restoring, "_put_back"),
    "judged": ("after", drilling, "judge"),
    "before the drop": ("before", drilling, "drop_scratch"),
    "before the proof": ("before", Shelf, "add_proof"),
    "after the proof": ("after", Shelf, "add_proof"),
}
STEPS = {"take": TAKE, "drill": DRILL}


def plant(patch: Patch, work: str, step: str, act: Callable[[], None]) -> None:
    """Have something done at a boundary, the first time that it is come by.

    Args:
        patch: sets attributes.
        work: ``take`` or ``drill``.
        step: one of its.
        act: what is done.
    """
    when, owner, name = STEPS[work][step]
    function, acts = getattr(owner, name), [act]

    def planted(*words: Any, **named: Any) -> Any:
        if when == "before" and acts:
            acts.pop()()
        said = function(*words, **named)
        if when == "after" and acts:
            acts.pop()()
        return said

    patch.setattr(owner, name, planted)
