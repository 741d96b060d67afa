"""From an entry of ``expectations`` to the questions in it, one each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from studioops.integrity.contract.document import Document
from studioops.integrity.contract.model import DeclaredExpectation, Fault
from studioops.integrity.contract.shape import ExpectationShape

TOGETHER = ("unique", "references")
ALONE = ("values", "min", "max", "matches", "not_null")
QUESTIONS = (*ALONE, *TOGETHER)


def expectation_faults(number: int, one: ExpectationShape, document: Document) -> Iterator[Fault]:
    """What is wrong between values that are each right.

    Args:
        number: the entry's place in the list.
        one: the entry.
        document: that knows its lines.
    """
    asked = [name for name in QUESTIONS if getattr(one, name) is not None]
    wide = len(one.column.columns)

    def line(name: str) -> int:
        return document.line(("expectations", number, name))

    if not asked:
        yield Fault(line("column"), f"asks nothing: give one of {', '.join(QUESTIONS)}")
    for name in asked:
        if wide > 1 and name in ALONE:
            yield Fault(line(name), f"{name}: takes one column, {one.column} has {wide}")
    if one.references is not None and len(one.references.columns) != wide:
        high = len(one.references.columns)
        yield Fault(
            line("references"), f"{one.column} has {wide} column(s), {one.references} has {high}"
        )
    if one.type is not None and one.references is None:
        yield Fault(line("type"), "type: goes with references: alone")
    if one.type is not None and len(one.type) != wide:
        yield Fault(line("type"), f"type: {len(one.type)} given for {wide} column(s)")
    if one.mostly is not None and any(name in TOGETHER for name in asked):
        yield Fault(line("mostly"), f"mostly: goes with {', '.join(ALONE)} alone")
    yield from _range_faults(one, line("min"))


def _range_faults(one: ExpectationShape, line: int) -> Iterator[Fault]:
    low, high = one.min, one.max
    if low is None or high is None:
        return
    numbers = (int, float)
    if type(low) is not type(high) and not (isinstance(low, numbers) and isinstance(high, numbers)):
        yield Fault(line, f"min: {low!r} and max: {high!r} are of two kinds")
    elif low > high:  # type: ignore[operator]
        yield Fault(line, f"min: {low} is above max: {high}, so no value can be right")


def declared_expectations(
    number: int, one: ExpectationShape, document: Document
) -> Iterator[DeclaredExpectation]:
    """The questions of an entry.

    Args:
        number: the entry's place in the list.
        one: the entry, without faults.
        document: that knows its lines.
    """
    kinds: list[tuple[str, bool, dict[str, Any]]] = [
        ("not_null", one.not_null is not None, {}),
        ("unique", one.unique is not None, {}),
        ("accepted_values", one.values is not None, {"values": one.values}),
        ("range", (one.min, one.max) != (None, None), {"min": one.min, "max": one.max}),
        ("pattern", one.matches is not None, {"matches": one.matches}),
        (
            "reference",
            one.references is not None,
            {"references": one.references, "types": tuple(one.type or ())},
        ),
    ]
    for kind, asked, options in kinds:
        if asked:
            line = document.line(("expectations", number))
            mostly = one.mostly or 1.0
            yield DeclaredExpectation(one.column, kind, options, mostly, one.severity, line)
