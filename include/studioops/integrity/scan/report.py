"""A scan's report: DESIGN's JSON document."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from studioops.integrity.contract import DeclaredRelationship
from studioops.integrity.scan.judge import judge
from studioops.integrity.scan.look import Look
from studioops.integrity.scan.relationship import (
    AbsentRelationship,
    KeyRange,
    PlannedRelationship,
    entry_key,
    read_key,
)
from studioops.model import Finding, Report, Status, Stopwatch, Subject

SCHEMA_VERSION = 1
WANTED = ("on_delete", "on_update", "match")
EMPTY_REASON = (
    "no relationship to look at: the database declares none and no contract names one; "
    "next: check that this is the right database, or give --contract"
)


def build_report(
    target: str,
    planned: Sequence[PlannedRelationship],
    looks: Mapping[str, Look],
    watch: Stopwatch,
) -> Report:
    """The report of a finished scan, or of a part of one: an entry a look.

    Args:
        target: the target's name.
        planned: what was to be looked at.
        looks: what was seen, by the entry's key.
        watch: started with the scan.
    """
    findings: list[Finding] = []
    entries = []
    for one in planned:
        if isinstance(one, AbsentRelationship):
            entries.append(unseen_entry(one.key, one.reason, _wanted(one.declared)))
            continue
        status, found = judge(looks[one.key])
        findings += found
        entries.append(_entry(looks[one.key], status))
    return assemble(target, entries, findings, span=(watch.started_at, watch.seconds))


def with_reading(report: Report, reading: Mapping[str, Any]) -> Report:
    """A scan's report with how it was read.

    Args:
        report: of kind ``scan``.
        reading: ``connections`` that were used at the same time, ``snapshot`` (one a table, or one
            for all), and ``server``, which was read.
    """
    return replace(report, evidence={**report.evidence, "reading": dict(reading)})


def _entry(look: Look, status: Status) -> dict[str, Any]:
    planned, key = look.planned, look.planned.constraint
    constraint = None
    if key is not None:
        constraint = {
            "name": key.name,
            "validated": key.validated,
            "enforced": key.enforced,
            "on_delete": key.on_delete,
            "on_update": key.on_update,
            "match": key.match,
            "definition": key.definition,
        }
    return {
        "child": planned.child,
        "parent": planned.parent,
        "declared": planned.declared is not None,
        "wanted": _wanted(planned.declared),
        "constraint": constraint,
        "status": str(status),
        "orphans": look.orphans,
        "malformed": look.malformed,
        "behind_valid_constraint": bool(look.orphans) and planned.behind_valid,
        "rows": look.rows,
        "strategy": look.strategy,
        "strategy_reason": look.why,
        "ranges": planned.ranges,
        "range": _bounds(planned.part),
        "seconds": look.seconds,
        "sample": list(look.sample),
        "reason": look.reason,
        "retryable": look.retryable,
    }


def _wanted(declared: DeclaredRelationship | None) -> dict[str, str | None] | None:
    """What the contract asks of a constraint; None where it does not name the relationship."""
    return None if declared is None else {name: getattr(declared, name) for name in WANTED}


def unseen_entry(
    key: str,
    reason: str,
    wanted: dict[str, str | None] | None = None,
    *,
    retryable: bool = False,
) -> dict[str, Any]:
    """The entry of what nobody looked at.

    Args:
        key: of the entry or of a part of one.
        reason: why nobody looked.
        wanted: what the contract asks of the constraint.
        retryable: whether another try may see it.
    """
    whole, part, ranges = read_key(key)
    child, parent, _, declared = json.loads(whole)
    return {
        "child": child,
        "parent": parent,
        "declared": declared,
        "wanted": wanted or (dict.fromkeys(WANTED) if declared else None),
        "constraint": None,
        "status": str(Status.NOT_CHECKED),
        "orphans": None,
        "malformed": None,
        "behind_valid_constraint": False,
        "rows": None,
        "strategy": None,
        "strategy_reason": "",
        "ranges": ranges,
        "range": _bounds(part),
        "seconds": 0.0,
        "sample": [],
        "reason": reason,
        "retryable": retryable,
    }


def key_of(entry: Mapping[str, Any]) -> str:
    """The key of the entry, or of the part of one, that a document tells of.

    Args:
        entry: a relationship of a scan's document.
    """
    constraint, part = entry["constraint"], entry.get("range")
    return entry_key(
        entry["child"],
        entry["parent"],
        constraint["name"] if constraint else None,
        declared=entry["declared"],
        part=KeyRange(*part) if part is not None else None,
        ranges=entry.get("ranges", 1),
    )


def _bounds(part: KeyRange | None) -> list[str | None] | None:
    return None if part is None else [part.low, part.high]


def assemble(
    target: str,
    entries: Sequence[Mapping[str, Any]],
    findings: Sequence[Finding],
    *,
    span: tuple[datetime, float],
) -> Report:
    """The report on these entries.

    Args:
        target: the target's name.
        entries: as the document has them.
        findings: of all of them.
        span: when the scan began, and the seconds that it took.
    """
    started_at, seconds = span
    subjects = tuple(_subjects(entries))
    status = Status.worst(subject.status for subject in subjects)
    evidence = {
        "schema_version": SCHEMA_VERSION,
        "target": target,
        "status": str(status),
        "started_at": started_at.isoformat(),
        "seconds": seconds,
        "summary": _summary(entries),
        "reason": "" if subjects else EMPTY_REASON,
        "relationships": list(entries),
        # What else a contract asks for is looked at beside the scan: see integrity/whole.py.
        "objects": [],
        "expectations": [],
        "findings": [asdict(finding) for finding in findings],
    }
    return Report(
        kind="scan",
        target=target,
        status=status,
        started_at=started_at,
        seconds=seconds,
        subjects=subjects,
        findings=tuple(findings),
        evidence=evidence,
    )


def _subjects(entries: Iterable[Mapping[str, Any]]) -> Iterable[Subject]:
    for one in entries:
        name = f"{one['child']} → {one['parent']}"
        if one["constraint"] is not None:
            name += f" [{one['constraint']['name']}]"
        yield Subject(name, Status(one["status"]), one["reason"], one["seconds"])


def _summary(entries: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """The figures of the report's first lines.

    Two constraints over the same columns see the same rows: these count once.
    """
    statuses = [one["status"] for one in entries]
    broken = {(one["child"], one["parent"]): one for one in entries if one["orphans"]}
    behind = [one for one in broken.values() if one["behind_valid_constraint"]]
    return {
        "relationships": len(statuses),
        "passed": statuses.count("passed"),
        "failed": statuses.count("failed"),
        "not_checked": statuses.count("not_checked"),
        "orphans": sum(one["orphans"] for one in broken.values()),
        "relationships_with_orphans": len(broken),
        "malformed": sum(one["malformed"] for one in broken.values()),
        "behind_valid_constraint": sum(one["orphans"] for one in behind),
    }
