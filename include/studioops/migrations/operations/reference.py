"""A relationship as operations on rows need it, and what becomes of the rows that use it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from studioops.migrations.operations.key import MATCH_WORDS
from studioops.migrations.operations.names import TableName, shown


@dataclass(frozen=True, slots=True)
class Reference:
    """Rows of one table that name rows of another, whether or not a constraint backs it.

    Args:
        child: the table whose rows refer.
        columns: of the child.
        parent: the table that they refer to.
        parent_columns: of the parent, in the order of ``columns``.
        types: as what both sides are compared, a type a column as SQL casts to it; a value of the
            child that is none is malformed, and its row an orphan. Empty where the columns are of
            one type and are compared as they are.
        match: ``simple`` or ``full``.
    """

    child: TableName
    columns: tuple[str, ...]
    parent: TableName
    parent_columns: tuple[str, ...]
    types: tuple[str, ...] = ()
    match: str = "simple"

    def __post_init__(self) -> None:
        """Refuse what is no relationship."""
        if self.match not in MATCH_WORDS:
            raise ValueError(f"{self.match!r} is no match; known: {', '.join(MATCH_WORDS)}")
        sizes = {len(self.columns), len(self.parent_columns)}
        if len(sizes | ({len(self.types)} if self.types else set())) != 1 or not self.columns:
            raise ValueError(f"{self} has not the same number of columns on both ends")

    def __str__(self) -> str:
        """``child(columns) → parent(columns)``."""
        parent = f"{self.parent}({shown(self.parent_columns)})"
        return f"{self.child}({shown(self.columns)}) → {parent}"


class Going(StrEnum):
    """What becomes of rows whose parent goes."""

    REMOVE = "remove"
    CLEAR = "clear"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Touched:
    """A reference that going rows may break.

    Args:
        reference: whose parent's rows may go.
        going: ``remove`` takes the referring rows too, ``clear`` sets their reference to NULL,
            ``refuse`` keeps the whole from being done as long as there is one.
    """

    reference: Reference
    going: Going
