"""Names for new indexes and constraints, none of which is taken, and none given twice."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, count

from studioops.integrity.scan.repair import cut_name
from studioops.migrations.operations import Session, TableName
from studioops.migrations.operations.replace_foreign_key import meanwhile
from studioops.migrations.planner.seen import Seen, leaves_of
from studioops.postgres import load_sql

Place = tuple[str, str]


class Names:
    """Gives names, the same ones whenever the same are asked for in the same order.

    Args:
        session: reads those that are taken.
        schemas: in which names will be asked for.
    """

    def __init__(self, session: Session, schemas: Sequence[str]) -> None:
        rows = session.execute(load_sql(__package__, "taken"), {"schemas": list(schemas)})
        self._taken: dict[Place, set[str]] = {}
        for row in rows:
            self._at((row["schema"], row["table_name"])).add(row["name"])

    @classmethod
    def of(cls, seen: Seen) -> Names:
        """For the tables of a database that a plan may work on."""
        ends = [one.first.child_end.relation for one in seen.wanted]
        tables = chain.from_iterable([one, *leaves_of(seen.catalog, one)] for one in ends)
        return cls(seen.session, sorted({one.schema for one in tables}))

    def constraint(
        self, table: TableName, columns: Sequence[str], also: Sequence[TableName] = ()
    ) -> str:
        """A name for a foreign key.

        Args:
            table: that it stands on.
            columns: of it.
            also: further tables that get one of that name.
        """
        places = [(one.schema, one.name) for one in (table, *also)]
        return self._free(cut_name(table.name, columns, "fkey"), places)

    def index(self, table: TableName, columns: Sequence[str]) -> str:
        """A name for an index.

        Args:
            table: that it is of.
            columns: of it.
        """
        return self._free(cut_name(table.name, columns, "idx"), [(table.schema, "")])

    def _free(self, stem: str, places: Sequence[Place]) -> str:
        taken = set().union(*(self._at(one) for one in places))
        candidates = (f"{stem}{number or ''}" for number in count())
        name = next(one for one in candidates if not {one, meanwhile(one)} & taken)
        for one in places:
            self._at(one).add(name)
        return name

    def _at(self, place: Place) -> set[str]:
        return self._taken.setdefault(place, set())
