"""What stands in the way of rows that would go, and of references that would be cleared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from studioops.migrations.quarantine.closure import Finder, Found, Going
from studioops.migrations.quarantine.edges import Edge, Edges
from studioops.migrations.quarantine.places import Places


def obstacles(finder: Finder, edges: Edges, going: Going) -> Iterator[str]:
    """Why it can't be done, by what the rows say, each with its name and how many they are.

    Args:
        finder: of the session.
        edges: the reference and all that is touched.
        going: what was found.
    """
    gone = going.gone
    yield from _kept_back(finder, edges, gone)
    for one in going.cleared:
        yield from _not_clearable(finder, edges, one, gone)


def _kept_back(finder: Finder, edges: Edges, gone: Places) -> Iterator[str]:
    for edge in (*edges.touched, *edges.unnamed):
        if edge.going == "refuse":
            rows = finder.losing(edge, gone, gone, gone).count
            if rows:
                yield f"{edge}: {_refer(rows)} to what would go"


def _not_clearable(finder: Finder, edges: Edges, one: Found, gone: Places) -> Iterator[str]:
    edge, cleared = one.edge, set(one.edge.columns)
    rows = _rows(one.places.count)
    for column in edge.planned.child_end.columns:
        if column.not_null:
            yield f"{edge}: {rows} would lose it, and {column.display} is NOT NULL"
    going = Places()
    going.add(gone)
    going.add(one.places)
    for other in _each(edges):
        if cleared & other.parent_columns:
            lost = finder.losing(other, one.places, going, gone).count
            if lost:
                yield f"{other}: {_refer(lost)} to what would be cleared for {edge}"
        some = cleared & set(other.columns)
        same = other.child.oid == edge.child.oid
        if same and other.planned.match == "full" and some and some != set(other.columns):
            yield f"{other} is MATCH FULL and shares columns with {edge}: it would be partly NULL"


def _each(edges: Edges) -> Iterable[Edge]:
    """Every reference, each once."""
    return {str(one): one for one in (edges.own, *edges.touched, *edges.unnamed)}.values()


def _rows(count: int) -> str:
    return f"{count} row" if count == 1 else f"{count} rows"


def _refer(count: int) -> str:
    return f"{_rows(count)} {'refers' if count == 1 else 'refer'}"
