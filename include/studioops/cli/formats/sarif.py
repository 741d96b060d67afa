"""SARIF 2.1.0, as code-scanning services read it: a result a finding."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any
from urllib.parse import quote

from studioops.model import Finding, Report, Severity, Status, Subject

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
LEVELS = {
    Severity.INFO: "note",
    Severity.WARNING: "warning",
    Severity.ERROR: "error",
    Severity.CRITICAL: "error",
}
NOT_CHECKED = "not_checked"


@dataclass(frozen=True, slots=True)
class Places:
    """Where a finding can be shown in a file.

    Args:
        path: of the contract, as a relative URI where it can be.
        lines: of what it names.
    """

    path: str
    lines: Mapping[str, int]


def sarif(report: Report, places: Places | None = None) -> dict[str, Any]:
    """A report as a SARIF log.

    What was not checked is a result of level ``error``, and the invocation unsuccessful: a
    service that shows results alone must not show it as well.

    Args:
        report: of any kind.
        places: lines of the contract; a service that shows code wants a file for each result.
    """
    unseen = [one for one in report.subjects if one.status is Status.NOT_CHECKED]
    results = [_result(report, finding, places) for finding in report.findings]
    results += [_unseen(report, subject, places) for subject in unseen]
    run = {
        "tool": {
            "driver": {
                "name": "studioops",
                "version": version("studioops-maintenance"),
                "rules": _rules(report, unseen),
            }
        },
        "automationDetails": {"id": f"studioops/{report.kind}/{report.target}"},
        "invocations": [
            {
                "executionSuccessful": report.status is not Status.NOT_CHECKED and not unseen,
                "startTimeUtc": report.started_at.isoformat(),
                "toolExecutionNotifications": [
                    {"level": "error", "message": {"text": f"{one.name}: {one.reason}"}}
                    for one in unseen
                ],
            }
        ],
        "results": results,
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _rules(report: Report, unseen: list[Subject]) -> list[dict[str, Any]]:
    rules = {
        finding.check: {
            "id": finding.check,
            "shortDescription": {"text": finding.check.replace("_", " ")},
            "fullDescription": {"text": finding.why},
            "defaultConfiguration": {"level": LEVELS[finding.severity]},
        }
        for finding in reversed(report.findings)
    }
    if unseen:
        rules[NOT_CHECKED] = {
            "id": NOT_CHECKED,
            "shortDescription": {"text": "not checked"},
            "fullDescription": {"text": "nothing is called well that was not looked at"},
            "defaultConfiguration": {"level": "error"},
        }
    return [rules[name] for name in sorted(rules)]


def _result(report: Report, finding: Finding, places: Places | None) -> dict[str, Any]:
    text = f"{finding.object}: {finding.message}\nWhy: {finding.why}\nRepair:\n{finding.repair}"
    return {
        "ruleId": finding.check,
        "level": LEVELS[finding.severity],
        "message": {"text": text},
        **_where(report, finding.check, finding.object, places),
    }


def _unseen(report: Report, subject: Subject, places: Places | None) -> dict[str, Any]:
    return {
        "ruleId": NOT_CHECKED,
        "level": "error",
        "message": {"text": f"{subject.name} was not checked: {subject.reason}"},
        **_where(report, NOT_CHECKED, subject.name, places),
    }


def _where(report: Report, rule: str, name: str, places: Places | None) -> dict[str, Any]:
    """The place of a result, and what makes it the same fault tomorrow."""
    # The figures in a message change from day to day: they are no part of it.
    same = hashlib.sha256("\0".join((report.target, rule, name)).encode()).hexdigest()
    location = {
        "physicalLocation": _physical(report, name, places),
        "logicalLocations": [{"fullyQualifiedName": name}],
    }
    return {"locations": [location], "partialFingerprints": {"studioops/v1": same}}


def _physical(report: Report, name: str, places: Places | None) -> dict[str, Any]:
    if places is None:
        return {"artifactLocation": {"uri": quote(f"{report.target or 'studioops'}/{name}")}}
    child = name.partition(" → ")[0].partition(" ⇢ ")[0]
    line = places.lines.get(name) or places.lines.get(child) or 1
    return {"artifactLocation": {"uri": quote(places.path)}, "region": {"startLine": line}}
