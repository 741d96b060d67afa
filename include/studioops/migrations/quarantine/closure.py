"""Which rows go, what goes with them, and which references are cleared."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from psycopg.sql import SQL, Composable

from studioops.integrity.scan.question import source
from studioops.migrations.quarantine.edges import Edge, Edges
from studioops.migrations.quarantine.places import Places, places_of
from studioops.postgres.catalog import Relation

if TYPE_CHECKING:
    from studioops.migrations.operations.step import Session

FIND = SQL("""
WITH going AS ({going}), fresh AS ({fresh}), taken AS ({taken})
SELECT found.relation::bigint AS relation, count(*) AS count, array_agg(found.place)::text AS places
FROM (
    SELECT c.tableoid AS relation, c.ctid AS place FROM {child} AS c
    WHERE {condition} AND NOT EXISTS
        (SELECT FROM taken AS t WHERE t.relation = c.tableoid AND t.place = c.ctid)
    ORDER BY c.tableoid, c.ctid {lock}
) AS found
GROUP BY found.relation ORDER BY found.relation
""")
NONE = Places()


@dataclass(frozen=True)
class Found:
    """Rows that were found by one reference.

    Args:
        edge: the reference.
        level: 0 for orphans, from 1 on for what goes with rows of the level before.
        places: where they lie.
    """

    edge: Edge
    level: int
    places: Places

    @property
    def why(self) -> str:
        """For whoever reads the quarantine."""
        return f"{'went with' if self.level else 'orphan of'} {self.edge}"


@dataclass
class Going:
    """What would become of rows.

    Args:
        removed: rows that go, the orphans first.
        cleared: rows that stay and lose a reference.
    """

    removed: list[Found] = field(default_factory=list)
    cleared: list[Found] = field(default_factory=list)

    @property
    def gone(self) -> Places:
        """All rows that go."""
        rows = Places()
        for one in self.removed:
            rows.add(one.places)
        return rows

    @property
    def tables(self) -> Iterator[tuple[Relation, bool]]:
        """Each table that is written, and whether rows are taken out of it."""
        removed = {one.edge.child.oid: one.edge.child for one in self.removed}
        cleared = {one.edge.child.oid: one.edge.child for one in self.cleared}
        yield from ((one, True) for one in removed.values())
        yield from ((one, False) for oid, one in cleared.items() if oid not in removed)


@dataclass(frozen=True)
class Finder:
    """Finds rows.

    Args:
        session: in a transaction.
        lock: whether what it finds is locked; not where nothing may be written.
    """

    session: Session
    lock: bool

    def orphans(self, edge: Edge) -> Places:
        """The orphans of a reference."""
        return self._find(edge, edge.offending, NONE, NONE, NONE)

    def losing(self, edge: Edge, fresh: Places, going: Places, taken: Places) -> Places:
        """The rows that lose their last parent.

        Args:
            edge: the reference.
            fresh: what a parent must be one of.
            going: what no parent may be outside of.
            taken: what they may not be themselves.
        """
        if not fresh.touches(edge.parents):
            return NONE
        return self._find(edge, edge.losing, going, fresh, taken)

    def breaking(self, keys: Sequence[Edge], going: Going) -> list[str]:
        """The keys that rows break as they are, and would break again.

        Args:
            keys: those that stand.
            going: what was found.
        """
        rows = going.gone
        for one in going.cleared:
            rows.add(one.places)
        children = {one.edge.child.oid for one in (*going.removed, *going.cleared)}
        asked = [one for one in keys if one.child.oid in children]
        return [str(one) for one in asked if self._find(one, _among(one), NONE, rows, NONE).count]

    def _find(
        self, edge: Edge, condition: Composable, going: Places, fresh: Places, taken: Places
    ) -> Places:
        statement = FIND.format(
            going=going.sql,
            fresh=fresh.sql,
            taken=taken.sql,
            child=source(edge.child),
            condition=condition,
            lock=SQL("FOR UPDATE OF c" if self.lock else ""),
        )
        return places_of(self.session.execute(statement).fetchall())


def follow(finder: Finder, edges: Edges) -> Going:
    """Take orphans out, and follow what hangs on them to the last level.

    Args:
        finder: of the session.
        edges: the reference and all that is touched.
    """
    going = Going()
    level, fresh = 0, _kept(going.removed, edges.own, 0, finder.orphans(edges.own))
    gone = going.gone
    removing = [one for one in edges.touched if one.going == "remove"]
    while fresh.count:
        level, last, fresh = level + 1, fresh, Places()
        for edge in removing:
            found = _kept(going.removed, edge, level, finder.losing(edge, last, gone, gone))
            fresh.add(found)
            gone.add(found)
    for edge in edges.touched:
        if edge.going == "clear":
            _kept(going.cleared, edge, level, finder.losing(edge, gone, gone, gone))
    return going


def clear(finder: Finder, edges: Edges) -> Going:
    """Clear the reference of orphans, and keep the rows.

    Args:
        finder: of the session.
        edges: the reference.
    """
    going = Going()
    _kept(going.cleared, edges.own, 0, finder.orphans(edges.own))
    return going


def _kept(kept: list[Found], edge: Edge, level: int, places: Places) -> Places:
    if places.count:
        kept.append(Found(edge, level, places))
    return places


def _among(edge: Edge) -> Composable:
    """What is true of its orphans among the rows of the table ``fresh``."""
    among = "EXISTS (SELECT FROM fresh AS f WHERE f.relation = c.tableoid AND f.place = c.ctid)"
    return SQL("{} AND {}").format(SQL(among), edge.offending)
