"""Set NOT NULL without reading the table under a lock that keeps readers out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from psycopg.sql import SQL, Composed, Identifier

from studioops.migrations.operations.key import drop_constraint, validate_constraint
from studioops.migrations.operations.lock import Lock
from studioops.migrations.operations.looked_up import column, not_there
from studioops.migrations.operations.names import TableName, shown
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

HELPER = "studioops_not_null"


@dataclass(frozen=True)
class SetNotNull(Operation):
    """Let a column hold no NULL.

    PostgreSQL takes a valid CHECK for a proof, so that NOT NULL itself looks at no row.

    Args:
        table: its table.
        column: its name.
    """

    kind: ClassVar[str] = "set_not_null"
    stage: ClassVar[Stage] = Stage.VALIDATE

    table: TableName
    column: str

    def words(self) -> str:
        """What it does, in one line for people."""
        return f"set NOT NULL on {self.table}.{shown([self.column])}"

    def steps(self) -> tuple[Step, ...]:
        """A CHECK for new rows, then for all, then NOT NULL in its place."""
        check, proven = proof(self.table, self.column)
        drop = drop_constraint(self.table, HELPER)
        return (
            Change(
                f"let {self.table} take no new NULL",
                Lock.ACCESS_EXCLUSIVE,
                run(check),
                Lock.ACCESS_EXCLUSIVE,
                run_back(drop),
            ),
            Change("look at the rows from before", Lock.SHARE_UPDATE_EXCLUSIVE, run(proven)),
            Change(
                f"set NOT NULL on {self.table}",
                Lock.ACCESS_EXCLUSIVE,
                run(alter(self.table, self.column, "SET"), drop),
                Lock.ACCESS_EXCLUSIVE,
                run_back(alter(self.table, self.column, "DROP")),
            ),
        )

    def validate(self, session: Session) -> tuple[str, ...]:
        """The column is there, takes NULL, and no partition has a NOT NULL of its own."""
        return tuple(self._refusals(session))

    def verify(self, session: Session) -> tuple[str, ...]:
        """It takes no NULL, and nothing is left of the helper."""
        row = column(session, self.table, self.column, HELPER)
        done = row is not None and row["not_null"] and not row["helper_taken"]
        return () if done else (f"{self.table}.{shown([self.column])} is not NOT NULL",)

    def _refusals(self, session: Session) -> Iterator[str]:
        yield from not_there(session, self.table, [self.column])
        row = column(session, self.table, self.column, HELPER)
        if row is None:
            return
        name = f"{self.table}.{shown([self.column])}"
        if row["not_null"]:
            yield f"{name} is NOT NULL already"
        if row["helper_taken"]:
            yield f"{self.table} has a constraint {HELPER} already"
        if row["not_null_below"]:
            below = ", ".join(row["not_null_below"])
            yield f"{name} is NOT NULL in {below} alone: the way back would take it from there"


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

    def words(self) -> str:
        """What it does, in one line for people."""
        return f"drop NOT NULL from {self.table}.{shown([self.column])}"

    def steps(self) -> tuple[Step, ...]:
        """The steps of setting it, the other way round."""
        check, proven = proof(self.table, self.column)
        return (
            Change(
                "nothing; on the way back set NOT NULL in place of the CHECK",
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
                run_back(proven),
            ),
            Change(
                f"drop NOT NULL from {self.table}",
                Lock.ACCESS_EXCLUSIVE,
                run(alter(self.table, self.column, "DROP")),
                Lock.ACCESS_EXCLUSIVE,
                run_back(check),
            ),
        )

    def validate(self, session: Session) -> tuple[str, ...]:
        """The column is there, is NOT NULL, and may cease to be."""
        return tuple(self._refusals(session))

    def verify(self, session: Session) -> tuple[str, ...]:
        """It takes NULL."""
        row = column(session, self.table, self.column, HELPER)
        done = row is not None and not row["not_null"]
        return () if done else (f"{self.table}.{shown([self.column])} is still NOT NULL",)

    def _remember(self, session: Session) -> Memo:
        row = column(session, self.table, self.column, HELPER)
        return {"name": row["not_null_name"] if row else None}

    def _set_again(self, session: Session, memo: Memo) -> None:
        setting = alter(self.table, self.column, "SET")
        execute(session, (setting, drop_constraint(self.table, HELPER)))
        row = column(session, self.table, self.column, HELPER)
        # From PostgreSQL 18 on NOT NULL has a name.
        if row and memo["name"] and row["not_null_name"] != memo["name"]:
            rename = SQL("ALTER TABLE {} RENAME CONSTRAINT {} TO {}")
            names = (Identifier(row["not_null_name"]), Identifier(memo["name"]))
            session.execute(rename.format(self.table.sql, *names))

    def _refusals(self, session: Session) -> Iterator[str]:
        yield from not_there(session, self.table, [self.column])
        row = column(session, self.table, self.column, HELPER)
        if row is None:
            return
        name = f"{self.table}.{shown([self.column])}"
        if not row["not_null"]:
            yield f"{name} takes NULL already"
        if row["in_primary_key"] or row["identity"]:
            yield f"{name} belongs to the primary key, or is an identity column"
        if row["inherits"]:
            yield f"{self.table} has its NOT NULL from the table that it is a part of"
        if row["helper_taken"]:
            yield f"{self.table} has a constraint {HELPER} already"


def proof(table: TableName, name: str) -> tuple[Composed, Composed]:
    """The statements that make a CHECK for new rows, and that look at those from before.

    Args:
        table: its table.
        name: of the column.
    """
    check = SQL("ALTER TABLE {} ADD CONSTRAINT {} CHECK ({} IS NOT NULL) NOT VALID")
    added = check.format(table.sql, Identifier(HELPER), Identifier(name))
    return added, validate_constraint(table, HELPER)


def alter(table: TableName, name: str, verb: str) -> Composed:
    """The statement that sets or drops NOT NULL.

    Args:
        table: its table.
        name: of the column.
        verb: ``SET`` or ``DROP``.
    """
    verbs = {"SET": SQL("SET"), "DROP": SQL("DROP")}
    statement = SQL("ALTER TABLE {} ALTER COLUMN {} {} NOT NULL")
    return statement.format(table.sql, Identifier(name), verbs[verb])
