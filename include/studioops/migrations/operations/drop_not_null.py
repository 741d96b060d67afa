"""Drop NOT NULL; the way back sets it again without a lock that keeps readers out for long."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from psycopg.sql import SQL, Identifier

from studioops.migrations.operations.lock import Lock
from studioops.migrations.operations.names import TableName
from studioops.migrations.operations.not_null import Place
from studioops.migrations.operations.operation import Operation, Stage
from studioops.migrations.operations.step import (
    Change,
    Memo,
    Session,
    Step,
    execute,
    nothing,
    run,
    run_back,
)

RENAME = SQL("ALTER TABLE {} RENAME CONSTRAINT {} TO {}")


@dataclass(frozen=True)
class DropNotNull(Operation):
    """Let a column hold NULL.

    Args:
        table: its table.
        column: its name.
    """

    kind: ClassVar[str] = "drop_not_null"
    stage: ClassVar[Stage] = Stage.EXPAND

    table: TableName
    column: str

    @property
    def place(self) -> Place:
        """The column, and the statements about it."""
        return Place(self.table, self.column)

    def words(self) -> str:
        """What it does, in one line for people."""
        return f"drop NOT NULL from {self.place}"

    def steps(self) -> tuple[Step, ...]:
        """The steps of setting it, the other way round."""
        place = self.place
        return (
            Change(
                f"nothing; on the way back set NOT NULL on {place} in place of the CHECK",
                Lock.ROW,
                self._remember,
                Lock.ACCESS_EXCLUSIVE,
                self._set_again,
            ),
            Change(
                "nothing; on the way back look at the rows from before",
                Lock.ROW,
                nothing,
                Lock.SHARE_UPDATE_EXCLUSIVE,
                run_back(place.proof),
            ),
            Change(
                f"drop NOT NULL from {place}",
                Lock.ACCESS_EXCLUSIVE,
                run(place.dropped),
                Lock.ACCESS_EXCLUSIVE,
                run_back(place.check),
            ),
        )

    def validate(self, session: Session) -> tuple[str, ...]:
        """The column is there, is NOT NULL, and may cease to be."""
        return tuple(self.place.refusals(session, self._reasons))

    def verify(self, session: Session) -> tuple[str, ...]:
        """It takes NULL."""
        row = self.place.row(session)
        done = row is not None and not row["not_null"]
        return () if done else (f"{self.place} is still NOT NULL",)

    def _remember(self, session: Session) -> Memo:
        row = self.place.row(session)
        return {"name": row["not_null_name"] if row else None}

    def _set_again(self, session: Session, memo: Memo) -> None:
        execute(session, (self.place.set, self.place.unchecked))
        row = self.place.row(session)
        # From PostgreSQL 18 on NOT NULL has a name.
        if row and memo["name"] and row["not_null_name"] != memo["name"]:
            names = (Identifier(row["not_null_name"]), Identifier(memo["name"]))
            session.execute(RENAME.format(self.table.sql, *names))

    def _reasons(self, row: Mapping[str, Any], name: str) -> Iterator[str]:
        if not row["not_null"]:
            yield f"{name} takes NULL already"
        if row["in_primary_key"] or row["identity"]:
            yield f"{name} belongs to the primary key, or is an identity column"
        if row["inherits"]:
            yield f"{self.table} has its NOT NULL from the table that it is a part of"
