"""An anti-join as PostgreSQL plans it, by hash where the tables are large."""

from __future__ import annotations

from studioops.integrity.scan.question import Question
from studioops.integrity.scan.relationship import PresentRelationship
from studioops.integrity.scan.strategies.strategy import Strategy


def hash_join(planned: PresentRelationship, question: Question) -> Strategy:
    """Always fits.

    Args:
        planned: the relationship.
        question: composed for it.
    """
    why = "no index on the reference" if not planned.merges else "the columns need a conversion"
    if planned.merges and question.plain:
        why = "its pages are not known to be all visible: VACUUM would make an index scan pay"
    return Strategy("hash_anti_join", why, question.counts)
