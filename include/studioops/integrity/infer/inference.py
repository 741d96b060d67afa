"""What an inference hands back."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from studioops.integrity.infer.proposal import Outcome, Proposal
from studioops.model import Status

SCHEMA_VERSION = 1
NOTHING = (
    "nothing to propose: the database declares no foreign key, and no name and values suggest one",
    "check that this is the right database and that it has rows",
)


@dataclass(frozen=True, slots=True)
class Inference:
    """Every constraint and every suspicion of a database, and what came of each.

    Args:
        target: what the contract calls the database.
        started_at: when the look began, with its offset.
        seconds: how long it took.
        proposals: by name.
    """

    target: str
    started_at: datetime
    seconds: float
    proposals: tuple[Proposal, ...]

    @property
    def status(self) -> Status:
        """``passed`` where something is proposed and all of it was looked at."""
        well = self.proposed and not self.unseen
        return Status.PASSED if well else Status.NOT_CHECKED

    @property
    def proposed(self) -> tuple[Proposal, ...]:
        """What the contract names."""
        return tuple(one for one in self.proposals if one.proposed)

    @property
    def unseen(self) -> tuple[Proposal, ...]:
        """What nobody could look at."""
        return tuple(one for one in self.proposals if not one.looked_at)

    @property
    def trouble(self) -> tuple[str, str] | None:
        """Why it is not well, and what to type next; None where it is."""
        if self.unseen:
            said, _, step = self.unseen[0].reason.partition("; next: ")
            count = f"{len(self.unseen)} of {len(self.proposals)} not checked"
            return f"{self.target}: {count}: {said}", step or "see the contract's comments"
        return None if self.proposed else (f"{self.target}: {NOTHING[0]}", NOTHING[1])

    @property
    def headline(self) -> str:
        """One line: what is proposed, and what is not."""
        count = Counter(one.outcome for one in self.proposals)
        return (
            f"{self.target}: {len(self.proposed)} relationships proposed: "
            f"{count[Outcome.CONSTRAINT]} with a foreign key, "
            f"{count[Outcome.CONFIRMED]} by names and values; "
            f"{len(self.proposals) - len(self.proposed)} suspected and not proposed"
        )

    def as_json(self) -> dict[str, Any]:
        """The document of ``contract infer --json``."""
        trouble = self.trouble
        return {
            "schema_version": SCHEMA_VERSION,
            "target": self.target,
            "status": str(self.status),
            "started_at": self.started_at.isoformat(),
            "seconds": self.seconds,
            "reason": "; next: ".join(trouble) if trouble else "",
            "relationships": [one.as_json() for one in self.proposals],
        }
