"""Set NOT NULL without reading the table under a lock that keeps readers out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from studioops.migrations.operations.lock import Lock
from studioops.migrations.operations.names import TableName
from studioops.migrations.operations.not_null import Place
from studioops.migrations.operations.operation import Operation, Stage
from studioops.migrations.operations.step import Change, Session, Step, run, run_back


@dataclass(frozen=True)
class SetNotNull(Operation):
    """Let a column hold no NULL.

    Args:
        table: its table.
        column: its name.
    """

    kind: ClassVar[str] = "set_not_null"
    stage: ClassVar[Stage] = Stage.VALIDATE

    table: TableName
    column: str

    @property
    def place(self) -> Place:
        """The column, and the statements about it."""
        return Place(self.table, self.column)

    def words(self) -> str:
        """What it does, in one line for people."""
        return f"set NOT NULL on {self.place}"

    def steps(self) -> tuple[Step, ...]:
        """A CHECK for new rows, then for all, then NOT NULL in its place."""
        place = self.place
        return (
            Change(
                f"let {place} take no new NULL",
                Lock.ACCESS_EXCLUSIVE,
                run(place.check),
                Lock.ACCESS_EXCLUSIVE,
                run_back(place.unchecked),
            ),
            Change("look at the rows from before", Lock.SHARE_UPDATE_EXCLUSIVE, run(place.proof)),
            Change(
                f"set NOT NULL on {place}",
                Lock.ACCESS_EXCLUSIVE,
                run(place.set, place.unchecked),
                Lock.ACCESS_EXCLUSIVE,
                run_back(place.dropped),
            ),
        )

    def validate(self, session: Session) -> tuple[str, ...]:
        """The column is there, takes NULL, and no partition has a NOT NULL of its own."""
        return tuple(self.place.refusals(session, _reasons))

    def verify(self, session: Session) -> tuple[str, ...]:
        """It takes no NULL, and nothing is left of the helper."""
        row = self.place.row(session)
        done = row is not None and row["not_null"] and not row["helper_taken"]
        return () if done else (f"{self.place} is not NOT NULL",)


def _reasons(row: Mapping[str, Any], name: str) -> Iterator[str]:
    if row["not_null"]:
        yield f"{name} is NOT NULL already"
    if row["not_null_below"]:
        below = ", ".join(row["not_null_below"])
        yield f"{name} is NOT NULL in {below} alone: the way back would take it from there"
