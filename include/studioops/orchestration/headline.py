"""A report's news in one line: in the verdict, in the log, at the top of its page."""

from __future__ import annotations

from studioops.backups.lines import news_line
from studioops.integrity import orphans_line
from studioops.model import Report, Status
from studioops.services.credentials import CREDENTIALS
from studioops.services.report import SERVICES


def headline(report: Report) -> str:
    """The one line that says what a report found.

    Args:
        report: of any kind; a scan's counts orphans.

    Returns:
        such as ``orphans: 61 in 13 relationships (44 malformed, 1 behind a valid constraint)``.
    """
    summary = report.evidence.get("summary") if report.kind == "scan" else None
    if isinstance(summary, dict):
        return orphans_line(summary)
    if report.kind == "migration" and report.findings:
        # Whether the change was kept comes before what it was.
        return report.findings[0].message
    if report.kind == SERVICES:
        return _level(report)
    if report.kind == CREDENTIALS and report.status is Status.FAILED:
        # The worst finding comes first.
        first = report.findings[0]
        return f"{first.object}: {first.message}"
    return news_line(report) or _statuses(report)


def _level(report: Report) -> str:
    """The level of the whole, and why; of one look by itself how many services stand how."""
    level, reason = report.evidence.get("level"), report.evidence.get("reason")
    return f"{level}: {reason}" if level else _statuses(report)


def _statuses(report: Report) -> str:
    """How many subjects stand how, the worst first."""
    order = (Status.FAILED, Status.NOT_CHECKED, Status.PASSED)
    counts = {status: sum(one.status is status for one in report.subjects) for status in order}
    shown = [f"{count} {status.replace('_', ' ')}" for status, count in counts.items() if count]
    return f"{report.kind}: {', '.join(shown) or 'nothing was looked at'}"
