"""A dump that is no whole one: what is wrong, before anybody restores it."""

from __future__ import annotations

from studioops.backups.seen import fault
from studioops.model import Finding

WHY = "whoever restores from it gets a part of the data, or nothing"
REPAIR = "use another dump, take a new one, and see what cut or changed this one on its way"


class BrokenDump(Exception):
    """A dump with a fault that ends the look at it; never leaves this room.

    Args:
        check: the finding's name.
        place: the file or the part that it is found in.
        message: what is wrong, one line.
        repair: what to do about it.
    """

    def __init__(self, check: str, place: str, message: str, repair: str = REPAIR) -> None:
        super().__init__(f"{place} {message}")
        self.finding: Finding = fault(check, place, message, WHY, repair)
