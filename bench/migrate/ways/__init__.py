"""The two ways in which the same database is brought to the same end."""

from __future__ import annotations

from collections.abc import Callable

from bench.migrate.ways import ours, plain
from bench.migrate.ways.way import Part

__all__ = ["OURS", "PLAIN", "WAYS", "Part"]

OURS, PLAIN = "ours", "plain"
WAYS: dict[str, Callable[[str], list[Part]]] = {OURS: ours.migrate, PLAIN: plain.migrate}
