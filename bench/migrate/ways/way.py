"""What a way tells of itself."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a migration, which both ways have.

    Args:
        name: what it does.
        began: when, in seconds since 1970.
        ended: when.
    """

    name: str
    began: float
    ended: float


CLEAN = "orphans"
CONVERT = "varchar to uuid"
INDEX = "index"
ADD = "key added"
REPLACE = "key's actions"
PARTS = (CLEAN, CONVERT, INDEX, ADD, REPLACE)
# Ours alone.
LOOKS = "looks"
