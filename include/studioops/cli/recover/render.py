"""A recovery's plan and its outcome as text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from rich.console import Console

from studioops.cli.backup.words import age, bytes_of
from studioops.cli.findings import STYLES, print_findings, print_line
from studioops.model import Report, Status

SHOWN = 10
MORE = "--json"


def print_plan(report: Report, out: Console) -> None:
    """Print what a recovery would do.

    Args:
        report: of kind ``recover_plan``.
        out: where to.
    """
    told = report.evidence
    head = f"{report.target}: {report.status}: recovery of {told['database']} on {told['server']}"
    print_line(out, head, STYLES.get(str(report.status), ""))
    for line in (*_backup(told["backup"]), *_lost(told["lost"]), *_after(told)):
        print_line(out, line)
    _unseen(report, out)
    print_findings(report.findings, out, repairs=True, more=MORE)


def print_recovery(report: Report, out: Console) -> None:
    """Print what a recovery did, or a way back.

    Args:
        report: of kind ``recover`` or ``recover_back``.
        out: where to.
    """
    told = report.evidence
    did = "swapped" if told["swapped"] else report.subjects[0].name
    head = f"{report.target}: {report.status}: {did} in {report.seconds:.1f} s"
    print_line(out, head, STYLES.get(str(report.status), ""))
    for line in _done(told) if told["swapped"] else ("no database was renamed",):
        print_line(out, line)
    steps = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in told["steps"].items())
    if steps:
        print_line(out, f"steps: {steps}")
    _unseen(report, out)
    print_findings(report.findings, out, repairs=True, more=MORE)


def _backup(backup: Mapping[str, Any]) -> Iterator[str]:
    size = bytes_of(backup["size"])
    yield f"from backup {backup['id']} ({size}), as of {_moment(backup['snapshot_at'])}"
    yield (
        f"proven faithful {_moment(backup['proven_at'])} (sound: {backup['sound']}); it was "
        f"restored in {backup['restore_seconds']:.0f} s"
    )
    for line in backup["passed_over"][:SHOWN]:
        yield f"passed over: {line}"


def _lost(lost: Mapping[str, Any]) -> Iterator[str]:
    since = _moment(lost["since"])
    yield f"lost is all that was committed after {since}: {age(lost['seconds'])} of work"
    yield f"an estimate of it ({lost['counted']} tables were counted):"
    lines = [
        f"  {one['table']}: {one['now']} rows{'' if one['exact'] else ' (guessed)'}, "
        f"{one['then']} in the backup"
        for one in lost["tables"]
    ]
    lines += [f"  {name}: new since" for name in lost["new_tables"]]
    lines += [f"  {name}: comes back" for name in lost["gone_tables"]]
    lines += [f"  {name}: moved on by {steps}" for name, steps in lost["sequences"].items()]
    yield from lines[:SHOWN] or ["  no difference was found"]
    if len(lines) > SHOWN:
        yield f"  and {len(lines) - SHOWN} more (--json)"
    for line in lost["not_looked_at"]:
        yield f"not looked at: {line}"


def _after(told: Mapping[str, Any]) -> Iterator[str]:
    if told["carried_from"] == "the target":
        yield f"{told['database']} as it is now is kept under another name, for `recover back`"
    else:
        yield f"there is no database {told['database']}: nothing to go back to will be kept"
    for one in told["kept"]:
        size = f", {bytes_of(one['size'])}" if one["size"] is not None else ""
        about = f"{one['role']}, {_moment(one['since'])}{size}"
        yield f"kept by an earlier recovery: {one['database']} ({about})"


def _done(told: Mapping[str, Any]) -> Iterator[str]:
    if "backup" in told:
        since = _moment(told["lost"]["since"])
        yield f"{told['database']} is backup {told['backup']['id']}; lost: all since {since}"
    yield (
        f"nobody could connect for {told['away_seconds']:.1f} s; "
        f"{told['sessions_ended']} sessions were ended"
    )
    if told["kept"]:
        yield f"kept: {told['kept']} (closed; nothing of it is lost)"
        yield f"the way back: {told['way_back']}"
        yield f"when you are sure: {told['drop_kept']}"


def _unseen(report: Report, out: Console) -> None:
    for one in report.subjects:
        if one.status is Status.NOT_CHECKED:
            print_line(out, f"not_checked: {one.name}: {one.reason}", STYLES["not_checked"])
        elif one.status is Status.NOT_APPLICABLE:
            print_line(out, f"{one.name}: {one.reason}")


def _moment(text: str) -> str:
    return datetime.fromisoformat(text).astimezone().isoformat(sep=" ", timespec="seconds")
