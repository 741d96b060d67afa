"""What the data say of a suspected relationship, and how sure that makes us.

confidence = name x key x matched x seen, each from 0 to 1:

- name: STRENGTHS of the rule by which the name speaks of the parent; a parent in another schema
  counts OTHER_SCHEMA of it
- key: 1 where the parent's columns are its primary key, KEYS for the others
- matched: the share of the values that are in the parent
- seen: 1 - 1 / (1 + different values): one value may match by chance, many do not

A constraint needs none of that: its confidence is 1.
"""

from __future__ import annotations

from dataclasses import dataclass

from studioops.integrity.infer.candidates import Candidate, KeyKind
from studioops.integrity.infer.names import STRENGTHS

KEYS = {KeyKind.PRIMARY: 1.0, KeyKind.UNIQUE: 0.95, KeyKind.NONE: 0.8}
OTHER_SCHEMA = 0.9
# Without a value there is the name alone.
UNSEEN = 0.2
LEAST_CONFIDENCE = 0.4
# A UUID is not in the parent by chance, so half of them say enough, and what is broken shall be
# found; a small number or a short text may be.
LEAST_MATCHED, LEAST_MATCHED_UUID = 0.9, 0.5


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was seen of the values; None where nobody looked.

    Args:
        rows: of the child's table.
        filled: rows whose reference has no NULL in it.
        distinct: different values among the first ten thousand of these.
        matched: those with a parent.
        orphans: those without one, malformed ones among them.
        malformed: those that can't be what the parent's are.
    """

    rows: int | None = None
    filled: int | None = None
    distinct: int | None = None
    matched: int | None = None
    orphans: int | None = None
    malformed: int | None = None

    def __str__(self) -> str:
        """One line of a comment."""
        if self.matched is None:
            return "nobody looked at its rows"
        malformed = f" ({self.malformed} malformed)" if self.malformed else ""
        return (
            f"{self.matched} of {self.filled} values have a parent, {self.orphans} have none"
            f"{malformed}; {self.distinct} different, {self.rows} rows"
        )

    @property
    def share(self) -> float:
        """The share of the values that are in the parent."""
        return self.matched / self.filled if self.matched and self.filled else 0.0


def confidence(one: Candidate, evidence: Evidence) -> float:
    """How sure it is that a candidate is a relationship, from 0 to 1.

    Args:
        one: the candidate.
        evidence: what was seen of it.
    """
    name = STRENGTHS[one.rule] * KEYS[one.key]
    if one.child.schema != one.parent.schema:
        name *= OTHER_SCHEMA
    if not evidence.filled:
        return round(UNSEEN * name, 2)
    seen = 1 - 1 / (1 + (evidence.distinct or 0))
    return round(name * evidence.share * seen, 2)


def least_matched(one: Candidate) -> float:
    """The share of values that must be in the parent."""
    ends = ((one.child, one.columns), (one.parent, one.referred))
    uuids = [
        {table.columns[name].type.name == "uuid" for name in names} == {True}
        for table, names in ends
    ]
    return LEAST_MATCHED_UUID if any(uuids) else LEAST_MATCHED
