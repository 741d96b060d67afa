"""What is wanted of the scan, and what was measured of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from bench.scan.measuring import Measured
from bench.scan.ways import COMMAND, DBT, GX, GX_ONE, OURS, PLANNING, VALIDATE, WAYS

Row = tuple[str, ...]
NOTHING = "–"


def claims(measured: Sequence[Measured]) -> Iterator[Row]:
    """Rows of a table: what, how much is wanted, how much was measured.

    Args:
        measured: on every database.
    """
    for indexed, words, wanted in (
        (True, "indexed", "≤ 0.45, better 0.35"),
        (False, "not indexed", "≤ 0.7"),
    ):
        of_kind = large(measured, indexed=indexed)
        share = shown(ratio(of_kind, OURS, VALIDATE))
        yield f"time / that of VALIDATE, all sizes, references {words}", wanted, share
        yield f"growth with rows, references {words}", "at most as the rows", growth(of_kind)
    many = [one for one in measured if one.case.rows is None]
    for way in (DBT, GX, GX_ONE):
        share = shown(ratio(many, COMMAND, way), 3)
        yield f"time / that of {WAYS[way].title}, many tables, start-up counted", "≤ 0.1", share
    planned = total(many, PLANNING)
    yield "planning of many tables", "< 3 s", f"{planned:.2f} s" if planned else NOTHING
    peaks = [one.peaks[COMMAND] for one in measured if COMMAND in one.peaks]
    yield "memory of `studioops scan`", "< 100 MB", f"{max(peaks):.0f} MB" if peaks else NOTHING


def large(measured: Sequence[Measured], *, indexed: bool) -> list[Measured]:
    """The databases of one large table, smallest first.

    Args:
        measured: on every database.
        indexed: whether its references are.
    """
    of_kind = [one for one in measured if one.case.rows and one.case.indexed is indexed]
    return sorted(of_kind, key=lambda one: one.case.rows or 0)


def total(measured: Sequence[Measured], way: str) -> float | None:
    """What a way took on some databases together; None where it was not measured.

    Args:
        measured: on them.
        way: its name.
    """
    medians = [one.median(way) for one in measured]
    known = [seconds for seconds in medians if seconds is not None]
    return sum(known) if known and len(known) == len(medians) else None


def ratio(measured: Sequence[Measured], way: str, other: str) -> float | None:
    """One way's time as a share of another's.

    Args:
        measured: on some databases, all of which count.
        way: the one.
        other: the other.
    """
    mine, theirs = total(measured, way), total(measured, other)
    return None if mine is None or theirs is None else mine / theirs


def growth(of_kind: Sequence[Measured]) -> str:
    """How time grows with rows, from each size to the next.

    Args:
        of_kind: databases of one large table, smallest first.
    """
    steps = []
    for few, most in pairwise(of_kind):
        before, after = few.median(OURS), most.median(OURS)
        if before and after and few.case.rows and most.case.rows:
            rows = most.case.rows / few.case.rows
            steps.append(f"rows × {rows:g}: time × {after / before:.1f}")
    return "; ".join(steps) or NOTHING


def shown(value: float | None, digits: int = 2) -> str:
    """A figure of a table.

    Args:
        value: None where there is none.
        digits: after the point.
    """
    return NOTHING if value is None else f"{value:.{digits}f}"
