"""What becomes of orphans, before keys can stand: taken out, or their references cleared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from studioops.integrity.scan.relationship import PresentRelationship
from studioops.migrations.operations import (
    NullifyOrphans,
    Operation,
    QuarantineOrphans,
    TableName,
)
from studioops.migrations.planner.proposal import Decided
from studioops.migrations.planner.seen import Seen, Wanted, table_name
from studioops.migrations.planner.touched import Rules, reference_of

CHANGED = "it was changed while the plan was made; plan again"


def decide_cleaning(seen: Seen, rules: Rules) -> Decided:
    """What is to be done with orphans, those of a parent's table before those of its children's.

    Rows that go with others are gone by then, and a row that goes need not be cleared before.

    Args:
        seen: of the database.
        rules: what becomes of rows whose parent goes.
    """
    decided = sum((_one(seen, rules, wanted) for wanted in seen.wanted), Decided())
    places = {table: n for n, table in enumerate(parents_first(seen.planned))}
    ordered = sorted(decided.operations, key=lambda one: _place(one, places))
    return Decided(tuple(ordered), decided.refusals, decided.remarks)


def parents_first(planned: Iterable[PresentRelationship]) -> list[TableName]:
    """Tables in an order in which whoever refers comes after what it refers to.

    Args:
        planned: the relationships; in a circle of them the first by name comes first, or last.
    """
    parents: dict[TableName, set[TableName]] = {}
    for one in planned:
        child, parent = table_name(one.child_end.relation), table_name(one.parent_end.relation)
        parents.setdefault(parent, set())
        parents.setdefault(child, set()).add(parent)
    ordered: dict[TableName, None] = {}
    begun: set[TableName] = set()
    for table in sorted(parents):
        _visit(table, parents, begun, ordered)
    return list(ordered)


def _visit(
    first: TableName,
    parents: Mapping[TableName, set[TableName]],
    begun: set[TableName],
    ordered: dict[TableName, None],
) -> None:
    # Not by calling itself: a chain of a thousand tables is deeper than Python's stack.
    waiting = [first]
    while waiting:
        table = waiting[-1]
        begun.add(table)
        ahead = sorted(parents[table] - begun, reverse=True)
        if ahead:
            waiting.append(ahead[-1])
        else:
            ordered.setdefault(waiting.pop())


def _one(seen: Seen, rules: Rules, wanted: Wanted) -> Decided:
    keys = [one.key for one in wanted.entries if one.key not in seen.orphans]
    unseen = [seen.unseen.get(key, CHANGED) for key in keys]
    if unseen:
        return Decided(refusals=(f"{wanted}: nobody could look at its rows: {unseen[0]}",))
    worst = max(wanted.entries, key=lambda one: seen.orphans.get(one.key, 0))
    orphans = seen.orphans.get(worst.key, 0)
    if not orphans:
        return Decided()
    reasons = tuple(_undecided(wanted, worst, rules, orphans))
    if reasons:
        return Decided(refusals=reasons)
    reference = reference_of(worst)
    if wanted.declared.orphans == "nullify":
        return Decided((NullifyOrphans(reference),))
    return Decided((QuarantineOrphans(reference, rules.touched(wanted.child)),))


def _undecided(
    wanted: Wanted, entry: PresentRelationship, rules: Rules, orphans: int
) -> Iterator[str]:
    several = f"{wanted}: {orphans} {'row has' if orphans == 1 else 'rows have'} no parent"
    if not entry.child_end.relation.takes_constraints:
        yield f"{several}, and {wanted.child} is no table that rows can be taken out of"
    elif wanted.declared.orphans == "report":
        yield (
            f"{several}, and the contract wants them reported, no more; decide: write "
            "`orphans: quarantine` or `orphans: nullify` there, or add the parents"
        )
    elif wanted.declared.orphans == "nullify":
        fixed = [one.display for one in entry.child_end.columns if one.not_null]
        if fixed:
            yield (
                f"{several}, and {', '.join(fixed)} takes no NULL; decide: write "
                "`orphans: quarantine`, or drop the NOT NULL"
            )
        for one in rules.referring(wanted.child, wanted.columns):
            yield (
                f"{several}, and {one.reference} refers to what would be cleared; "
                "decide: write `orphans: quarantine`"
            )


def _place(one: Operation, places: Mapping[TableName, int]) -> tuple[int, bool, str]:
    if isinstance(one, QuarantineOrphans | NullifyOrphans):
        reference = one.reference
        return places[reference.child], isinstance(one, NullifyOrphans), str(reference)
    raise TypeError(f"{one.kind} cleans nothing")
