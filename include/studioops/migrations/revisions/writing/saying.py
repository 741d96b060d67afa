"""Which operations of a plan a revision can carry, how, and what has to be done before it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from psycopg.sql import Composed

from studioops.errors import Refused
from studioops.migrations.operations import (
    AddForeignKey,
    ConvertColumns,
    CreateIndex,
    DropConverted,
    Lock,
    NullifyOrphans,
    Operation,
    QuarantineOrphans,
    Reference,
    ReplaceForeignKey,
    RunRevision,
    Session,
    SetNotNull,
)
from studioops.migrations.plan import Plan
from studioops.migrations.revisions.writing.conversions import converted, why_not
from studioops.migrations.revisions.writing.guards import Types, no_orphans, of_type
from studioops.migrations.revisions.writing.indexes import created
from studioops.migrations.revisions.writing.keys import added, replaced
from studioops.migrations.revisions.writing.parts import Said, part

ROWS = "rows that it takes out or changes could not be put back by a downgrade"
NO_REVISION = "no revision can be written yet: "

NOT_NULL = {
    "ban-drop-constraint": "the CHECK goes when NOT NULL stands in its place",
    "adding-not-nullable-field": "a CHECK has looked at every row",
}


@dataclass(frozen=True, slots=True)
class Split:
    """A plan in two.

    Args:
        before: what `migrate apply` has to do first, each with the reason.
        carried: what a revision can carry.
    """

    before: Mapping[Operation, str]
    carried: tuple[Operation, ...]


def split(session: Session, plan: Plan) -> Split:
    """What of a plan a revision can carry.

    Args:
        session: in a transaction, which may be read-only.
        plan: of which nothing was applied yet.

    Raises:
        Refused: revisions are pending, or no revision can be written of an operation at all.
    """
    before: dict[Operation, str] = {}
    for one in plan.operations:
        if isinstance(one, RunRevision):
            raise Refused(
                f"{NO_REVISION}the database has not had the revision {one.revision}",
                "run it first: studioops migrate apply, or alembic upgrade head; then plan again",
            )
        if reason := _reason(session, one, before):
            before[one] = reason
    return Split(before, tuple(one for one in plan.operations if one not in before))


def say(session: Session, in_two: Split, first: str) -> tuple[Said, ...]:
    """What a revision does, an operation each; the first is what it asks of what goes before.

    Args:
        session: in a transaction.
        in_two: the plan.
        first: how that is applied, in a line.

    Raises:
        Refused: no revision can be written of one of them.
    """
    guards = [guard for one in in_two.before for guard in _done(session, in_two, one, first)]
    return (Said((), (), tuple(guards)), *(_said(session, one) for one in in_two.carried))


def _reason(session: Session, one: Operation, before: Mapping[Operation, str]) -> str:
    if isinstance(one, QuarantineOrphans | NullifyOrphans):
        return ROWS
    if isinstance(one, ConvertColumns):
        return why_not(session, one)
    if isinstance(one, DropConverted):
        return before.get(one.converted, "")
    return ""


def _said(session: Session, one: Operation) -> Said:
    if isinstance(one, AddForeignKey):
        return added(one)
    if isinstance(one, ReplaceForeignKey):
        return replaced(session, one)
    if isinstance(one, CreateIndex):
        return created(one)
    if isinstance(one, ConvertColumns):
        return converted(session, one)
    if isinstance(one, SetNotNull):
        return _not_null(one)
    raise Refused(f"{NO_REVISION}{one.words()}", "studioops migrate apply does it")


def _not_null(operation: SetNotNull) -> Said:
    """By way of a CHECK that has looked at every row."""
    place = operation.place
    up = (
        part(Lock.ACCESS_EXCLUSIVE, place.unchecked, place.check),
        part(Lock.SHARE_UPDATE_EXCLUSIVE, place.proof),
        part(Lock.ACCESS_EXCLUSIVE, place.set, place.unchecked),
    )
    down = (part(Lock.ACCESS_EXCLUSIVE, place.unchecked, place.dropped),)
    return Said(up, down, ignored=NOT_NULL)


def _done(session: Session, in_two: Split, one: Operation, first: str) -> Iterator[Composed]:
    """What tells that it was."""
    if isinstance(one, QuarantineOrphans | NullifyOrphans):
        line = f"{one.reference} has orphans, which this does not take out: {first}"
        yield no_orphans(session, one.reference, _types(in_two, one.reference), line)
    if isinstance(one, ConvertColumns):
        for column in one.columns:
            yield of_type(column, f"{column} is not yet {column.type}: {first}")


def _types(in_two: Split, reference: Reference) -> Types:
    """Of the reference's columns that are converted, the types that they have now."""
    ends = {(reference.child, name) for name in reference.columns}
    ends |= {(reference.parent, name) for name in reference.parent_columns}
    operations = (*in_two.before, *in_two.carried)
    conversions = [one for one in operations if isinstance(one, ConvertColumns)]
    columns = [column for one in conversions for column in one.columns]
    return {(one.table, one.column): one.was for one in columns if (one.table, one.column) in ends}
