"""The proof itself: a subject for what failed, and one for all that passed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from studioops.backups.seen import Seen, fault
from studioops.backups.sound.amcheck.extension import SCHEMA, functions
from studioops.backups.sound.amcheck.look import NO_HEAPS, Look, Looker, Relation
from studioops.backups.sound.copied import Copy
from studioops.model import Finding, Stopwatch
from studioops.postgres import load_sql

WHYS = {
    "index": "queries by this index do not find rows that are there, or find them twice",
    "heap": "rows of it are unreadable or wrong, and nobody is told until they are read",
}
# The catalog keeps a count in single precision.
EXACT = 2**24
PLURALS = {"index": "indexes", "heap": "heaps"}


def amcheck(copy: Copy) -> Seen:
    """Whether every b-tree is in order and names every row, and every heap's pages are sound.

    To look for every row in every index takes as long as all other proofs of rows. It is done
    unless the index is plain and CREATE INDEX, which the restore ran a moment ago, counted as many
    entries as the original had rows; *faithful* holds the table against the same number. Not seen
    is then an entry that the server's memory or disk has lost since, with its page still in order.
    """
    watch = Stopwatch()
    with functions(copy.database) as known:
        found = [
            _relation(copy, row)
            for row in copy.rows(load_sql(__package__, "relations"), schema=SCHEMA)
        ]
        kinds = ["index", "heap"] if known.heap is not None else ["index"]
        wanted = [one for one in found if one.kind in kinds]
        looks = Looker(copy.database, known, copy.connections).look(wanted)
    parts = [part for kind in kinds for part in _told(kind, looks, watch)]
    if known.heap is None:
        parts.append(Seen.not_applicable("heaps", NO_HEAPS))
    return Seen.together(parts)


def _relation(copy: Copy, row: Mapping[str, Any]) -> Relation:
    original = copy.manifest.tables.get(row["held"]) if copy.manifest else None
    counted = row["counted"]
    same = original is not None and counted == original.rows and counted < EXACT
    return Relation(row["oid"], row["kind"], row["rows"], row["name"], whole=not same)


def _told(kind: str, looks: Sequence[Look], watch: Stopwatch) -> Iterator[Seen]:
    mine = [one for one in looks if one.relation.kind == kind]
    if not mine:
        yield Seen.not_applicable(PLURALS[kind], "there are none")
        return
    well = False
    for one in sorted(mine, key=lambda look: look.relation.name):
        name = f"{kind} {one.relation.name}"
        if one.unseen:
            yield Seen.unseen(name, one.unseen)
        elif one.fault:
            yield Seen.of(name, [_finding(one)])
        else:
            well = True
    if well:
        yield Seen.of(PLURALS[kind], seconds=watch.seconds)


def _finding(one: Look) -> Finding:
    kind, name = one.relation.kind, one.relation.name
    return fault(
        f"corrupt_{kind}",
        name,
        one.fault,
        WHYS[kind],
        f"REINDEX INDEX {name}; then look for doubles in its table"
        if kind == "index"
        else "look at the disk and the memory of the server that it was restored on, then at those "
        "of the original: restore this backup on another machine",
    )
