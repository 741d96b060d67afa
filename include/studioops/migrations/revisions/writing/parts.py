"""What a revision does, in parts: each a transaction of its own, all of which can be run again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from psycopg.sql import Composed

from studioops.migrations.operations import Lock


@dataclass(frozen=True, slots=True)
class Part:
    """Statements that are committed together; one alone needs no transaction around it.

    Args:
        lock: the strongest that they take, which says how long they may wait and run.
        statements: in order.
    """

    lock: Lock
    statements: tuple[Composed, ...]

    @property
    def alone(self) -> bool:
        """Whether it is one statement, which may be one that no transaction takes."""
        return len(self.statements) == 1


@dataclass(frozen=True, slots=True)
class Said:
    """What a revision does of one operation.

    Args:
        up: the parts of its upgrade.
        down: the parts of its downgrade.
        guards: what is asked before anything is changed; each raises where it may not be.
        ignored: rules of squawk that the upgrade breaks, each with the reason.
    """

    up: tuple[Part, ...]
    down: tuple[Part, ...]
    guards: tuple[Composed, ...] = ()
    ignored: Mapping[str, str] = field(default_factory=dict)


def part(lock: Lock, *statements: Composed) -> Part:
    """A part of these statements."""
    return Part(lock, statements)
