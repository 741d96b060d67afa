"""What a planner hands over: the plan, what it would cost, and what it can't or need not do."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

from pydantic import TypeAdapter

from studioops.errors import Refused
from studioops.migrations.operations import Operation
from studioops.migrations.plan import Plan

FORMAT = 1
LINES: TypeAdapter[tuple[str, ...]] = TypeAdapter(tuple[str, ...])


@dataclass(frozen=True, slots=True)
class Estimate:
    """What an operation would cost. No part of a plan's hash: it changes by the hour.

    Args:
        rows: that it reads or changes; of tables that are not counted, by the statistics.
        bytes: of the tables that it works on, with their indexes.
        lock: the strongest that it takes, in SQL's words.
        blocks: whom that keeps waiting.
        lock_back: the strongest that its way back takes.
        blocks_back: whom that keeps waiting.
        words: what else is to be known of it, such as which rows go with others.
    """

    rows: int
    bytes: int
    lock: str
    blocks: str
    lock_back: str
    blocks_back: str
    words: str = ""


ESTIMATE = TypeAdapter(Estimate)


@dataclass(frozen=True, slots=True)
class Proposal:
    """The way from a database to its contract.

    Args:
        plan: its operations in order; empty where there is nothing to do, or a refusal.
        estimates: one an operation.
        refusals: why there is no plan: what, where, and what to type or write next.
        absent: relationships whose table or column is not there, and which nobody can plan for.
        remarks: what was seen and is left as it is.
        rights: that this role lacks, a line each: for these `migrate apply` would refuse.
    """

    plan: Plan
    estimates: tuple[Estimate, ...] = ()
    refusals: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    rights: tuple[str, ...] = ()

    def require_possible(self) -> None:
        """Refuse where there can be no plan.

        Raises:
            Refused: with the first reason, and how many more there are.
        """
        if (refused := self.refusal) is not None:
            raise refused

    @property
    def refusal(self) -> Refused | None:
        """Why there can be no plan: the first reason, and how many more; None for a plan."""
        if not self.refusals:
            return None
        said, _, step = self.refusals[0].partition("; next: ")
        more = f" (and {len(self.refusals) - 1} more)" if len(self.refusals) > 1 else ""
        return Refused(
            f"there is no plan: {said}{more}", step or "studioops migrate plan lists every reason"
        )

    def as_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        pairs = zip(self.plan.operations, self.estimates, strict=True)
        document = {
            "format": FORMAT,
            "hash": self.plan.hash,
            "operations": [_shown(one, estimate) for one, estimate in pairs],
            "refusals": self.refusals,
            "absent": self.absent,
            "remarks": self.remarks,
            "rights": self.rights,
        }
        plain: dict[str, Any] = json.loads(json.dumps(document))
        return plain

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self:
        """The one that :meth:`as_json` wrote.

        Raises:
            KeyError, TypeError, ValueError: it is none, or another release's.
        """
        told = document["operations"]
        operations = [one["operation"] for one in told]
        words = ("refusals", "absent", "remarks", "rights")
        return cls(
            Plan.from_json({"format": document["format"], "operations": operations}),
            tuple(ESTIMATE.validate_python(one["estimate"]) for one in told),
            **{word: LINES.validate_python(document[word]) for word in words},
        )


@dataclass(frozen=True, slots=True)
class Decided:
    """What a part of the planner has made up its mind about.

    Args:
        operations: to be done, in order.
        refusals: why there can be no plan.
        remarks: what is left as it is.
    """

    operations: tuple[Operation, ...] = ()
    refusals: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()

    def __add__(self, other: Decided) -> Decided:
        """Both, in this order."""
        return Decided(
            self.operations + other.operations,
            self.refusals + other.refusals,
            self.remarks + other.remarks,
        )


def _shown(one: Operation, estimate: Estimate) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "stage": one.stage.name.lower(),
        "words": one.words(),
        "operation": one.as_json(),
        "estimate": asdict(estimate),
    }
