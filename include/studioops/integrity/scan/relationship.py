"""One entry of a scan: a relationship that can be looked at, or one that is absent."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from studioops.integrity.contract import DeclaredRelationship
from studioops.postgres.catalog import Column, ColumnType, ForeignKey, Relation

WHOLE = 4


@dataclass(frozen=True, slots=True)
class End:
    """One end of a relationship, as it stands in the database."""

    relation: Relation
    columns: tuple[Column, ...]

    def __str__(self) -> str:
        """As the report writes it."""
        return f"{self.relation.display}({', '.join(column.display for column in self.columns)})"


@dataclass(frozen=True, slots=True)
class KeyRange:
    """A part of a table: the rows whose primary key's first column lies in a range.

    Args:
        low: the first value in it, as text; None for the lowest there is.
        high: the first value beyond it; None for none.
    """

    low: str | None
    high: str | None


@dataclass(frozen=True, slots=True)
class AbsentRelationship:
    """A relationship of the contract whose table or column is not there.

    Args:
        child: how the report names the referring columns.
        parent: how it names the referred ones.
        declared: what the contract says of it.
        reason: what is absent.
    """

    child: str
    parent: str
    declared: DeclaredRelationship
    reason: str

    @property
    def key(self) -> str:
        """A text that names this entry in every process that plans the same database."""
        return entry_key(self.child, self.parent, None, declared=True)

    @property
    def table(self) -> str:
        """There is none to look at."""
        return ""

    @property
    def group(self) -> tuple[str, str, str]:
        """It is looked at with nothing else."""
        return ("", "", "")

    @property
    def cost(self) -> int:
        """Nothing is read for it."""
        return 0


@dataclass(frozen=True, slots=True)
class PresentRelationship:
    """A relationship that can be looked at.

    Args:
        child_end: the referring columns.
        parent_end: the referred ones, in the same order.
        declared: what the contract says of it, if it names it.
        constraint: the foreign key that backs it, if one does.
        wanted_types: what the contract wants a value to be, a type a column, or None.
        row_key: the child's primary key.
        covered: whether an index leads with the referring columns.
        merges: whether b-trees on both ends give the columns in one order.
        distinct: how many values the reference has, by the statistics; None where unknown.
        referred_by: other tables whose rows refer to the child's, by a constraint or the contract.
        part: the part of the child's rows that is looked at; None for all of them.
        ranges: of how many such parts it is one.
    """

    child_end: End
    parent_end: End
    declared: DeclaredRelationship | None
    constraint: ForeignKey | None
    wanted_types: tuple[ColumnType | None, ...]
    row_key: tuple[Column, ...]
    covered: bool
    merges: bool
    distinct: float | None
    referred_by: tuple[str, ...] = ()
    part: KeyRange | None = None
    ranges: int = 1

    @property
    def child(self) -> str:
        """How the report names the referring columns."""
        return str(self.child_end)

    @property
    def parent(self) -> str:
        """How the report names the referred columns."""
        return str(self.parent_end)

    @property
    def key(self) -> str:
        """A text that names this entry in every process that plans the same database."""
        name = self.constraint.name if self.constraint else None
        declared = self.declared is not None
        return entry_key(
            self.child, self.parent, name, declared=declared, part=self.part, ranges=self.ranges
        )

    @property
    def table(self) -> str:
        """The child's table."""
        return self.child_end.relation.display

    @property
    def group(self) -> tuple[str, str, str]:
        """What is looked at in one transaction: the child's table, or one range of it."""
        part = self.part or KeyRange(None, None)
        return (self.table, part.low or "", part.high or "")

    @property
    def cost(self) -> int:
        """Rows on both ends, by the statistics: how heavy the look will be."""
        return 1 + self.child_end.relation.rows // self.ranges + self.parent_end.relation.rows

    @property
    def match(self) -> str:
        """How NULLs count: as the contract says, else as the constraint does."""
        if self.declared is not None and self.declared.match is not None:
            return self.declared.match
        return self.constraint.match if self.constraint is not None else "simple"

    @property
    def pairs(self) -> Iterator[tuple[Column, Column]]:
        """The columns, child's and parent's, two by two."""
        return zip(self.child_end.columns, self.parent_end.columns, strict=True)

    @property
    def behind_valid(self) -> bool:
        """Whether a constraint claims that there can be no orphan."""
        key = self.constraint
        return key is not None and key.validated and key.enforced


PlannedRelationship = PresentRelationship | AbsentRelationship


def entry_key(
    child: str,
    parent: str,
    constraint: str | None,
    *,
    declared: bool,
    part: KeyRange | None = None,
    ranges: int = 1,
) -> str:
    """A text that names an entry, or a part of one, in every process.

    Args:
        child: how the report names the referring columns.
        parent: how it names the referred ones.
        constraint: the foreign key's name; None without one.
        declared: whether the contract names the relationship.
        part: of the child's rows.
        ranges: how many parts there are.
    """
    words: list[Any] = [child, parent, constraint, declared]
    words += [part.low, part.high, ranges] if part is not None else []
    return json.dumps(words, ensure_ascii=False)


def read_key(key: str) -> tuple[str, KeyRange | None, int]:
    """The whole entry's key behind a key, and the part that it names.

    Args:
        key: as :func:`entry_key` wrote it, cut in this process or in another one.
    """
    words = json.loads(key)
    whole, part = words[:WHOLE], words[WHOLE:]
    if not part:
        return key, None, 1
    return json.dumps(whole, ensure_ascii=False), KeyRange(part[0], part[1]), part[2]
