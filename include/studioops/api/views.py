"""What the pages show of a report, made ready for the templates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from studioops.backups.lines import news_line
from studioops.integrity import foreign_key_line, reading_line
from studioops.ledger import Ledger, ReportLine, StoredReport
from studioops.model import Finding, Report, Severity, Status
from studioops.orchestration.headline import headline

ORDER = (Status.FAILED, Status.NOT_CHECKED, Status.PASSED, Status.NOT_APPLICABLE)
RUNS_SEARCHED = 200
NOT_KNOWN = "–"


def report_view(stored: StoredReport, siblings: list[ReportLine]) -> dict[str, Any]:
    """The values of a report's page.

    Args:
        stored: the report.
        siblings: the other reports of its run.
    """
    report = stored.report
    entries = report.evidence.get("relationships", ())
    whole = Status.worst([report.status, *(one.status for one in siblings)])
    return {
        "stored": stored,
        "report": report,
        "summary": headline(report) if report.kind == "scan" else news_line(report),
        "worse": whole is not report.status,
        "siblings": siblings,
        "counts": counts(report),
        "relationships": [relationship_view(one) for one in sorted(entries, key=_worst_first)],
        "groups": finding_groups(report),
        # A scan's subjects begin with its relationships, one each; objects and others follow.
        "others": report.subjects[len(entries) :] if entries else (),
        "reading": reading_line(report.evidence),
        "trend": report.evidence.get("trend"),
        "new": fresh_names(report),
        "data_docs": report.evidence.get("data_docs"),
    }


def run_reports(ledger: Ledger, run_id: str, name: str) -> list[ReportLine]:
    """The current reports of a DAG's run; none where the ledger does not remember it."""
    for record in ledger.runs(limit=RUNS_SEARCHED):
        if (record.run.run_id, record.run.name) == (run_id, name):
            return list(record.reports)
    return []


def fresh_names(report: Report) -> set[tuple[str, str]]:
    """Check and object of each fault that the run before did not have."""
    trend = report.evidence.get("trend") or {"new": []}
    return {(one["check"], one["object"]) for one in trend["new"]}


def main_report(reports: Sequence[ReportLine]) -> ReportLine:
    """The report that a run is about: it was recorded last, whenever its work began.

    Args:
        reports: of one run, at least one.
    """
    return max(reports, key=lambda one: one.report_id)


def counts(report: Report) -> list[tuple[Status, int]]:
    """How many subjects stand how, the worst first."""
    return tally([one.status for one in report.subjects])


def tally(statuses: Sequence[Status]) -> list[tuple[Status, int]]:
    """How often each status is there, the worst first."""
    return [(one, statuses.count(one)) for one in ORDER if one in statuses]


def finding_groups(report: Report) -> list[list[Finding]]:
    """The findings, those of one check together, the worst first: each says its why once."""
    order = list(reversed(Severity))
    groups: dict[tuple[int, str, str], list[Finding]] = {}
    for one in report.findings:
        groups.setdefault((order.index(one.severity), one.check, one.why), []).append(one)
    return [group for _, group in sorted(groups.items(), key=lambda item: item[0][0])]


def relationship_view(entry: Mapping[str, Any]) -> dict[str, Any]:
    """One row of the table of relationships.

    Args:
        entry: of a scan's evidence.
    """
    return {
        "status": Status(entry["status"]),
        "child": entry["child"],
        "parent": entry["parent"],
        "constraint": _constraint(entry),
        "actions": _actions(entry),
        "orphans": _number(entry["orphans"]),
        "malformed": _number(entry["malformed"]),
        "rows": _number(entry["rows"]),
        # The ledger keeps documents of older versions, which said less.
        "how": (entry.get("strategy") or "").replace("_", " "),
        "reason": entry["reason"],
        "sample": [
            {"row": _key(one["row"]), "reference": _key(one["reference"])}
            for one in entry["sample"]
        ],
    }


def _worst_first(entry: Mapping[str, Any]) -> tuple[int, int]:
    return ORDER.index(Status(entry["status"])), -(entry["orphans"] or 0)


def _constraint(entry: Mapping[str, Any]) -> str:
    if entry["constraint"] is None:
        return "none" if entry["orphans"] is not None else NOT_KNOWN
    return str(entry["constraint"]["name"])


def _actions(entry: Mapping[str, Any]) -> str:
    """What the key does on delete and on update; nothing is said of one that nobody looked for."""
    unseen = entry["constraint"] is None and entry["orphans"] is None
    return "" if unseen else foreign_key_line(entry)


def _number(count: int | None) -> str | int:
    """What nobody counted is not zero."""
    return NOT_KNOWN if count is None else count


def _key(values: Any) -> str:
    """A key's columns as ``name=value``."""
    if not isinstance(values, Mapping):
        return str(values)
    return ", ".join(f"{name}={value}" for name, value in values.items())
