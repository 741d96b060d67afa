"""The proof itself: a subject for each sequence that is behind, and one for all that are not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import attrgetter

from sqlalchemy import Connection

from studioops.backups.seen import Seen, fault
from studioops.backups.sound.copied import Copy
from studioops.backups.sound.sequences.clash import all_clear, first_clash, next_number
from studioops.backups.sound.sequences.feeding import Feeding
from studioops.errors import DatabaseError, DatabaseUnreachable
from studioops.model import Finding, Stopwatch
from studioops.postgres import fetch, load_sql, translated

BATCH = 100
WHY = (
    "an insert that asks for a number gets one that is taken: it fails, or a number is there twice"
)


def sequences(copy: Copy) -> Seen:
    """Whether every sequence is ahead of the columns that it feeds.

    Owned ones, identities, and those that a DEFAULT alone names. What a trigger or the application
    asks for is not known here.
    """
    watch = Stopwatch()
    with copy.database.transaction() as connection:
        fed = [Feeding(**row) for row in fetch(connection, load_sql(__package__, "fed"), {})]
        missing = [_missing(one) for one in fed if one.sequence is None]
        named = [one for one in fed if one.sequence is not None]
        groups = [list(group) for _, group in groupby(named, key=attrgetter("sequence"))]
        rest, clear = _not_clear(copy, connection, groups)
        parts = [part for group in rest for part in _look(copy, connection, group)]
    told = [part for part in parts if part is not None]
    if clear + len(parts) > len(told):
        told.append(Seen.of("sequences", seconds=watch.seconds))
    none = Seen.not_applicable("sequences", "none feeds a column")
    return Seen.together([*missing, *told] or [none])


def _not_clear(
    copy: Copy, connection: Connection, groups: list[list[Feeding]]
) -> tuple[list[list[Feeding]], int]:
    """What must be looked at one by one, and how many are well by one look at many.

    Thousands of questions one by one would take longer than their answers.
    """
    plain, rest, well = list[list[Feeding]](), list[list[Feeding]](), 0
    for group in groups:
        (rest if any(one.never_compared for one in group) else plain).append(group)
    for at in range(0, len(plain), BATCH):
        batch = plain[at : at + BATCH]
        clear = _all_clear(copy, connection, [one for group in batch for one in group])
        well += len(batch) if clear else 0
        rest += [] if clear else batch
    return rest, well


def _all_clear(copy: Copy, connection: Connection, fed: list[Feeding]) -> bool:
    try:
        with translated(copy.database.dsn), connection.begin_nested():
            return all_clear(connection, fed)
    except DatabaseUnreachable:
        raise
    except DatabaseError:
        return False


def _look(copy: Copy, connection: Connection, fed: list[Feeding]) -> Iterator[Seen | None]:
    """What is to be told of one sequence, and None where it is well."""
    name = f"sequence {fed[0].sequence}"
    reasons = [one.never_compared for one in fed]
    compared = [one for one in fed if not one.never_compared]
    if not compared:
        yield Seen.not_applicable(name, "; ".join(dict.fromkeys(reasons)))
        return
    try:
        with translated(copy.database.dsn), connection.begin_nested():
            findings = list(_behind(copy, connection, compared))
    except DatabaseUnreachable:
        raise
    except DatabaseError as error:
        yield Seen.unseen(name, error.reason)
        return
    yield Seen.of(name, findings) if findings else None


def _behind(copy: Copy, connection: Connection, fed: Iterable[Feeding]) -> Iterator[Finding]:
    clashes = []
    for one in fed:
        following = next_number(connection, one)
        if (found := first_clash(connection, one, following)) is not None:
            clashes.append((one, following, *found))
    # Beyond all of its columns at once: one setval must do.
    ends = [far for *_, far in clashes]
    for one, following, near, _ in clashes:
        end = max(ends) if one.increment > 0 else min(ends)
        again = "which is taken" if near == following else f"and comes to {near}, which is taken"
        yield fault(
            "sequence_behind",
            one.sequence or "",
            f"it hands out {following} next for {one.place}, {again}; the column reaches "
            f"{end}{_as_before(copy, one, following)}",
            WHY,
            f"SELECT setval({_literal(one.sequence or '')}, {end});",
        )


def _as_before(copy: Copy, one: Feeding, following: int) -> str:
    before = copy.manifest.sequences.get(one.sequence or "") if copy.manifest else None
    if before is None:
        return ""
    same = before.after + (before.increment if before.called else 0) == following
    return ", as in the original" if same else ""


def _missing(one: Feeding) -> Seen:
    found = fault(
        "sequence_missing",
        one.place,
        f"the DEFAULT names the sequence {one.said}, which is not there",
        "every insert that leaves the column out fails",
        f"CREATE SEQUENCE {one.said} OWNED BY {one.table}.{one.column}; then setval it",
    )
    return Seen.of(f"sequence {one.said}", [found])


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
