"""Every relationship of the contract and of the catalog, held against the copy's rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from studioops.backups.seen import Seen
from studioops.backups.sound.copied import Copy
from studioops.backups.sound.original import absent_before
from studioops.errors import DatabaseUnreachable
from studioops.integrity import scan
from studioops.model import Finding, Severity, Status, Subject

BY_ROWS = {"orphan", "orphan_behind_valid_constraint", "malformed_value"}
# Another proof tells of it, as an error: a dump never asks for it.
ELSEWHERE = {"disabled_trigger"}


def references(copy: Copy) -> Seen:
    """Whether every reference finds its parent.

    Rows alone make a relationship failed here. A constraint that is absent, NOT VALID or does
    something else than the contract wants is told of as a warning: whether the original had it
    otherwise is what *faithful* answers, and what the contract asks in vain is the scan's matter.
    """
    report = scan(
        copy.database,
        copy.contract,
        target=copy.target,
        range_rows=copy.range_rows,
        connections=copy.connections,
    )
    entries = report.evidence["relationships"]
    if not entries:
        return Seen.not_applicable(
            "references", "the copy declares no relationship and no contract names one"
        )
    _raise_if_lost(copy, entries)
    subjects = tuple(_subject(copy, one) for one in entries)
    return Seen(subjects, tuple(_weighed(report.findings)))


def _raise_if_lost(copy: Copy, entries: list[Mapping[str, Any]]) -> None:
    """The scan keeps its own counsel about a server that went away; a drill is tried again."""
    lost = [
        one["reason"] for one in entries if one["retryable"] and "no connection" in one["reason"]
    ]
    if lost:
        raise DatabaseUnreachable(
            f"{copy.database.dsn.where}: the server went away during the scan",
            "check that the server runs, then run this again",
        )


def _subject(copy: Copy, entry: Mapping[str, Any]) -> Subject:
    name = f"reference {entry['child']} -> {entry['parent']}"
    if entry["constraint"] is not None:
        name += f" [{entry['constraint']['name']}]"
    if entry["orphans"] is not None:
        failed = entry["orphans"] or entry["malformed"]
        status = Status.FAILED if failed else Status.PASSED
        return Subject(name, status, "", entry["seconds"])
    never = absent_before(copy.manifest, entry) if entry["constraint"] is None else ""
    if never:
        return Subject(name, Status.NOT_APPLICABLE, never)
    reason = entry["reason"]
    if "; next: " not in reason:
        reason += "; next: see `studioops contract diff` of the original"
    return Subject(name, Status.NOT_CHECKED, reason, entry["seconds"])


def _weighed(findings: tuple[Finding, ...]) -> Iterator[Finding]:
    for one in findings:
        if one.check in BY_ROWS or not one.severity.fails:
            yield one
        elif one.check not in ELSEWHERE:
            yield replace(one, severity=Severity.WARNING)
