"""What became of a migration, from what its tasks left."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from airflow.sdk import get_current_context

from studioops.backups.seen import Seen, fault, report_of
from studioops.migrations.carrying import KIND
from studioops.migrations.operations import Stage
from studioops.model import Finding, Report, Status, Stopwatch
from studioops.orchestration.backup_step import unreported
from studioops.orchestration.neighbours import Neighbours

Document = dict[str, Any]
PLAN, SCANNED, BACK = "plan", "verify", "rollback"
STAGES = tuple(one.name.lower() for one in Stage)
REHEARSED = "rehearsal.told"
REHEARSAL = tuple(f"rehearsal.{one}" for one in ("choose", "scratch", "walk", "told"))
ASKED = (PLAN, "preflight", "take", *REHEARSAL, "prove", "go_on", "approve", *STAGES, SCANNED)
ROLLED_BACK = "rolled back, database as before"
NOT_KEPT = "the change was not kept; what it was for is still to be done"
BETWEEN = "the target refuses every other migration until this one is finished"
NOBODY = "nobody agreed to it, or a task ended without a word; next: see the run's tasks"


def outcome(target: str) -> list[Document]:
    """The run's reports; the last one says what became of the change.

    Those on what was there before are in the ledger already, as evidence.

    Args:
        target: the target's name.
    """
    left, params = Neighbours(), get_current_context()["params"]
    planned = left.value(PLAN)
    plans = [planned["report"]] if planned else []
    if planned and not planned["proposal"]["operations"]:
        return [*plans, _report(target, Seen.of("nothing to do"))]
    scanned, back, proven = left.value(SCANNED), left.value(BACK), left.value(REHEARSED)
    if params.get("dry_run") and proven:
        return [*plans, proven]
    looked = [scanned] if scanned else []
    return [*plans, *looked, *_became(target, left, scanned, back)]


def _became(target: str, left: Neighbours, scanned: Any, back: Any) -> Iterator[Document]:
    reason = left.reason(*ASKED) or NOBODY
    stuck = left.reason(BACK)
    stages = [left.value(one) for one in STAGES]
    if back:
        yield back
        yield _report(target, Seen.of("change", [_rolled_back(target, back, reason)]))
    elif stuck:
        said, _, step = stuck.partition("; next: ")
        found = fault("left_in_between", target, said, BETWEEN, step or "see the task rollback")
        yield _report(target, Seen.of("change", [found]))
    elif scanned and all(stages):
        yield _together(stages)
    else:
        yield unreported(KIND, target, reason)


def _together(stages: Sequence[Mapping[str, Any]]) -> Document:
    """One report of all stages: the last one knows every operation, each its own seconds."""
    reports = [Report.from_json(one) for one in stages]
    seconds: Counter[str] = Counter()
    for one in reports:
        seconds.update({subject.name: subject.seconds for subject in one.subjects})
    last = reports[-1]
    subjects = tuple(replace(one, seconds=round(seconds[one.name], 4)) for one in last.subjects)
    steps = [step for one in reports for step in one.evidence["steps"]]
    whole = replace(
        last,
        started_at=reports[0].started_at,
        seconds=round(sum(one.seconds for one in reports), 3),
        subjects=subjects,
        evidence={**last.evidence, "steps": steps, **_gates(reports)},
    )
    return whole.as_json()


def _gates(reports: Sequence[Report]) -> dict[str, Any]:
    """They were asked when the first stage began."""
    asked = (one.evidence for one in reports if "gates" in one.evidence)
    found = next(asked, {})
    return {word: found[word] for word in ("gates", "waived") if word in found}


def _rolled_back(target: str, back: Mapping[str, Any], reason: str) -> Finding:
    """A change that was taken back is no success, and nothing is lost."""
    clean = back["status"] == Status.PASSED and not back["findings"]
    first = ROLLED_BACK if clean else "rolled back; see what is not as before"
    return fault("rolled_back", target, f"{first}: {reason}", NOT_KEPT, "see the task that failed")


def _report(target: str, seen: Seen) -> Document:
    return report_of(KIND, target, seen, Stopwatch(), {}).as_json()
