"""From the difference between a contract and a database to a plan."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from studioops.errors import Refused
from studioops.integrity import Contract
from studioops.migrations.clock import Progress
from studioops.migrations.operations import (
    ConvertColumns,
    NullifyOrphans,
    Operation,
    QuarantineOrphans,
    Stage,
    TableName,
    convert_columns,
    drop_converted,
)
from studioops.migrations.plan import Plan
from studioops.migrations.planner.cleaning import decide_cleaning
from studioops.migrations.planner.counting import count
from studioops.migrations.planner.declared import Declared, decide_declared
from studioops.migrations.planner.estimating import estimate
from studioops.migrations.planner.indexes import decide_indexes
from studioops.migrations.planner.keys import decide_keys
from studioops.migrations.planner.naming import Names
from studioops.migrations.planner.proposal import Decided, Proposal
from studioops.migrations.planner.rights import is_right, missing_rights
from studioops.migrations.planner.seen import Seen, looked_at
from studioops.migrations.planner.touched import Rules
from studioops.migrations.planner.types import decide_types, together
from studioops.postgres import Database


def make_plan(
    database: Database,
    contract: Contract,
    *,
    connections: int = 1,
    progress: Progress | None = None,
    types: Declared | None = None,
) -> Proposal:
    """Plan what a database takes to keep its contract; nothing is changed.

    First orphans are dealt with, then columns get one type, then come indexes, and keys, a new one
    before an old one goes; last what conversions have kept aside is dropped. The same database and
    contract give the same plan.

    Args:
        database: read-only, with its limits.
        contract: without faults; keys that it does not name are left as they are.
        connections: used at the same time to count orphans.
        progress: told the relationship, how many are done, and of how many.
        types: that columns are to have besides, as the target's history says.

    Raises:
        DatabaseError: it can't be read.
        BrokenContract: the contract names a type that the database does not know.
    """
    with looked_at(database, contract, connections, progress) as seen:
        return _proposal(seen, _decided(seen, types or {}))


def _decided(seen: Seen, declared: Declared) -> Decided:
    names = Names.of(seen)
    converted = _converted(seen, declared)
    made = [one for one in converted.operations if isinstance(one, ConvertColumns)]
    # Of a conversion in place nothing is kept aside.
    dropped = tuple(one for one in map(drop_converted, made) if one.steps())
    return (
        decide_cleaning(seen, Rules.of(seen))
        + converted
        + Decided(decide_indexes(seen, names))
        + decide_keys(seen, names)
        + Decided(dropped)
    )


def _converted(seen: Seen, declared: Declared) -> Decided:
    types = decide_types(seen, declared)
    besides = decide_declared(seen, declared, types.columns)
    decided = Decided(refusals=types.refusals, remarks=besides.remarks)
    for wanted in together({**types.columns, **besides.columns}, seen):
        try:
            decided += Decided((convert_columns(seen.session, wanted),))
        except Refused as error:
            decided += Decided(refusals=(f"{error.message}; {error.next_step}",))
    return decided


def _proposal(seen: Seen, decided: Decided) -> Proposal:
    counted = {one: found for one in decided.operations if (found := count(seen, one))}
    refusals = [*decided.refusals, *(line for one in counted.values() for line in one.refusals)]
    lacking = [line for one in counted.values() for line in one.rights]
    # Where something is refused already, more would be said of what would not be so then.
    if not refusals:
        not_valid = list(_not_valid(seen, decided.operations))
        refusals = [line for line in not_valid if not is_right(line)]
        lacking += [line for line in not_valid if is_right(line)]
    operations = () if refusals else decided.operations
    return Proposal(
        Plan(operations),
        tuple(estimate(seen, one, counted) for one in operations),
        refusals=tuple(dict.fromkeys(refusals)),
        absent=seen.absent,
        remarks=decided.remarks,
        rights=missing_rights(seen.session, operations, lacking if operations else ()),
    )


def _not_valid(seen: Seen, operations: Sequence[Operation]) -> Iterator[str]:
    """What the operations themselves refuse, as far as those before them do not change it."""
    cleaned = {table for one in operations for table in _cleaned(one)}
    for one in operations:
        if one.stage is not Stage.PROTECT:
            continue
        # Values that can't be converted may be the very orphans that go before.
        if isinstance(one, ConvertColumns) and cleaned & {each.table for each in one.columns}:
            continue
        for reason in one.validate(seen.session):
            yield f"{one.words()}: {reason}"


def _cleaned(one: Operation) -> Iterator[TableName]:
    if isinstance(one, QuarantineOrphans | NullifyOrphans):
        yield one.reference.child
    if isinstance(one, QuarantineOrphans):
        yield from (each.reference.child for each in one.touched)
