"""A plan carried out on a target: looked at, admitted, applied, and told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from studioops.backups.seen import Seen, fault, report_of
from studioops.errors import DatabaseError, Refused, StudioOpsError
from studioops.migrations.admission import Admission
from studioops.migrations.clock import Clock, Progress
from studioops.migrations.operations import Stage
from studioops.migrations.plan import Plan
from studioops.migrations.preflight import look
from studioops.migrations.quarantine import summed
from studioops.migrations.reading import reading
from studioops.migrations.runner import apply
from studioops.migrations.runner.trying import Tries
from studioops.migrations.status import require_finished
from studioops.model import Finding, Report, Severity, Stopwatch, Subject
from studioops.postgres import Database

KIND = "migration"
COULD_NOT_CHECK = 3
NOT_COUNTED = "every operation was applied and verified; how many rows it took out is not told here"
COUNT = "SELECT why, kind, count(*) FROM studioops.quarantine GROUP BY why, kind;"


@dataclass(frozen=True)
class CarryHow:
    """How a plan is carried out.

    Args:
        target: what reports call it.
        run_by: who does, such as ``cli``; the journal keeps it.
        admission: the gates.
        tries: how often a step is tried; None for as often as usual.
        upto: the last stage that is applied now; None for all of them.
    """

    target: str
    run_by: str
    admission: Admission
    tries: Tries | None = None
    upto: Stage | None = None


def carry_out(
    database: Database, dsn: str, plan: Plan, how: CarryHow, progress: Progress | None = None
) -> Report:
    """Apply a plan on its target.

    Args:
        database: the target, read-only.
        dsn: of the target.
        plan: what is to be done; an empty one is done at once.
        how: by whom, and through which gates.
        progress: told each step.

    Returns:
        a report of kind ``migration``, a subject an operation: all are applied and verified, as
        far as the stages go.

    Raises:
        Refused: nothing was changed; the line says what is missing.
        LeftInBetween: a step failed; the line says how to go on or back.
        DatabaseError: the target can't be reached, and nothing was changed.
    """
    watch, clock = Stopwatch(), Clock(progress)
    told: dict[str, Any] = {"plan": plan.hash, "origin": dict(how.admission.origin)}
    if not plan.operations:
        # Nothing is well while another migration stands half-way.
        require_finished(database)
        return report_of(KIND, how.target, Seen.of("nothing to do"), watch, {**told, "steps": []})
    seen = look(database, plan)
    require_clear(seen)
    admitted: dict[str, Any] = {}

    def admit(before: Mapping[str, str]) -> Mapping[str, Any]:
        admitted.update(how.admission(before))
        return admitted

    run = apply(
        dsn,
        plan,
        run_by=how.run_by,
        tries=how.tries,
        progress=clock,
        admit=admit,
        upto=how.upto,
    )
    steps = clock.steps(plan)
    orphans, uncounted = _orphans(database, run)
    findings = (*seen.findings, *uncounted)
    done = Seen.together([Seen(_operations(plan, steps, how.upto)), Seen(findings=findings)])
    told |= {"run": str(run), "steps": steps, "orphans": orphans, **admitted}
    return report_of(KIND, how.target, done, watch, told)


def _orphans(database: Database, run: UUID) -> tuple[dict[str, int], tuple[Finding, ...]]:
    """It is applied, whatever keeps this from being counted; that is told."""
    try:
        with reading(database) as session:
            return summed(session, run), ()
    except DatabaseError as error:
        message = f"nobody could count the orphans that were dealt with: {error.message}"
        warning = Severity.WARNING
        found = Finding("orphans_not_counted", str(run), warning, message, NOT_COUNTED, COUNT)
        return {}, (found,)


def require_clear(seen: Seen) -> None:
    """Refuse what the preflight has found to be impossible.

    Args:
        seen: by the preflight.

    Raises:
        Refused: something is missing; the others are counted.
    """
    failing = [one for one in seen.findings if one.severity.fails]
    if failing:
        more = f" (and {len(failing) - 1} more)" if len(failing) > 1 else ""
        raise Refused(f"{failing[0].message}{more}", failing[0].repair)


def _operations(plan: Plan, steps: list[dict[str, Any]], upto: Stage | None) -> tuple[Subject, ...]:
    seconds: dict[str, float] = defaultdict(float)
    for one in steps:
        seconds[one["operation"]] += one["seconds"]
    names = dict.fromkeys(
        one.words() for one in plan.operations if upto is None or one.stage <= upto
    )
    return tuple(
        subject
        for name in names
        for subject in Seen.of(name, seconds=round(seconds[name], 4)).subjects
    )


def failed_report(kind: str, target: str, error: StudioOpsError) -> Report:
    """What the ledger keeps of work that was refused or failed.

    Args:
        kind: of the work.
        target: the target's name.
        error: how it ended.
    """
    if error.exit_code == COULD_NOT_CHECK:
        seen = Seen.unseen(kind, f"{error.message}; next: {error.next_step}")
    else:
        why = "the line says what was changed, if anything was"
        seen = Seen.of(kind, [fault(error.code, target, error.message, why, error.next_step)])
    return report_of(kind, target, seen, Stopwatch(), {})
