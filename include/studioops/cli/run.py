"""``studioops run``: the stack, one maintenance run, its report; what ``make run`` does."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer
from rich.console import Console

from studioops.backups.lines import news_line
from studioops.cli.findings import print_line
from studioops.cli.migrate.render import print_migration
from studioops.cli.output import console
from studioops.cli.render import print_scan
from studioops.errors import CouldNotCheck
from studioops.integrity import orphans_line
from studioops.ledger import BEFORE, StoredReport
from studioops.local import stack
from studioops.local.drive import MAINTENANCE, Outcome, recorded_reports, run_dag
from studioops.model import Status
from studioops.settings.declarations import DEFAULT_TARGET

INTERRUPTED = 130
ENDING_SIGNALS = (signal.SIGTERM, signal.SIGHUP)
Say = Callable[[str], None]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(help="Start the local stack, run maintenance, print its report, serve.")(run)


def run(
    once: Annotated[
        bool, typer.Option("--once", help="Stop when the verdict is in the ledger; for scripts.")
    ] = False,
    target: Annotated[str, typer.Option("--target", help="A target's name.")] = DEFAULT_TARGET,
    repair: Annotated[
        bool | None,
        typer.Option(
            "--repair/--look",
            help="Bring the target to its contract, or only look [default: repair the "
            "demonstration, only look at others].",
        ),
    ] = None,
) -> None:
    """Start what is missing, run maintenance, print its report, and serve until Ctrl-C.

    What the look finds is repaired, with a way back, and looked at again.

    Exit 0 when the verdict is in the ledger, whatever it says. What this call started is stopped
    at its end, however it ends; a stack that ran before stays.
    """
    out = console()
    say = _sayer(out)
    try:
        with _own_stack(say):
            repaired = target == DEFAULT_TARGET if repair is None else repair
            _run_and_serve(target, out, say, once=once, repair=repaired)
    except KeyboardInterrupt:
        say("stopped by Ctrl-C before the verdict was in the ledger")
        raise typer.Exit(INTERRUPTED) from None


def _run_and_serve(target: str, out: Console, say: Say, *, once: bool, repair: bool) -> None:
    info = stack.up(say)
    # Nobody is asked: it is the local demonstration's own database, or whoever typed --repair.
    conf = {"target": target, "repair": repair, "approve": False}
    outcome = run_dag(info, MAINTENANCE, conf, out)
    reports = _reports(info, outcome)
    stored = reports.get("scan")
    if stored is None:
        raise _no_verdict(info, outcome)
    _print_reports(outcome, reports, out)
    _tell_verdict(outcome, stored, reports, say)
    if not once:
        _serve(info, say)


def _print_reports(outcome: Outcome, reports: Mapping[str, StoredReport], out: Console) -> None:
    """What was found; where something was changed, first what was before, and the change."""
    changed = reports.get("migration")
    before = recorded_reports(outcome, BEFORE) if changed else {}
    first, last = before.get("scan"), reports["scan"]
    again = first is not None and first.report.started_at != last.report.started_at
    if again:
        _print_look(before, out)
    if changed:
        out.print()
        print_migration(changed.report, out)
    _print_look(reports, out)
    if first and again:
        print_line(out, f"before: {orphans_line(first.report.evidence['summary'])}")


def _print_look(reports: Mapping[str, StoredReport], out: Console) -> None:
    out.print()
    for one in reports.values():
        if line := news_line(one.report):
            print_line(out, line)
    print_scan(reports["scan"].report, out)


def _reports(info: stack.StackInfo, outcome: Outcome) -> dict[str, StoredReport]:
    found = recorded_reports(outcome)
    if not found:
        raise _no_verdict(info, outcome)
    return found


def _no_verdict(info: stack.StackInfo, outcome: Outcome) -> CouldNotCheck:
    return CouldNotCheck(
        f"run {outcome.run_id} of {outcome.dag_id} left no verdict in the ledger",
        f"read {_task_logs(info, outcome)}",
    )


def _tell_verdict(
    outcome: Outcome, stored: StoredReport, reports: Mapping[str, StoredReport], say: Say
) -> None:
    status = Status.worst(one.report.status for one in reports.values())
    say("")
    say(f"verdict: {status}, report {stored.report_id} in the ledger")
    say(f"DAG run ({outcome.state}): {outcome.web_link}")


def _serve(info: stack.StackInfo, say: Say) -> None:
    """Until Ctrl-C, which here is how one ends it, and no failure."""
    say(f"Airflow: {info.airflow_url}")
    say(f"login: {info.airflow_user}, password: {info.airflow_password}")
    say("serving: Ctrl-C stops everything")
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        say("")


@contextmanager
def _own_stack(say: Say) -> Iterator[None]:
    """Stop at the end what is started inside, also on an error, Ctrl-C or SIGTERM."""
    ran_before = any(part.state != "stopped" for part in stack.status().parts)
    before = {number: signal.signal(number, _end) for number in ENDING_SIGNALS}
    # A shell starts what runs in the background with SIGINT ignored.
    before[signal.SIGINT] = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        # A second Ctrl-C would leave half of the stack behind; stopping takes seconds.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        if ran_before:
            say("the stack ran before and stays: `studioops down` stops it")
        else:
            stack.down(say)
        for number, handler in before.items():
            signal.signal(number, handler)


def _end(number: int, _: FrameType | None) -> None:
    raise SystemExit(128 + number)


def _task_logs(info: stack.StackInfo, outcome: Outcome) -> Path:
    """Where the run's tasks wrote; the stack's logs where no task got so far."""
    logs = info.directory / "airflow" / "logs"
    of_run = logs / f"dag_id={outcome.dag_id}" / f"run_id={outcome.run_id}"
    return of_run if of_run.is_dir() else info.directory / "logs"


def _sayer(out: Console) -> Say:
    return lambda line: out.print(line, markup=False, highlight=False, soft_wrap=True)
