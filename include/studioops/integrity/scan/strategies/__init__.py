"""How a relationship is looked at: one strategy a file, chosen by what the statistics say.

Every strategy answers the same question with the same rows; they differ in what they read.
"""

from __future__ import annotations

from collections.abc import Callable

from studioops.integrity.scan.question import Question
from studioops.integrity.scan.relationship import PresentRelationship
from studioops.integrity.scan.strategies.hashed import hash_join
from studioops.integrity.scan.strategies.heap import heap_only
from studioops.integrity.scan.strategies.merged import merge_join
from studioops.integrity.scan.strategies.strategy import Strategy
from studioops.integrity.scan.strategies.walked import key_walk

__all__ = ["STRATEGIES", "Strategy", "choose"]

Offer = Callable[[PresentRelationship, Question], Strategy | None]
# The first that fits is taken; the last fits always.
STRATEGIES: tuple[Offer, ...] = (key_walk, merge_join, hash_join)


def choose(planned: PresentRelationship, question: Question, *, paranoid: bool = False) -> Strategy:
    """The strategy for one relationship.

    Args:
        planned: with its statistics.
        question: composed for it.
        paranoid: read heaps alone, since an index can be corrupt.
    """
    if paranoid:
        return heap_only(question)
    offers = (offer(planned, question) for offer in STRATEGIES)
    return next(strategy for strategy in offers if strategy is not None)
