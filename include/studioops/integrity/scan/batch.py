"""Batches of a scan for mapped tasks."""

from __future__ import annotations

from collections.abc import Sequence

from studioops.integrity.scan.relationship import PlannedRelationship


def batches(planned: Sequence[PlannedRelationship], count: int) -> list[list[str]]:
    """The keys of the entries in batches of about equal cost.

    Those of one table, or of one range of a huge one, stay together: they share a count of its
    rows.

    Args:
        planned: the entries.
        count: how many batches at most.

    Returns:
        no empty batch; heaviest first.
    """
    groups: dict[tuple[str, str, str], list[PlannedRelationship]] = {}
    for one in planned:
        groups.setdefault(one.group, []).append(one)
    heaviest = sorted(groups.values(), key=lambda group: -sum(one.cost for one in group))
    bins: list[list[str]] = [[] for _ in range(count)]
    costs = [0] * count
    for group in heaviest:
        lightest = costs.index(min(costs))
        bins[lightest] += [one.key for one in group]
        costs[lightest] += sum(one.cost for one in group)
    return [keys for keys in bins if keys]
