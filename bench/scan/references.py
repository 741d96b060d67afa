"""The references of a benchmark's database, as its catalog has them: a column each."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files

import psycopg
from psycopg.rows import class_row


@dataclass(frozen=True)
class Reference:
    """One foreign key.

    Args:
        name: the constraint's.
        schema: of both tables.
        child: the referring table.
        column: the referring column.
        parent: the referred table.
        key: the referred column.
    """

    name: str
    schema: str
    child: str
    column: str
    parent: str
    key: str

    @property
    def place(self) -> str:
        """How a scan's report calls the referring column."""
        return f"{self.schema}.{self.child}({self.column})"

    def orphans(self, child: str, shown: str) -> str:
        """The query that somebody would write by hand.

        Args:
            child: what stands for the child's rows.
            shown: what is selected of the orphans.
        """
        return (
            f"SELECT {shown} FROM {child} AS c WHERE c.{self.column} IS NOT NULL AND NOT EXISTS"
            f" (SELECT FROM {self.schema}.{self.parent} AS p WHERE p.{self.key} = c.{self.column})"
        )


def read_references(dsn: str) -> list[Reference]:
    """Every foreign key of one column; a benchmark's names need no quotes.

    Args:
        dsn: of the database.
    """
    statement = files(__package__).joinpath("references.sql").read_bytes()
    with psycopg.connect(dsn, row_factory=class_row(Reference)) as connection:
        return connection.execute(statement).fetchall()
