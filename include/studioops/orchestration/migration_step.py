"""The steps of a migration, each a task's whole work; values are JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import stamina
from airflow.sdk.exceptions import AirflowSkipException

from studioops.backups.seen import Seen, report_of
from studioops.errors import LeftInBetween, Refused, SettingsError, UsageError
from studioops.integrity import scan
from studioops.ledger import BEFORE, Ledger
from studioops.migrations.admission import Admission, read_reason
from studioops.migrations.carrying import CarryHow, carry_out, require_clear
from studioops.migrations.operations import Stage
from studioops.migrations.planner import Proposal
from studioops.migrations.preflight import look
from studioops.migrations.proposing import Wanted, propose
from studioops.migrations.runner.trying import Tries
from studioops.migrations.taking_back import take_back
from studioops.model import Report, Status, Stopwatch
from studioops.orchestration.connections import (
    alembic_path,
    database_url,
    open_evidence,
    open_target,
)
from studioops.orchestration.integrity import contract_of
from studioops.orchestration.reason import leaves_reason
from studioops.orchestration.recording import this_run
from studioops.settings import load_settings

Document = dict[str, Any]


@leaves_reason
def plan(target: str) -> Document:
    """What brings a target to its contract.

    Args:
        target: the target's name.

    Returns:
        ``report`` of kind ``plan``, and the ``proposal``; what its revisions have to bring first
        is planned on the copy, in the rehearsal.

    Raises:
        UsageError: the settings declare neither a contract nor a history for it.
        Refused: it can't be brought there.
    """
    watch, wanted = Stopwatch(), wanted_of(target)
    if wanted == Wanted(None):
        raise UsageError(
            f"the settings declare neither a contract nor an Alembic history for {target}",
            f"declare one: STUDIOOPS_TARGETS__{target.upper()}__CONTRACT, or …__ALEMBIC",
        )
    with open_target(target) as database:
        proposal = propose(database, wanted)
    proposal.require_possible()
    report = report_of("plan", target, Seen.of("plan"), watch, proposal.as_json())
    return {"report": report.as_json(), "proposal": proposal.as_json()}


def wanted_of(target: str) -> Wanted:
    """Where a target shall be brought: its own history's head, and its contract.

    Args:
        target: the target's name.
    """
    return Wanted(contract_of(target), alembic_path(target))


@leaves_reason
def preflight(target: str, planned: Mapping[str, Any]) -> Document:
    """Look at all that the plan needs, there and back.

    Args:
        target: the target's name.
        planned: as :func:`plan` handed back.

    Raises:
        AirflowSkipException: there is nothing to do.
        Refused: something is missing.
    """
    wanted = Proposal.from_json(planned["proposal"]).plan
    if not wanted.operations:
        raise AirflowSkipException("there is nothing to do: the target keeps its contract")
    watch = Stopwatch()
    with open_target(target) as database:
        seen = look(database, wanted)
    require_clear(seen)
    return report_of("preflight", target, seen, watch, {"plan": wanted.hash}).as_json()


@leaves_reason
def prove(documents: Sequence[Mapping[str, Any] | None]) -> None:
    """Write reports on what was there before down, where the gates will ask for them.

    Args:
        documents: reports; None for one that was not made.
    """
    with open_evidence() as ledger:
        for one in documents:
            if one is not None:
                ledger.record(Report.from_json(one), this_run(BEFORE))


@leaves_reason
def go_on(rehearsed: Mapping[str, Any], *, dry_run: bool, waived: str) -> None:
    """Ask nobody to agree to what can't be taken back; end a dry run here.

    Args:
        rehearsed: the rehearsal's report.
        dry_run: whether nothing is to be changed.
        waived: why nobody waits for the gates; empty where somebody does.

    Raises:
        UsageError: that is no reason that can be read.
        Refused: the rehearsal was not green.
        AirflowSkipException: it is a dry run.
    """
    if waived:
        read_reason(waived)
    if rehearsed["status"] != Status.PASSED and not waived:
        first = next((one["message"] for one in rehearsed["findings"]), "see its report")
        raise Refused(
            f"the rehearsal ended {rehearsed['status']}: {first}",
            "mend what it found; nothing was changed",
        )
    if dry_run:
        raise AirflowSkipException("a dry run: rehearsed, and nothing was changed")


@leaves_reason
def apply_stage(target: str, planned: Mapping[str, Any], stage: str, waived: str = "") -> Document:
    """Apply one stage of the plan, and whatever of the earlier ones a killed try has left.

    Args:
        target: the target's name.
        planned: with the whole ``proposal``, as it was rehearsed.
        stage: its name.
        waived: why nobody waits for the gates; empty where somebody does.

    Returns:
        the report of kind ``migration``.

    Raises:
        Refused: a gate is closed, or something is missing; nothing was changed.
        LeftInBetween: a step failed; the task ``rollback`` goes back.
    """
    stamina.instrumentation.set_on_retry_hooks((stamina.instrumentation.LoggingOnRetryHook,))
    wanted = Proposal.from_json(planned["proposal"]).plan
    with open_target(target) as database, _evidence() as ledger:
        settings = load_settings()
        admission = Admission.of(settings, wanted, database, ledger, waived=waived)
        tries = Tries(settings.migration_tries)
        how = CarryHow(target, run_by(), admission, tries, Stage[stage.upper()])
        return carry_out(database, database_url(target), wanted, how).as_json()


@leaves_reason
def verify(target: str) -> Document:
    """Scan the target with its contract: every relationship that is there must hold now.

    Args:
        target: the target's name.

    Returns:
        the report of kind ``scan``.

    Raises:
        LeftInBetween: one does not; the task ``rollback`` goes back.
    """
    contract = contract_of(target)
    with open_target(target) as database:
        report = scan(database, contract, target=target)
    broken = [
        f"{one['child']} → {one['parent']}"
        for one in report.evidence["relationships"]
        if one["declared"] and one["status"] == Status.FAILED
    ]
    if broken:
        raise LeftInBetween(
            f"{len(broken)} relationships are broken after the migration: {broken[0]}",
            "studioops scan shows each; studioops migrate rollback goes back",
        )
    return report.as_json()


@leaves_reason
def roll_back(target: str) -> Document:
    """Take back what this run has applied.

    Args:
        target: the target's name.

    Returns:
        the report of kind ``rollback``.

    Raises:
        AirflowSkipException: nothing was applied.
        LeftInBetween: a step could not be taken back.
    """
    report = take_back(database_url(target), target, run_by=run_by())
    if report.evidence["run"] is None:
        raise AirflowSkipException("nothing was applied, so there is nothing to take back")
    return report.as_json()


def run_by() -> str:
    """Whose migration it is: this run's alone."""
    run = this_run()
    return f"dag {run.name} {run.run_id}"


@contextmanager
def _evidence() -> Iterator[Ledger | None]:
    try:
        opened = open_evidence()
    except SettingsError:
        # Without a ledger the gates are closed, and say so.
        yield None
        return
    with opened as ledger:
        yield ledger
