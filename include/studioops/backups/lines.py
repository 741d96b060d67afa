"""Reports on backups in one line each."""

from __future__ import annotations

from studioops.model import Report

MIB = 1 << 20


def news_line(report: Report) -> str:
    """The one line that says what a report on a backup or on a drill found.

    Args:
        report: of any kind.

    Returns:
        such as ``backup 20261125T020000Z-1f0c9a3e: faithful passed, sound failed, …``; an empty
        text for other kinds, and where there is no backup to speak of.
    """
    told = report.evidence
    if not told.get("backup"):
        return ""
    return {"backup": _backup, "drill": _drill}.get(report.kind, lambda _: "")(report)


def _backup(report: Report) -> str:
    told = report.evidence
    buckets = "".join(f", {one['objects']} objects of {one['bucket']}" for one in told["buckets"])
    return (
        f"backup {told['backup']}: {told['size'] / MIB:.1f} MiB in {told['files']} files, "
        f"{told['rows']} rows of {told['tables']} tables{buckets}, in {told['where']}"
    )


def _drill(report: Report) -> str:
    told = report.evidence
    verdicts = f"faithful {told['faithful']}, sound {told['sound']}"
    if not told.get("restored"):
        return f"drill of {told['backup']}: {verdicts}"
    return (
        f"drill of {told['backup']}: {verdicts}; restored in {told['restore_seconds']:.1f} s, "
        f"data {told['age_seconds']:.0f} s old"
    )
