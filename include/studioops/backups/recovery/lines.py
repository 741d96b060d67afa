"""A recovery's plan in lines, for whoever is to agree to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from studioops.backups.words import age, bytes_of

SHOWN = 10


def plan_lines(told: Mapping[str, Any]) -> Iterator[str]:
    """What a recovery would do and lose.

    Args:
        told: evidence of a report of kind ``recover_plan``.
    """
    yield from _backup(told["backup"])
    yield from _lost(told["lost"])
    yield from _after(told)


def moment(text: str) -> str:
    """A moment by this machine's own clock.

    Args:
        text: as ISO has it.
    """
    return datetime.fromisoformat(text).astimezone().isoformat(sep=" ", timespec="seconds")


def _backup(backup: Mapping[str, Any]) -> Iterator[str]:
    size = bytes_of(backup["size"])
    yield f"from backup {backup['id']} ({size}), as of {moment(backup['snapshot_at'])}"
    yield (
        f"proven faithful {moment(backup['proven_at'])} (sound: {backup['sound']}); it was "
        f"restored in {backup['restore_seconds']:.0f} s"
    )
    for line in backup["passed_over"][:SHOWN]:
        yield f"passed over: {line}"


def _lost(lost: Mapping[str, Any]) -> Iterator[str]:
    since = moment(lost["since"])
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
        about = f"{one['role']}, {moment(one['since'])}{size}"
        yield f"kept by an earlier recovery: {one['database']} ({about})"
