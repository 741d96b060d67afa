"""Drop an index while others read and write; the way back builds it again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, cast

from psycopg.sql import SQL, Composed

from studioops.migrations.operations.built import dropped_concurrently
from studioops.migrations.operations.looked_up import index
from studioops.migrations.operations.names import TableName
from studioops.migrations.operations.operation import Operation, Stage
from studioops.migrations.operations.step import Session, Step

CREATE = re.compile(r"CREATE (UNIQUE )?INDEX ")


@dataclass(frozen=True)
class DropIndex(Operation):
    """Drop an index.

    Args:
        index: its schema and name.
        definition: as ``pg_get_indexdef`` says it; where the index is another one, nothing is
            dropped.
    """

    kind: ClassVar[str] = "drop_index"
    stage: ClassVar[Stage] = Stage.CONTRACT

    index: TableName
    definition: str

    def words(self) -> str:
        """What it does, in one line for people."""
        return f"drop index {self.index}"

    def steps(self) -> tuple[Step, ...]:
        """One."""
        return (dropped_concurrently(self.index, again(self.definition)),)

    def validate(self, session: Session) -> tuple[str, ...]:
        """It is that index, nothing rests on it, and its definition says all of it."""
        return tuple(self._refusals(session))

    def verify(self, session: Session) -> tuple[str, ...]:
        """It is gone."""
        gone = index(session, self.index) is None
        return () if gone else (f"{self.index} is still there",)

    def _refusals(self, session: Session) -> Iterator[str]:
        row = index(session, self.index)
        if row is None or row["definition"] is None:
            yield f"there is no index {self.index}"
            return
        if row["definition"] != self.definition:
            yield f"{self.index} is another index than the plan's"
        if row["behind_constraint"]:
            yield f"a constraint rests on {self.index}"
        if row["partitioned"] or row["attached"]:
            yield f"{self.index} is of a partitioned table"
        if row["marked"]:
            yield (
                f"{self.index} has a comment, a tablespace, a statistics target or is what its "
                "table is clustered by or replicated by: the way back would lose that"
            )


def again(definition: str) -> Composed:
    """The statement that builds an index again, while others read and write.

    Args:
        definition: as ``pg_get_indexdef`` says it.

    Raises:
        ValueError: it is no such definition.
    """
    found = CREATE.match(definition)
    if found is None:
        raise ValueError(f"{definition!r} makes no index")
    place = found.end()
    text = f"{definition[:place]}CONCURRENTLY {definition[place:]}"
    return Composed([SQL(cast(Any, text))])
