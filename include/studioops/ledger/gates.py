"""Gates: what must have been proven, and how recently, before a step may run.

A gate looks at reports that the ledger holds on the very database, told by what it is. Without
evidence it is closed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from studioops.ledger.model import StoredReport
from studioops.model import Status

BACKUP = "proven backup"
REHEARSAL = "rehearsal"
HOUR_S = 3600
PROVE = "take one and prove it: studioops backup take, then studioops backup drill"
REHEARSE = "rehearse it: studioops migrate rehearse"


@dataclass(frozen=True, slots=True)
class Gate:
    """Whether something may run, as far as one kind of evidence goes.

    Args:
        name: of the gate.
        open: whether it may.
        words: what was found, one line.
        next_step: what opens it; empty where it is open.
        evidence: the number of the report that opens it, and what it speaks of.
    """

    name: str
    open: bool
    words: str
    next_step: str = ""
    evidence: Mapping[str, Any] | None = None

    def as_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            "name": self.name,
            "open": self.open,
            "words": self.words,
            "next": self.next_step,
            "evidence": dict(self.evidence or {}),
        }


def backup_gate(drills: Sequence[StoredReport], *, now: datetime, age_s: float) -> Gate:
    """Open where a drill has shown a backup to be faithful that is young enough.

    Args:
        drills: reports of kind ``drill`` on the database, newest first.
        now: with its offset.
        age_s: seconds that the backup's data may be old.
    """
    if not drills:
        return closed(BACKUP, "no drill of a backup of this database is in the ledger", PROVE)
    for one in _last_words(drills):
        told = one.report.evidence
        age = (now - datetime.fromisoformat(told["snapshot_at"])).total_seconds()
        if told["faithful"] == Status.PASSED and age <= age_s:
            words = f"backup {told['backup']} was proven faithful; its data are {_hours(age)} old"
            return Gate(
                BACKUP, open=True, words=words, evidence=_evidence(one, backup=told["backup"])
            )
    newest = drills[0].report.evidence
    age = (now - datetime.fromisoformat(newest["snapshot_at"])).total_seconds()
    why = (
        f"the newest proven backup is {_hours(age)} old where {_hours(age_s)} are allowed"
        if newest["faithful"] == Status.PASSED
        else f"backup {newest['backup']} was not shown to be faithful: {newest['faithful']}"
    )
    return closed(BACKUP, why, PROVE)


def rehearsal_gate(
    rehearsals: Sequence[StoredReport], *, plan: str, schema: str, now: datetime, age_s: float
) -> Gate:
    """Open where this very plan was rehearsed on a copy of this very database, as it is now.

    Args:
        rehearsals: reports of kind ``rehearsal`` on the database, newest first.
        plan: the plan's hash.
        schema: the fingerprint of the database's definitions as they are now.
        now: with its offset.
        age_s: seconds that the rehearsal may be old.
    """
    of_plan = [one for one in rehearsals if one.report.evidence["plan"] == plan]
    if not of_plan:
        others = " (another plan was)" if rehearsals else ""
        return closed(REHEARSAL, f"this plan was never rehearsed here{others}", REHEARSE)
    last = of_plan[0]
    told = last.report.evidence
    age = (now - last.report.started_at).total_seconds()
    if last.report.status is not Status.PASSED:
        return closed(REHEARSAL, f"its last rehearsal ended {last.report.status}", REHEARSE)
    if told["schema"] != schema:
        return closed(
            REHEARSAL, "the database's definitions have changed since its rehearsal", REHEARSE
        )
    if age > age_s:
        why = f"its rehearsal is {_hours(age)} old where {_hours(age_s)} are allowed"
        return closed(REHEARSAL, why, REHEARSE)
    words = f"it was rehearsed {_hours(age)} ago on backup {told['backup']}"
    return Gate(REHEARSAL, open=True, words=words, evidence=_evidence(last, backup=told["backup"]))


def _last_words(drills: Sequence[StoredReport]) -> list[StoredReport]:
    """Of each backup the last drill that judged it: one that is well no more does not count."""
    last: dict[str, StoredReport] = {}
    for one in drills:
        if one.report.evidence["faithful"] != Status.NOT_CHECKED:
            last.setdefault(one.report.evidence["backup"], one)
    return list(last.values())


def closed(name: str, words: str, next_step: str) -> Gate:
    """A gate that stays shut.

    Args:
        name: of the gate.
        words: why, one line.
        next_step: what opens it.
    """
    return Gate(name, open=False, words=words, next_step=next_step)


def _evidence(one: StoredReport, **more: str) -> dict[str, Any]:
    return {"report": one.report_id, "run": one.run.run_id, **more}


def _hours(seconds: float) -> str:
    return f"{seconds / HOUR_S:.1f} h"
