"""Tables that refer to each other in a circle."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from studioops.checks.check import Found, Row, SqlCheck
from studioops.model import Severity

Edges = Mapping[str, Sequence[str]]
SHOWN = 5


def circles(rows: Sequence[Row]) -> Iterator[Row]:
    """The sets of tables in which each is reached from each, with a key that leads through each.

    Kosaraju's algorithm, in time linear in the keys: a recursive query would walk every pair of
    tables, which takes a minute on a thousand of them.

    Args:
        rows: the keys, of ``child``, ``parent`` and ``name``.
    """
    up = _grouped((row["child"], row["parent"]) for row in rows)
    down = _grouped((row["parent"], row["child"]) for row in rows)
    last_first = list(dict.fromkeys(reversed(list(_finished(list(up), up, set())))))
    seen: set[str] = set()
    for table in last_first:
        members = set(_finished([table], down, seen))
        if len(members) > 1:
            key = next(row for row in rows if {row["child"], row["parent"]} <= members)
            yield {"tables": sorted(members), **key}


def _grouped(pairs: Iterable[tuple[str, str]]) -> Edges:
    edges: dict[str, list[str]] = {}
    for start, stop in pairs:
        edges.setdefault(start, []).append(stop)
        edges.setdefault(stop, [])
    return edges


def _finished(starts: Sequence[str], edges: Edges, seen: set[str]) -> Iterator[str]:
    """Tables in the order in which a walk in depth leaves them; no recursion, however deep."""
    for start in starts:
        stack = [] if start in seen else [(start, iter(edges[start]))]
        seen.update(start for start, _ in stack)
        while stack:
            table, left = stack[-1]
            step = next((one for one in left if one not in seen), None)
            if step is None:
                stack.pop()
                yield table
            else:
                seen.add(step)
                stack.append((step, iter(edges[step])))


def explain(row: Row) -> Found:
    """Tables of which each refers to the next."""
    tables, more = row["tables"][:SHOWN], len(row["tables"]) - SHOWN
    change = f"ALTER TABLE {row['child']} ALTER CONSTRAINT {row['name']}"
    return Found(
        object=", ".join(tables) + (f" and {more} more" if more > 0 else ""),
        message="these tables refer to each other in a circle, and no key of it is deferrable",
        repair=(
            "-- make one key of the circle deferrable, so that a transaction is judged at its end\n"
            f"{change} DEFERRABLE INITIALLY IMMEDIATE;"
        ),
    )


CHECK = SqlCheck(
    module=__name__,
    question="Do tables refer to each other in a circle?",
    severity=Severity.INFO,
    why=(
        "no order of loading or deleting suits all of them: rows go in with a NULL "
        "first, or keys must be deferrable"
    ),
    explain=explain,
    gather=circles,
)
