"""One proposal a reference: the surest of those that its names suggest."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from studioops.integrity.contract import ColumnSet
from studioops.integrity.infer.proposal import Outcome, Proposal

Ends = tuple[ColumnSet, ColumnSet]


def ranked(proposals: Iterable[Proposal]) -> tuple[Proposal, ...]:
    """The proposals without two for one reference.

    Args:
        proposals: all of them, in any order.

    Returns:
        constraints over the same columns as one proposal; of the suspicions about one reference
        the surest alone confirmed, and none where two are equally sure; by name.
    """
    joined = _joined(proposals)
    by_child: dict[ColumnSet, list[Proposal]] = {}
    for one in joined:
        if one.outcome is Outcome.CONFIRMED:
            by_child.setdefault(one.child, []).append(one)
    settled = [_settled(one, by_child.get(one.child, ())) for one in joined]
    return tuple(sorted(settled, key=lambda one: (_place(one.child), _place(one.parent))))


def _joined(proposals: Iterable[Proposal]) -> list[Proposal]:
    """Several constraints over the same pairs of columns are one relationship."""
    found: dict[object, Proposal] = {}
    for one in proposals:
        pairs = frozenset(zip(one.child.columns, one.parent.columns, strict=True))
        ends = (one.child.schema, one.child.table, one.parent.schema, one.parent.table, pairs)
        known = found.get(ends)
        if known is not None:
            found[ends] = replace(known, constraints=known.constraints + one.constraints)
        else:
            found[ends] = one
    return list(found.values())


def _settled(one: Proposal, rivals: Sequence[Proposal]) -> Proposal:
    if one.outcome is not Outcome.CONFIRMED:
        return one
    best = max(rival.confidence for rival in rivals)
    equal = [rival for rival in rivals if rival.confidence == best]
    if one.confidence < best:
        why = f"{equal[0].parent} is surer"
        return replace(one, outcome=Outcome.OUTRANKED, reason=why)
    if len(equal) > 1:
        others = ", ".join(sorted(str(rival.parent) for rival in equal if rival is not one))
        why = f"equally sure: {others}"
        return replace(one, outcome=Outcome.AMBIGUOUS, reason=why)
    return one


def _place(names: ColumnSet) -> tuple[str, str, tuple[str, ...]]:
    return names.schema, names.table, names.columns
