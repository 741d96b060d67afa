"""What a strategy is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from psycopg.sql import Composed


@dataclass(frozen=True, slots=True)
class Strategy:
    """One way to look at a relationship.

    Args:
        name: what reports call it.
        why: why it was chosen, from the statistics.
        counts: the statement; one row, ``orphans`` and ``malformed``.
        settings: the planner's, for this statement alone.
    """

    name: str
    why: str
    counts: Composed
    settings: Mapping[str, str] = field(default_factory=dict)
