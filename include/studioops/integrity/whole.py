"""One report on everything that a contract asks for: references, objects, expectations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from datetime import timedelta
from typing import Any

from studioops.model import Report, Status


def with_parts(scan: Report, *parts: Report) -> Report:
    """A scan's report with what else was looked at for the same contract.

    Args:
        scan: the relationships.
        parts: of kinds ``objects`` and ``expectations``; each one's evidence has its entries under
            its kind.

    Returns:
        a report of kind ``scan`` whose status is the worst of all, and whose time spans them all.
    """
    every = (scan, *(part for part in parts if part.subjects))
    subjects = tuple(one for part in every for one in part.subjects)
    findings = tuple(one for part in every for one in part.findings)
    status = Status.worst(one.status for one in subjects)
    started = min(part.started_at for part in every)
    ended = max(part.started_at + timedelta(seconds=part.seconds) for part in every)
    seconds = round((ended - started).total_seconds(), 3)
    evidence = {
        **scan.evidence,
        **{part.kind: part.evidence[part.kind] for part in parts},
        "data_docs": next((one for part in parts if (one := part.evidence.get("data_docs"))), None),
        "status": str(status),
        "started_at": started.isoformat(),
        "seconds": seconds,
        "findings": [asdict(one) for one in findings],
    }
    return replace(
        scan,
        status=status,
        started_at=started,
        seconds=seconds,
        subjects=subjects,
        findings=findings,
        evidence=evidence,
    )


def rest_lines(document: Mapping[str, Any]) -> Iterator[str]:
    """A line on each bucket's column, and one on the expectations; none where there are none.

    Args:
        document: of a scan with its parts.
    """
    for one in document.get("objects", ()):
        if one["missing"] is None:
            continue
        unnamed = "?" if one["unnamed"] is None else one["unnamed"]
        yield (
            f"objects: {one['rows']} rows of {one['column']} name objects of {one['bucket']}: "
            f"{one['missing']} missing, {one['mismatched']} changed "
            f"({one['contents_read']} of {one['claims']} contents read), {unnamed} named by no row"
        )
    statuses = [one["status"] for one in document.get("expectations", ())]
    if statuses:
        counts = ", ".join(f"{statuses.count(one)} {one}" for one in dict.fromkeys(statuses))
        yield f"expectations: {len(statuses)}: {counts}"
