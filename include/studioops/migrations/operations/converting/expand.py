"""Converting while others read and write: a column beside, filled, and then put in its place.

The old column stays where it was, under another name, until it is dropped; the new one is the last
of its table from then on. Whoever inserts without naming columns means the old one by its place,
which the trigger understands as long as it is there.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from psycopg.sql import SQL, Composed, Identifier

from studioops.migrations.operations.built import built_concurrently, dropped_concurrently
from studioops.migrations.operations.converting.batching import one_batch, started
from studioops.migrations.operations.converting.carrying import built_on, meanwhile
from studioops.migrations.operations.converting.casting import assigned, malformed, named
from studioops.migrations.operations.converting.firing import quietly
from studioops.migrations.operations.converting.in_step import InStep
from studioops.migrations.operations.converting.keys import (
    tables,
    validated_back,
    validated_there,
)
from studioops.migrations.operations.converting.model import Carried, Converted, Leading
from studioops.migrations.operations.converting.turning import HELPER, Turning, check
from studioops.migrations.operations.drop_foreign_key import Standing
from studioops.migrations.operations.key import drop_constraint, validate_constraint
from studioops.migrations.operations.lock import Lock
from studioops.migrations.operations.names import TableName
from studioops.migrations.operations.step import (
    Batch,
    Batches,
    Change,
    Memo,
    Session,
    Step,
    nothing,
    run,
    run_back,
)


@dataclass(frozen=True)
class Expand:
    """The steps of it.

    Args:
        columns: that are converted.
        keys: that stand on them.
        leading: keys of one column between two of them.
        carried: indexes that hold them.
    """

    columns: tuple[Converted, ...]
    keys: tuple[Standing, ...]
    leading: tuple[Leading, ...]
    carried: tuple[Carried, ...]

    def steps(self) -> tuple[Step, ...]:
        """Add, fill, index, prove, exchange; then what only the way back has to build and prove.

        The keys change with their columns: in the same moment the new ones hold for new rows, and
        the rows from before, which the old ones held, are looked at next.
        """
        valid = [key for key in self.keys if key.valid]
        places = list(enumerate(self.columns))
        return (
            *map(self._added, tables(self.columns)),
            *map(self._filled, tables(self.columns)),
            *map(self._built, self.carried),
            *(_checked(place, one) for place, one in places),
            *(_proven(place, one) for place, one in places),
            *map(validated_back, valid),
            Turning(self.columns, self.keys, self.leading, self.carried).step(),
            *map(validated_there, valid),
            *(_proven_back(place, one) for place, one in places),
            *(_checked_back(place, one) for place, one in places),
            *map(self._built_back, self.carried),
        )

    def _added(self, table: TableName) -> Step:
        own = [one for one in self.columns if one.table == table]
        in_step = InStep(table, self.columns, self.leading)

        def forward(session: Session) -> Memo:
            parts = [
                SQL("ADD COLUMN {} {}").format(Identifier(one.new), one.sql(one.type))
                for one in own
            ]
            session.execute(SQL("ALTER TABLE {} {}").format(table.sql, SQL(", ").join(parts)))
            in_step.forward(session)
            return {}

        def backward(session: Session, _: Memo) -> None:
            in_step.drop(session)
            parts = [SQL("DROP COLUMN {}").format(Identifier(one.new)) for one in own]
            session.execute(SQL("ALTER TABLE {} {}").format(table.sql, SQL(", ").join(parts)))

        name = f"put {', '.join(one.new for one in own)} beside, on {table}"
        return Change(name, Lock.ACCESS_EXCLUSIVE, forward, Lock.ACCESS_EXCLUSIVE, backward)

    def _filled(self, table: TableName) -> Step:
        own = [one for one in self.columns if one.table == table]

        def forward(session: Session, memo: Memo) -> Batch:
            left = SQL(" OR ").join(_unfilled(session, one) for one in own)
            return one_batch(session, memo, table, partial(_fill, table, own, left), left)

        name = f"fill {', '.join(one.new for one in own)} of {table}"
        return Batches(name, forward, before=lambda session: started(session, table))

    def _built(self, one: Carried) -> Step:
        names = {each.column: each.new for each in self.columns if each.table == one.table}
        return built_concurrently(meanwhile(one), built_on(one, names))

    def _built_back(self, one: Carried) -> Step:
        """There it finds nothing to drop; back it builds what the exchange needs."""
        names = {each.column: each.old for each in self.columns if each.table == one.table}
        return dropped_concurrently(meanwhile(one), built_on(one, names))


def _unfilled(session: Session, one: Converted) -> Composed:
    bad = malformed(session, one)
    can = SQL("NOT ({})").format(bad) if bad is not None else SQL("true")
    return SQL("({} IS NULL AND {} IS NOT NULL AND {})").format(
        named(one.new), named(one.column), can
    )


def _fill(
    table: TableName,
    own: list[Converted],
    left: Composed,
    session: Session,
    within: Composed,
    _: Memo,
) -> int:
    # What can't be converted came after the plan; the CHECK that follows says so.
    values = []
    for one in own:
        cast, bad = assigned(named(one.column), one.type), malformed(session, one)
        safe = SQL("CASE WHEN NOT ({}) THEN {} END").format(bad, cast) if bad is not None else cast
        values.append(SQL("{} = {}").format(Identifier(one.new), safe))
    quietly(session, table)
    update = SQL("UPDATE ONLY {} SET {} WHERE {} AND ({})")
    return session.execute(update.format(table.sql, SQL(", ").join(values), within, left)).rowcount


def _checked(place: int, one: Converted) -> Step:
    return Change(
        f"let {one.new} of {one.table} miss no new value",
        Lock.ACCESS_EXCLUSIVE,
        run(check(place, one, one.new)),
        Lock.ACCESS_EXCLUSIVE,
        run_back(drop_constraint(one.table, HELPER.format(place))),
    )


def _proven(place: int, one: Converted) -> Step:
    proof = validate_constraint(one.table, HELPER.format(place))
    return Change(
        f"look whether {one.new} of {one.table} misses a value",
        Lock.SHARE_UPDATE_EXCLUSIVE,
        run(proof),
    )


def _proven_back(place: int, one: Converted) -> Step:
    proof = validate_constraint(one.table, HELPER.format(place))
    return Change(
        f"nothing; on the way back look whether {one.old} of {one.table} misses a value",
        Lock.ROW,
        nothing,
        Lock.SHARE_UPDATE_EXCLUSIVE,
        run_back(proof),
    )


def _checked_back(place: int, one: Converted) -> Step:
    return Change(
        f"nothing; on the way back let {one.old} of {one.table} miss no new value",
        Lock.ROW,
        nothing,
        Lock.ACCESS_EXCLUSIVE,
        run_back(check(place, one, one.old)),
    )
