"""Names of tables as operations hold them, and how SQL writes them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from psycopg.sql import SQL, Composed, Identifier

from studioops.integrity.contract.names import quoted
from studioops.integrity.scan.repair import IDENTIFIER_BYTES


@dataclass(frozen=True, slots=True, order=True)
class TableName:
    """A table.

    Args:
        schema: its name, not quoted.
        name: its name, not quoted.
    """

    schema: str
    name: str

    def __str__(self) -> str:
        """In full, quoted where SQL needs it."""
        return f"{quoted(self.schema)}.{quoted(self.name)}"

    @property
    def sql(self) -> Identifier:
        """For a composed statement."""
        return Identifier(self.schema, self.name)

    def beside(self, name: str) -> TableName:
        """Another relation of the same schema."""
        return TableName(self.schema, name)


def with_tail(name: str, tail: str) -> str:
    """A name with something behind it, cut so that PostgreSQL does not cut it short.

    Args:
        name: that it begins with.
        tail: in ASCII.
    """
    return name.encode()[: IDENTIFIER_BYTES - len(tail)].decode(errors="ignore") + tail


def listed(names: Iterable[str]) -> Composed:
    """Names with commas between them, for a composed statement."""
    return SQL(", ").join(map(Identifier, names))


def shown(names: Iterable[str]) -> str:
    """Names with commas between them, for people."""
    return ", ".join(map(quoted, names))
