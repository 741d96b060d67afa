"""A merge of two index-only scans: both ends come in order, and no heap is read."""

from __future__ import annotations

from studioops.integrity.scan.question import Question
from studioops.integrity.scan.relationship import PresentRelationship
from studioops.integrity.scan.strategies.strategy import Strategy

# Below that the heap is visited for its visibility so often that reading it in one go is faster.
ALL_VISIBLE = 0.9
SETTINGS = {"enable_hashjoin": "off", "enable_nestloop": "off"}


def merge_join(planned: PresentRelationship, question: Question) -> Strategy | None:
    """Fits where b-trees on both ends serve, and the visibility map covers the heaps.

    Args:
        planned: the relationship.
        question: composed for it.
    """
    ends = (planned.child_end.relation, planned.parent_end.relation)
    fits = (
        question.plain
        and planned.merges
        and all(end.kind == "r" and end.all_visible >= ALL_VISIBLE for end in ends)
        and (planned.constraint is None or not planned.constraint.period)
    )
    if not fits:
        return None
    return Strategy("merge_index_only", "b-trees on both ends", question.counts, SETTINGS)
