"""``studioops migrate apply``: a plan is carried out."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import stamina
import typer

from studioops.cli.ledger import record
from studioops.cli.migrate.interrupted import standing_told
from studioops.cli.migrate.options import AlembicOption, PlanOption
from studioops.cli.migrate.planned import proposed, wanted_of
from studioops.cli.migrate.render import print_migration, print_plan
from studioops.cli.options import (
    Chosen,
    ContractOption,
    DsnOption,
    JsonOption,
    TargetOption,
    TimeoutOption,
    choose,
)
from studioops.cli.output import console, print_json, print_note
from studioops.cli.pasted import Typed
from studioops.cli.progress import progress_bar
from studioops.cli.recover.options import YesOption, agree
from studioops.errors import StudioOpsError
from studioops.ledger import Ledger, open_ledger
from studioops.migrations.admission import Admission, read_reason
from studioops.migrations.carrying import KIND, CarryHow, carry_out, failed_report
from studioops.migrations.plan import Plan
from studioops.migrations.proposing import at_hand
from studioops.migrations.runner.trying import Tries
from studioops.migrations.status import left_in_between
from studioops.model import Report
from studioops.postgres import Database
from studioops.settings import Settings


def apply(
    *,
    target: TargetOption = None,
    dsn: DsnOption = None,
    contract: ContractOption = None,
    alembic: AlembicOption = None,
    plan: PlanOption = None,
    waive: Annotated[
        str | None,
        typer.Option(
            "--waive", help="Go round the gates, outside production; why.", metavar="REASON"
        ),
    ] = None,
    yes: YesOption = False,
    timeout: TimeoutOption = None,
    json_output: JsonOption = False,
) -> None:
    """Apply a plan. A migration that was left in between is gone on with."""
    # Before anybody is asked, or connects.
    reason = "" if waive is None else read_reason(waive)
    chosen = choose(target, dsn, contract, timeout)
    typed = chosen.typed(alembic=alembic)
    # Retries would be told on stdout, which is for the answer.
    stamina.instrumentation.set_on_retry_hooks(())
    with (
        typed.told(),
        _recorded(chosen),
        standing_told(chosen),
        chosen.open("migrate apply") as database,
    ):
        wanted = _wanted(chosen, database, typed, plan, alembic)
        if wanted.operations:
            agree(f"apply {len(wanted.operations)} operations on {chosen.label}?", yes=yes)
        with (
            _ledger(chosen.settings) as ledger,
            progress_bar(quiet=json_output, doing="applying") as progress,
        ):
            admission = Admission.of(chosen.settings, wanted, database, ledger, waived=reason)
            tries = Tries(chosen.settings.migration_tries)
            how = CarryHow(chosen.label, "cli", admission, tries)
            report = typed.report(carry_out(database, chosen.dsn, wanted, how, progress))
    if json_output:
        print_json(report.evidence)
    else:
        print_migration(report, console())
    record(chosen.settings, replace(report, target=chosen.identity), "migrate apply")
    raise typer.Exit(report.status.exit_code)


def _wanted(
    chosen: Chosen, database: Database, typed: Typed, file: Path | None, alembic: Path | None
) -> Plan:
    """What was left in between, else the plan of the file, else what is planned now."""
    left = left_in_between(database) if file is None else None
    if left is not None:
        print_note("a migration was left in between: going on with its plan")
        return at_hand(left, alembic or chosen.alembic)
    with progress_bar(quiet=False) as progress:
        proposal = proposed(database, file, wanted_of(chosen, alembic), progress)
    # Nobody agrees to what they have not seen; stdout is for the answer.
    print_plan(chosen.label, proposal, console(sys.stderr), typed)
    return proposal.plan


@contextmanager
def _ledger(settings: Settings) -> Iterator[Ledger | None]:
    if settings.ledger_url is None:
        yield None
        return
    with open_ledger(settings.ledger_url.get_secret_value()) as ledger:
        yield ledger


@contextmanager
def _recorded(chosen: Chosen) -> Iterator[None]:
    """Also what was refused or stopped is evidence."""
    try:
        yield
    except StudioOpsError as error:
        report: Report = failed_report(KIND, chosen.identity, error)
        record(chosen.settings, report, "migrate apply")
        raise
