"""A plan: operations in order, and the hash that says which plan it is."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from studioops.migrations.operations import Operation, Step, from_json

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Placed:
    """A step and its place in a plan.

    Args:
        number: among all steps of the plan, from 0.
        operation: that it is a part of.
        step: itself.
        first: whether its operation begins with it.
        last: whether its operation ends with it.
    """

    number: int
    operation: Operation
    step: Step
    first: bool
    last: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be changed.

    Args:
        operations: in the order in which they are applied.
    """

    operations: tuple[Operation, ...]

    @property
    def hash(self) -> str:
        """Which plan it is: of its operations alone, never of estimates, times or paths."""
        document = {"format": FORMAT, "operations": [one.identity for one in self.operations]}
        text = json.dumps(document, sort_keys=True, separators=(",", ":"))
        return sha256(text.encode()).hexdigest()

    def steps(self) -> Iterator[Placed]:
        """Every step, in the order in which they are applied."""
        number = 0
        for operation in self.operations:
            steps = operation.steps()
            for place, step in enumerate(steps, 1):
                yield Placed(number, operation, step, place == 1, place == len(steps))
                number += 1

    def as_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {"format": FORMAT, "operations": [one.as_json() for one in self.operations]}

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Plan:
        """The plan that :meth:`as_json` wrote.

        Raises:
            ValueError: it is none, or another release's.
        """
        if document.get("format") != FORMAT:
            raise ValueError("this plan was written by another release")
        return cls(tuple(from_json(one) for one in document["operations"]))
