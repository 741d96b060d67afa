"""A scan's report: DESIGN's JSON document, and partial ones joined into one."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

from studioops.integrity.contract import Contract, DeclaredRelationship
from studioops.integrity.scan.judge import judge
from studioops.integrity.scan.look import Look
from studioops.integrity.scan.relationship import AbsentRelationship, PlannedRelationship
from studioops.model import Finding, Report, Status, Stopwatch, Subject

SCHEMA_VERSION = 1
WANTED = ("on_delete", "on_update", "match")
OBJECTS_REASON = "objects of a bucket are not compared by a scan yet"
EMPTY_REASON = (
    "no relationship to look at: the database declares none and no contract names one; "
    "next: check that this is the right database, or give --contract"
)


def build_report(
    target: str,
    planned: Sequence[PlannedRelationship],
    looks: Mapping[str, Look],
    contract: Contract | None,
    watch: Stopwatch,
) -> Report:
    """The report of a finished scan.

    Args:
        target: the target's name.
        planned: what was to be looked at.
        looks: what was seen, by the entry's key.
        contract: whose objects are listed, too.
        watch: started with the scan.
    """
    findings: list[Finding] = []
    entries = []
    for one in planned:
        if isinstance(one, AbsentRelationship):
            entries.append(_unseen(one.child, one.parent, one.reason, _wanted(one.declared)))
            continue
        status, found = judge(looks[one.key])
        findings += found
        entries.append(_entry(looks[one.key], status))
    return _assemble(
        target, entries, findings, _objects(contract), span=(watch.started_at, watch.seconds)
    )


def merge_scans(
    target: str,
    parts: Sequence[Report],
    planned_keys: Sequence[str],
    reason_missing: str,
    contract: Contract | None = None,
) -> Report:
    """One report of several partial ones.

    Args:
        target: the target's name.
        parts: reports of the batches, as far as there are any.
        planned_keys: the key of every entry that was to be looked at, in order.
        reason_missing: why an entry that is in no part was not looked at.
        contract: whose objects are listed, too.

    Returns:
        the whole; an entry in no part is ``not_checked``, so that nothing is lost silently.
    """
    seen = {_key(entry): entry for part in parts for entry in part.evidence["relationships"]}
    entries = [seen.get(key) or _missing(key, reason_missing) for key in planned_keys]
    findings = [finding for part in parts for finding in part.findings]
    now = datetime.now(UTC)
    started = min((part.started_at for part in parts), default=now)
    ended = max((part.started_at + timedelta(seconds=part.seconds) for part in parts), default=now)
    seconds = round((ended - started).total_seconds(), 3)
    return _assemble(target, entries, findings, _objects(contract), span=(started, seconds))


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
        "seconds": look.seconds,
        "sample": list(look.sample),
        "reason": look.reason,
    }


def _missing(key: str, reason: str) -> dict[str, Any]:
    child, parent, _, declared = json.loads(key)
    return _unseen(child, parent, reason, dict.fromkeys(WANTED) if declared else None)


def _wanted(declared: DeclaredRelationship | None) -> dict[str, str | None] | None:
    """What the contract asks of a constraint; None where it does not name the relationship."""
    return None if declared is None else {name: getattr(declared, name) for name in WANTED}


def _unseen(
    child: str, parent: str, reason: str, wanted: dict[str, str | None] | None
) -> dict[str, Any]:
    return {
        "child": child,
        "parent": parent,
        "declared": wanted is not None,
        "wanted": wanted,
        "constraint": None,
        "status": str(Status.NOT_CHECKED),
        "orphans": None,
        "malformed": None,
        "behind_valid_constraint": False,
        "rows": None,
        "strategy": None,
        "strategy_reason": "",
        "seconds": 0.0,
        "sample": [],
        "reason": reason,
    }


def _key(entry: Mapping[str, Any]) -> str:
    constraint = entry["constraint"]
    name = constraint["name"] if constraint else None
    return json.dumps(
        [entry["child"], entry["parent"], name, entry["declared"]], ensure_ascii=False
    )


def _objects(contract: Contract | None) -> list[dict[str, Any]]:
    return [
        {
            "column": str(one.column),
            "bucket": one.bucket,
            "status": str(Status.NOT_CHECKED),
            "reason": OBJECTS_REASON,
        }
        for one in (contract.objects if contract else ())
    ]


def _assemble(
    target: str,
    entries: Sequence[Mapping[str, Any]],
    findings: Sequence[Finding],
    objects: Sequence[Mapping[str, Any]],
    *,
    span: tuple[datetime, float],
) -> Report:
    started_at, seconds = span
    subjects = tuple(_subjects(entries, objects))
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
        "objects": list(objects),
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


def _subjects(
    entries: Iterable[Mapping[str, Any]], objects: Iterable[Mapping[str, Any]]
) -> Iterable[Subject]:
    for one in entries:
        name = f"{one['child']} → {one['parent']}"
        if one["constraint"] is not None:
            name += f" [{one['constraint']['name']}]"
        yield Subject(name, Status(one["status"]), one["reason"], one["seconds"])
    for item in objects:
        name = f"{item['column']} ⇢ {item['bucket']}"
        yield Subject(name, Status(item["status"]), item["reason"])


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
