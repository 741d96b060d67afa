"""Names as a contract writes them: ``[schema.]table.column`` or ``[schema.]table(col, col)``."""

from __future__ import annotations

import re
from dataclasses import dataclass

# Beyond ASCII everything is a letter to PostgreSQL; a range of that size compiles slowly.
IDENTIFIER = r'(?:"(?:[^"]|"")+"|(?:[A-Za-z_]|[^\x00-\x7f])(?:[A-Za-z0-9_$]|[^\x00-\x7f])*)'
DOTTED = re.compile(rf"\s*({IDENTIFIER}(?:\s*\.\s*{IDENTIFIER}){{0,2}})\s*")
COLUMNS = re.compile(rf"\(\s*({IDENTIFIER}(?:\s*,\s*{IDENTIFIER})*)\s*\)\s*$")
WITH_SCHEMA = 2
PLAIN = re.compile(r"[a-z_][a-z0-9_$]*")


@dataclass(frozen=True, slots=True)
class ColumnSet:
    """One or more columns of a table, in order."""

    schema: str
    table: str
    columns: tuple[str, ...]

    def __str__(self) -> str:
        """As the report writes it: ``schema.table(column, …)``."""
        names = ", ".join(quoted(column) for column in self.columns)
        return f"{quoted(self.schema)}.{quoted(self.table)}({names})"


def parse_columns(text: str) -> ColumnSet:
    """Read a name; unquoted parts fold to lower case as in SQL, the schema defaults to public.

    Args:
        text: ``orders.customer_id``, ``"Shop".orders(customer_id, region)``, …

    Raises:
        ValueError: it is no such name; the message says what is.
    """
    dotted = DOTTED.match(text)
    if dotted is not None:
        parts = [_fold(part) for part in re.findall(IDENTIFIER, dotted[1])]
        rest = text[dotted.end() :]
        columns = COLUMNS.match(rest)
        if columns is not None and len(parts) <= WITH_SCHEMA:
            names = tuple(_fold(part) for part in re.findall(IDENTIFIER, columns[1]))
            return _column_set(parts, names)
        if not rest and len(parts) > 1:
            return _column_set(parts[:-1], (parts[-1],))
    raise ValueError(f"{text!r} is no [schema.]table.column or [schema.]table(column, column)")


def quoted(name: str) -> str:
    """The name as SQL would need it written."""
    return name if PLAIN.fullmatch(name) else '"' + name.replace('"', '""') + '"'


def _fold(part: str) -> str:
    return part[1:-1].replace('""', '"') if part.startswith('"') else part.lower()


def _column_set(table: list[str], columns: tuple[str, ...]) -> ColumnSet:
    schema = table[0] if len(table) == WITH_SCHEMA else "public"
    return ColumnSet(schema, table[-1], columns)
