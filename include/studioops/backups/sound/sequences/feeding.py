"""A sequence, and a column that it feeds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Feeding:
    """One column and the sequence that its numbers come from.

    Args:
        sequence: its full name; None where the DEFAULT names one that is not there.
        said: the name in the DEFAULT, where it stands there as a text.
        increment: the sequence's step; negative for one that counts down.
        cycles: whether it begins again by itself.
        low: the least number that it hands out.
        high: the greatest one.
        last: the last number that was handed out; None where none was, or nobody may know.
        table: the column's table.
        column: quoted where SQL needs it.
        is_foreign: whether the table is another server's.
        type: the column's, or that below its domain.
        numbers: whether that type holds the sequence's numbers.
        plain: whether the DEFAULT takes the number as it is.
    """

    sequence: str | None
    said: str | None
    increment: int
    cycles: bool
    low: int
    high: int
    last: int | None
    table: str
    column: str
    is_foreign: bool
    type: str
    numbers: bool
    plain: bool

    @property
    def place(self) -> str:
        """The column, as reports call it."""
        return f"{self.table}({self.column})"

    @property
    def never_compared(self) -> str:
        """Why the column can't be held against the sequence; empty where it can."""
        if self.cycles:
            return "it cycles: its numbers come again by design"
        if self.is_foreign:
            return f"{self.table} is another server's"
        if not self.numbers:
            return f"{self.place} is {self.type}, no number"
        return "" if self.plain else f"the DEFAULT of {self.place} makes something else of it"
