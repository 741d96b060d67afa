"""Plans, runs and rehearsals as text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.filesize import decimal
from rich.table import Table
from rich.text import Text

from studioops.cli.findings import STYLES, print_findings, print_line
from studioops.cli.pasted import Typed
from studioops.migrations.operations import Operation
from studioops.migrations.planner import Estimate, Proposal
from studioops.migrations.status import RunSeen
from studioops.model import Report, Status

SHORT = 12
WORDS = {
    "quarantined": "rows in quarantine",
    "nullified": "set to NULL",
    "rows_with_them": "rows that went with them",
    "references_with_them": "references to them set to NULL",
}
APPLY = "apply it: studioops migrate apply"


def print_plan(target: str, proposal: Proposal, out: Console, typed: Typed) -> None:
    """Print what would be done, in order, and what would not.

    Args:
        target: what it is called.
        proposal: what the planner said.
        out: where to.
        typed: the words that named the target.
    """
    count, short = len(proposal.plan.operations), proposal.plan.hash[:SHORT]
    if proposal.refusals:
        print_line(out, f"{target}: there is no plan", STYLES["failed"])
    elif count:
        print_line(out, f"{target}: {count} operations, plan {short}")
        out.print(_table(proposal.plan.operations, proposal.estimates))
    else:
        print_line(out, f"{target}: nothing to do", STYLES["passed"])
    for words, lines in (
        ("refused", proposal.refusals),
        ("not_checked", proposal.absent),
        ("left as it is", proposal.remarks),
        ("apply would refuse", proposal.rights),
    ):
        for line in lines:
            print_line(out, f"{words}: {typed.pasted(line)}", STYLES.get(words, ""))
    if count:
        print_line(out, typed.pasted(APPLY))


def print_status(target: str, seen: Sequence[RunSeen], out: Console, typed: Typed) -> None:
    """Print the runs of a target's journal, newest first.

    Args:
        target: what it is called.
        seen: the runs.
        out: where to.
        typed: the words that named the target.
    """
    if not seen:
        print_line(out, f"{target}: nothing was ever migrated")
    for one in seen:
        run = one.run
        when = f"{run.started_at:%Y-%m-%d %H:%M}"
        style = "" if run.state.finished else STYLES["failed"]
        head = f"{when} {run.state}: plan {run.plan.hash[:SHORT]}, by {run.run_by}"
        print_line(out, f"{head}, {one.applied} of {one.total} steps are applied", style)
        if "waived" in run.admitted:
            print_line(out, f"  its gates were waived: {run.admitted['waived']}")
        if one.at:
            print_line(out, f"  it stands at: {one.at}")
        if one.next_step:
            print_line(out, f"  next: {typed.pasted(one.next_step)}")


def print_migration(report: Report, out: Console) -> None:
    """Print what was done.

    Args:
        report: of kind ``migration``.
        out: where to.
    """
    head = f"{report.target}: {report.status} in {report.seconds:.1f} s"
    print_line(out, head, STYLES.get(str(report.status), ""))
    for one in report.subjects:
        said = one.reason or f"{one.seconds:.2f} s"
        print_line(out, f"  {one.name}: {said}")
    if line := orphans_line(report.evidence.get("orphans") or {}):
        print_line(out, line)
    print_findings(report.findings, out, repairs=True, more="--json")


def orphans_line(orphans: Mapping[str, int]) -> str:
    """What became of orphans, in one line; an empty text where there were none.

    Args:
        orphans: how many, as a report of kind ``migration`` counts them.
    """
    counted = [f"{count} {WORDS[word]}" for word, count in orphans.items() if count]
    return f"orphans: {', '.join(counted)}" if counted else ""


def print_rehearsal(report: Report, out: Console, *, more: str) -> None:
    """Print what a rehearsal showed.

    Args:
        report: of kind ``rehearsal``.
        out: where to.
        more: how to see every repair.
    """
    told = report.evidence
    head = f"{report.target}: {report.status}: plan {told['plan'][:SHORT]} on {told['backup']}"
    print_line(out, f"{head} in {report.seconds:.1f} s", STYLES.get(str(report.status), ""))
    for one in report.subjects:
        reason = f": {one.reason}" if one.reason else ""
        print_line(out, f"{one.name}: {one.status}{reason}", _style(one.status))
    if told["steps"]:
        out.print(_steps(told["steps"]))
    print_findings(report.findings, out, repairs=False, more=more)


def _style(status: Status) -> str:
    return STYLES.get(str(status), "")


def _plain(words: str) -> Text:
    # Names of tables may hold brackets, which rich would take for its own markup.
    return Text(words.replace("\n", "\\n"))


def _table(operations: Sequence[Operation], estimates: Sequence[Estimate]) -> Table:
    table = Table(
        "stage", "operation", "rows", "size", "lock there", "blocks", "lock back", box=None
    )
    for one, estimate in zip(operations, estimates, strict=True):
        words = f"{one.words()}{f' ({estimate.words})' if estimate.words else ''}"
        table.add_row(
            one.stage.name.lower(),
            _plain(words),
            f"{estimate.rows}",
            decimal(estimate.bytes),
            estimate.lock,
            estimate.blocks,
            estimate.lock_back,
        )
    return table


def _steps(steps: Sequence[dict[str, object]]) -> Table:
    table = Table("way", "step", "lock", "seconds", box=None)
    for one in steps:
        step = _plain(str(one["step"]))
        table.add_row(str(one["way"]), step, str(one["lock"]), f"{one['seconds']:.3f}")
    return table
