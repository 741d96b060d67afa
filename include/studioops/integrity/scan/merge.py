"""Partial scans joined into one report: batches of a DAG, ranges of a table, tries of a task."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from studioops.integrity.scan.question import SAMPLE_SIZE
from studioops.integrity.scan.relationship import read_key
from studioops.integrity.scan.report import assemble, key_of, unseen_entry, with_reading
from studioops.integrity.scan.wording import malformed_message, orphans_message
from studioops.model import Finding, Report, Status

Entry = Mapping[str, Any]
STRATEGY = "primary_key_ranges"
ORPHANS = ("orphan", "orphan_behind_valid_constraint")
MALFORMED = "malformed_value"


def merge_scans(
    target: str, parts: Sequence[Report], planned_keys: Sequence[str], reason_missing: str
) -> Report:
    """One report of several partial ones.

    Args:
        target: the target's name.
        parts: reports on batches, as far as there are any; of two on the same entry the later.
        planned_keys: the key of every entry, or part of one, that was to be looked at, in order.
        reason_missing: why an entry that is in no part was not looked at.

    Returns:
        the whole; an entry in no part is ``not_checked``, so that nothing is lost silently, and so
        is one of which a range was not looked at, unless the others have faults enough.
    """
    seen = {key_of(entry): entry for part in parts for entry in part.evidence["relationships"]}
    why = reason_missing or "it was planned and never looked at: the database has changed meanwhile"
    groups: dict[str, list[Entry]] = {}
    for key in planned_keys:
        entry = seen.get(key) or unseen_entry(key, why)
        groups.setdefault(read_key(key)[0], []).append(entry)
    entries = [_joined(group) for group in groups.values()]
    findings = list(_findings(parts, entries))
    now = datetime.now(UTC)
    started = min((part.started_at for part in parts), default=now)
    ended = max((part.started_at + timedelta(seconds=part.seconds) for part in parts), default=now)
    seconds = round((ended - started).total_seconds(), 3)
    whole = assemble(target, entries, findings, span=(started, seconds))
    readings = [part.evidence["reading"] for part in parts if "reading" in part.evidence]
    return with_reading(whole, _reading(readings)) if readings else whole


def _reading(parts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """How all of them were read. Each batch has snapshots of its own, whatever it shares inside."""
    alone = len(parts) == 1
    return {
        "connections": max(part["connections"] for part in parts),
        "snapshot": parts[0]["snapshot"] if alone else "one a table",
        "server": "; ".join(sorted({part["server"] for part in parts})),
    }


def remaining(planned_keys: Sequence[str], parts: Sequence[Report]) -> list[str]:
    """The keys that another try has still to look at.

    Args:
        planned_keys: of all that was to be looked at.
        parts: reports on what was.

    Returns:
        those in no part, and those that could not be seen for a reason that may pass; what a
        missing right or an absent column hides is finished, since a retry finds the same.
    """
    finished = {
        key_of(entry)
        for part in parts
        for entry in part.evidence["relationships"]
        if entry["status"] != Status.NOT_CHECKED or not entry.get("retryable")
    }
    return [key for key in planned_keys if key not in finished]


def _joined(group: Sequence[Entry]) -> Entry:
    """The entry of a relationship, from those of its ranges."""
    if len(group) == 1:
        # The same one where it is whole: a copy of thousands is memory that nobody needs.
        return group[0] if group[0].get("range", "") is None else {**group[0], "range": None}
    seen = [one for one in group if one["orphans"] is not None]
    if not seen:
        return {**group[0], "range": None, "seconds": _sum(group, "seconds")}
    whole = {
        **seen[0],
        "range": None,
        "status": str(Status.worst(Status(one["status"]) for one in group)),
        **{name: _sum(seen, name) for name in ("orphans", "malformed", "rows", "seconds")},
        "behind_valid_constraint": any(one["behind_valid_constraint"] for one in seen),
        "strategy": STRATEGY,
        "strategy_reason": f"{len(group)} ranges of the primary key; {seen[0]['strategy_reason']}",
        "sample": [row for one in seen for row in one["sample"]][:SAMPLE_SIZE],
        "retryable": any(one.get("retryable") for one in group),
    }
    missing = [one for one in group if one["orphans"] is None]
    if missing:
        # A look at a part is none at the whole: what was counted is at least so much.
        whole["reason"] = (
            f"{len(missing)} of {len(group)} ranges were not looked at: {missing[0]['reason']}"
        )
    return whole


def _sum(group: Sequence[Entry], name: str) -> Any:
    return round(sum(one[name] for one in group), 6)


def _findings(parts: Sequence[Report], entries: Sequence[Entry]) -> Iterator[Finding]:
    """Each fault once, with the figures of the whole where ranges told of it one by one."""
    by_child: dict[str, Entry] = {
        one["child"]: one for one in entries if one["strategy"] == STRATEGY
    }
    told: set[tuple[str, str, str]] = set()
    for finding in (one for part in parts for one in part.findings):
        whole = by_child.get(finding.object)
        summed = finding if whole is None else _summed(finding, whole)
        # Ranges, and tries of one task, tell of the same fault again, word for word.
        name = (summed.check, summed.object, summed.message)
        if name not in told:
            told.add(name)
            yield summed


def _summed(finding: Finding, whole: Entry) -> Finding:
    """What a range's finding says, with the figures of the whole."""
    if finding.check in ORPHANS:
        valid = whole["constraint"]["name"] if whole["behind_valid_constraint"] else ""
        message = orphans_message(
            whole["orphans"], whole["rows"], whole["parent"], valid, whole["sample"]
        )
        return replace(finding, message=message)
    if finding.check == MALFORMED:
        kinds = finding.message.partition(" can't be ")[2].removesuffix(" at all")
        return replace(finding, message=malformed_message(whole["malformed"], kinds))
    return finding
