"""What is compared of two catalogs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

Definitions = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class SequenceState:
    """Where a sequence stands.

    Args:
        value: the last value; the start, where it was never called.
        increment: its step; negative for one that counts down.
        called: whether that value was handed out.
    """

    value: int
    increment: int
    called: bool


@dataclass(frozen=True, slots=True)
class Difference:
    """One definition that differs.

    Args:
        kind: such as ``constraint``.
        name: whose definition it is.
        before: its text; None where it is new.
        after: its text; None where it is gone.
        comparable: False where both servers may mean the same: their major versions differ, and
            what differs is a text that each spells in its own way.
    """

    kind: str
    name: str
    before: str | None
    after: str | None
    comparable: bool = True
