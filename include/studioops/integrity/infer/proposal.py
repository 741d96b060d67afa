"""What comes of each constraint and each suspicion."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any

from studioops.integrity.contract import ColumnSet
from studioops.integrity.contract.names import quoted
from studioops.integrity.infer.candidates import Candidate
from studioops.integrity.infer.evidence import (
    LEAST_CONFIDENCE,
    Evidence,
    confidence,
    least_matched,
)
from studioops.integrity.infer.measure import Measure
from studioops.integrity.infer.names import Rule
from studioops.integrity.scan.look import Look
from studioops.integrity.scan.relationship import End
from studioops.postgres.catalog import ForeignKey


class Outcome(StrEnum):
    """What came of it."""

    CONSTRAINT = "constraint"
    CONFIRMED = "confirmed"
    UNCONFIRMED = "unconfirmed"
    CONTRADICTED = "contradicted"
    OUTRANKED = "outranked"
    AMBIGUOUS = "ambiguous"
    NOT_CHECKED = "not_checked"


@dataclass(frozen=True, slots=True)
class Proposal:
    """A relationship, whether it is proposed, and why.

    Args:
        child: the referring columns.
        parent: those referred to.
        rule: how it was suspected.
        outcome: what came of it.
        confidence: from 0 to 1.
        evidence: what was seen of its values.
        constraints: the foreign keys that back it.
        types: what values must be, where the parent's own type does not say it.
        reason: why it is not proposed, or why nobody looked.
    """

    child: ColumnSet
    parent: ColumnSet
    rule: Rule
    outcome: Outcome
    confidence: float
    evidence: Evidence
    constraints: tuple[ForeignKey, ...] = ()
    types: tuple[str, ...] | None = None
    reason: str = ""

    @property
    def proposed(self) -> bool:
        """Whether the contract is to name it."""
        return self.outcome in (Outcome.CONSTRAINT, Outcome.CONFIRMED)

    @property
    def looked_at(self) -> bool:
        """Whether somebody saw its rows."""
        return self.evidence.matched is not None

    @property
    def entry(self) -> dict[str, Any]:
        """The contract's entry for it."""
        entry: dict[str, Any] = {"child": written(self.child), "parent": written(self.parent)}
        for name in ("on_delete", "on_update", "match"):
            values = {getattr(key, name) for key in self.constraints}
            # Constraints that disagree leave nothing that could be wanted; simple is the default.
            if len(values) == 1 and values != {"simple"}:
                entry[name] = values.pop()
        if self.types is not None:
            entry["type"] = self.types[0] if len(self.types) == 1 else list(self.types)
        return entry if self.constraints else {**entry, "orphans": "report"}

    def as_json(self) -> dict[str, Any]:
        """One entry of ``contract infer --json``."""
        return {
            "child": str(self.child),
            "parent": str(self.parent),
            "proposed": self.proposed,
            "outcome": str(self.outcome),
            "rule": str(self.rule),
            "confidence": self.confidence,
            "evidence": asdict(self.evidence),
            "constraints": [key.name for key in self.constraints],
            "entry": self.entry,
            "reason": self.reason,
        }


def backed(look: Look, seen: Measure) -> Proposal:
    """The proposal of a foreign key.

    Args:
        look: what the scan saw of it.
        seen: what its values are like.
    """
    planned = look.planned
    child, parent = columns(planned.child_end), columns(planned.parent_end)
    keys = (planned.constraint,) if planned.constraint is not None else ()
    found = _evidence(look, seen)
    reason = look.reason or seen.reason
    # PostgreSQL lets one column refer twice, which no contract can say.
    twice = len(set(child.columns)) < len(child.columns)
    if twice:
        reason = "a contract can't name a column twice"
    outcome = Outcome.AMBIGUOUS if twice else Outcome.CONSTRAINT
    return Proposal(child, parent, Rule.CONSTRAINT, outcome, 1.0, found, keys, reason=reason)


def suspected(one: Candidate, look: Look, seen: Measure) -> Proposal:
    """What the data say of a candidate.

    Args:
        one: the candidate.
        look: what the scan saw of it.
        seen: what its values are like.
    """
    found = _evidence(look, seen)
    sure = confidence(one, found)
    made = Proposal(
        columns(look.planned.child_end),
        columns(look.planned.parent_end),
        one.rule,
        Outcome.CONFIRMED,
        sure,
        found,
        types=one.types,
    )
    wanted = least_matched(one)
    if found.matched is None:
        why = look.reason or seen.reason
        return replace(made, outcome=Outcome.NOT_CHECKED, reason=why)
    if not found.filled:
        why = "there is no value that could confirm it"
        return replace(made, outcome=Outcome.UNCONFIRMED, reason=why)
    if found.share < wanted:
        why = f"fewer than {wanted:.0%} of its values are in the parent"
        return replace(made, outcome=Outcome.CONTRADICTED, reason=why)
    if sure < LEAST_CONFIDENCE:
        why = f"confidence below {LEAST_CONFIDENCE}: a weak name, or too few different values"
        return replace(made, outcome=Outcome.UNCONFIRMED, reason=why)
    return made


def columns(end: End) -> ColumnSet:
    """One end, as a contract names it."""
    names = tuple(column.name for column in end.columns)
    return ColumnSet(end.relation.schema, end.relation.name, names)


def written(names: ColumnSet) -> str:
    """As people write it: the schema public is left out, one column stands after a dot."""
    prefix = "" if names.schema == "public" else f"{quoted(names.schema)}."
    listed = [quoted(column) for column in names.columns]
    rest = f".{listed[0]}" if len(listed) == 1 else f"({', '.join(listed)})"
    return f"{prefix}{quoted(names.table)}{rest}"


def _evidence(look: Look, seen: Measure) -> Evidence:
    if look.orphans is None or seen.filled is None:
        return Evidence(look.rows)
    # Looked at in two transactions: rows that came in between must not make a figure negative.
    matched = max(0, seen.filled - look.orphans)
    return Evidence(look.rows, seen.filled, seen.distinct, matched, look.orphans, look.malformed)
