"""From the entries of ``smoke`` to the queries."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from studioops.integrity.contract.document import Document
from studioops.integrity.contract.model import DeclaredSmoke, Fault
from studioops.integrity.contract.shape import SmokeShape


def smoke_faults(entries: Sequence[SmokeShape], document: Document) -> Iterator[Fault]:
    """What is wrong between values that are each right.

    Args:
        entries: of the section.
        document: that knows their lines.
    """
    seen: dict[str, int] = {}
    for number, one in enumerate(entries):
        line = document.line(("smoke", number, "name"))
        if one.name in seen:
            yield Fault(line, f"name: {one.name!r} stands on line {seen[one.name]} already")
        seen.setdefault(one.name, line)
        if one.equals is not None and one.min_rows is not None:
            where = document.line(("smoke", number, "min_rows"))
            yield Fault(where, "min_rows: goes without equals: alone, which wants one row")


def declared_smoke(entries: Sequence[SmokeShape], document: Document) -> tuple[DeclaredSmoke, ...]:
    """The queries, without faults.

    Args:
        entries: of the section.
        document: that knows their lines.
    """
    return tuple(
        DeclaredSmoke(
            one.name,
            one.query,
            one.equals,
            1 if one.min_rows is None else one.min_rows,
            document.line(("smoke", number)),
        )
        for number, one in enumerate(entries)
    )
