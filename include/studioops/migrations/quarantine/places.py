"""Sets of rows, by where they lie, as texts that the server writes and reads by itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from psycopg.sql import SQL, Composed, Literal


@dataclass
class Places:
    """Rows that are locked, so that they stay where they lie until the transaction ends.

    A set of a hundred thousand is a text of a megabyte, and goes along with each statement that
    needs it: a temporary table could not be made where nothing may be written.

    Args:
        texts: an array of ``tid`` by the oid of the table that holds the rows.
        count: how many rows.
    """

    texts: dict[int, str] = field(default_factory=dict)
    count: int = 0

    def add(self, other: Places) -> None:
        """Take the rows of another set in; it has none of these."""
        for relation, text in other.texts.items():
            mine = self.texts.get(relation)
            # Neither is empty: "{" and "}" are all that keeps two arrays apart.
            self.texts[relation] = f"{mine[:-1]},{text[1:]}" if mine else text
        self.count += other.count

    def touches(self, relations: Iterable[int]) -> bool:
        """Whether one of these tables holds any of its rows."""
        return any(one in self.texts for one in relations)

    @property
    def sql(self) -> Composed:
        """A query of ``relation`` and ``place``."""
        parts = list(self._parts())
        if not parts:
            return Composed([SQL("SELECT 0::oid AS relation, '(0,0)'::tid AS place WHERE false")])
        return SQL(" UNION ALL ").join(parts)

    def _parts(self) -> Iterator[Composed]:
        one = SQL("SELECT {}::oid AS relation, unnest({}::tid[]) AS place")
        return (one.format(Literal(oid), Literal(text)) for oid, text in self.texts.items())


def places_of(rows: Iterable[Mapping[str, Any]]) -> Places:
    """The set that a query has found.

    Args:
        rows: a table each: ``relation``, ``places`` (an array of ``tid`` as text) and ``count``.
    """
    found = Places()
    for row in rows:
        found.texts[row["relation"]] = row["places"]
        found.count += row["count"]
    return found
