"""Heaps alone: an index can be corrupt, and a corrupt index hides what it lost."""

from __future__ import annotations

from studioops.integrity.scan.question import Question
from studioops.integrity.scan.strategies.strategy import Strategy

SETTINGS = {
    "enable_indexscan": "off",
    "enable_indexonlyscan": "off",
    "enable_bitmapscan": "off",
}


def heap_only(question: Question) -> Strategy:
    """Fits always; taken where it was asked for.

    Args:
        question: composed for the relationship.
    """
    return Strategy("heap_only", "asked for: no index is trusted", question.counts, SETTINGS)
