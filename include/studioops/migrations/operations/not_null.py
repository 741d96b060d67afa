"""What setting and dropping NOT NULL have in common: the CHECK that proves it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from psycopg.sql import SQL, Composed, Identifier

from studioops.migrations.operations.key import drop_constraint, validate_constraint
from studioops.migrations.operations.looked_up import column, not_there
from studioops.migrations.operations.names import TableName, shown
from studioops.migrations.operations.step import Session

HELPER = "studioops_not_null"
Reasons = Callable[[Mapping[str, Any], str], Iterator[str]]


@dataclass(frozen=True, slots=True)
class Place:
    """A column, and the statements about its NOT NULL.

    Args:
        table: its table.
        column: its name.
    """

    table: TableName
    column: str

    def __str__(self) -> str:
        """In full."""
        return f"{self.table}.{shown([self.column])}"

    @property
    def check(self) -> Composed:
        """Makes a CHECK that new rows keep."""
        statement = SQL("ALTER TABLE {} ADD CONSTRAINT {} CHECK ({} IS NOT NULL) NOT VALID")
        return statement.format(self.table.sql, Identifier(HELPER), Identifier(self.column))

    @property
    def proof(self) -> Composed:
        """Looks at the rows from before it."""
        return validate_constraint(self.table, HELPER)

    @property
    def unchecked(self) -> Composed:
        """Drops the CHECK again."""
        return drop_constraint(self.table, HELPER)

    @property
    def set(self) -> Composed:
        """Sets NOT NULL: PostgreSQL takes a valid CHECK for a proof, and looks at no row."""
        return self._altered(SQL("SET"))

    @property
    def dropped(self) -> Composed:
        """Drops NOT NULL."""
        return self._altered(SQL("DROP"))

    def row(self, session: Session) -> Mapping[str, Any] | None:
        """What the catalog says of it; None where it is not there."""
        return column(session, self.table, self.column, HELPER)

    def refusals(self, session: Session, reasons: Reasons) -> Iterator[str]:
        """Why nothing can be done with it here; nothing where it can.

        Args:
            session: in a transaction.
            reasons: of the operation, told what the catalog says and how the column is called.
        """
        yield from not_there(session, self.table, [self.column])
        row = self.row(session)
        if row is None:
            return
        yield from reasons(row, str(self))
        if row["helper_taken"]:
            yield f"{self.table} has a constraint {HELPER} already"

    def _altered(self, verb: SQL) -> Composed:
        statement = SQL("ALTER TABLE {} ALTER COLUMN {} {} NOT NULL")
        return statement.format(self.table.sql, Identifier(self.column), verb)
