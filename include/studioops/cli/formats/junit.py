"""JUnit's XML, as CI servers read it: a test case a subject."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from studioops.model import Finding, Report, Status, Subject

# What XML 1.0 has no way to write, in names and values of somebody's database.
UNWRITABLE = re.compile(r"[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]")


def junit(report: Report) -> str:
    """A report as JUnit's XML.

    A subject that was not checked is an ``error``: ``skipped`` would be green.

    Args:
        report: of any kind.

    Returns:
        the document.
    """
    subjects = report.subjects or (_nothing(report),)
    suite = ElementTree.Element(
        "testsuite",
        name=_text(f"studioops {report.kind} {report.target}".strip()),
        tests=str(len(subjects)),
        failures=str(_count(subjects, Status.FAILED)),
        errors=str(_count(subjects, Status.NOT_CHECKED)),
        skipped=str(_count(subjects, Status.NOT_APPLICABLE)),
        time=f"{report.seconds:.3f}",
        timestamp=report.started_at.isoformat(timespec="seconds"),
    )
    for subject in subjects:
        _case(suite, report, subject)
    root = ElementTree.Element("testsuites")
    root.append(suite)
    ElementTree.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ElementTree.tostring(root, "unicode")}\n'


def findings_of(report: Report, subject: Subject) -> list[Finding]:
    """The findings that speak of a subject.

    Args:
        report: of any kind.
        subject: one of its subjects: a check by its name, anything else by its objects.
    """
    if report.kind == "check":
        return [finding for finding in report.findings if finding.check == subject.name]
    return [finding for finding in report.findings if _speaks_of(finding, subject.name)]


def _speaks_of(finding: Finding, name: str) -> bool:
    return name == finding.object or name.startswith((f"{finding.object} ", f"{finding.object}("))


def _case(suite: ElementTree.Element, report: Report, subject: Subject) -> None:
    case = ElementTree.SubElement(
        suite,
        "testcase",
        classname=_text(f"studioops.{report.kind}"),
        name=_text(subject.name),
        time=f"{subject.seconds:.3f}",
    )
    findings = findings_of(report, subject)
    bad = [finding for finding in findings if finding.severity.fails]
    if subject.status is Status.FAILED:
        first = bad[0].message if bad else subject.reason or "see the report"
        _child(case, "failure", first, "\n\n".join(map(_told, bad)))
    elif subject.status is Status.NOT_CHECKED:
        _child(case, "error", f"not checked: {subject.reason}", "")
    elif subject.status is Status.NOT_APPLICABLE:
        _child(case, "skipped", subject.reason, "")
    rest = [finding for finding in findings if not finding.severity.fails]
    if rest:
        output = ElementTree.SubElement(case, "system-out")
        output.text = _text("\n\n".join(map(_told, rest)))


def _child(case: ElementTree.Element, kind: str, message: str, text: str) -> None:
    made = ElementTree.SubElement(case, kind, message=_text(message))
    made.text = _text(text) or None


def _told(finding: Finding) -> str:
    return (
        f"{finding.severity} {finding.check}: {finding.object}: {finding.message}\n"
        f"why: {finding.why}\n{finding.repair}"
    )


def _nothing(report: Report) -> Subject:
    reason = str(report.evidence.get("reason") or "nothing was looked at")
    return Subject(report.target, Status.NOT_CHECKED, reason)


def _count(subjects: tuple[Subject, ...], status: Status) -> int:
    return sum(one.status is status for one in subjects)


def _text(text: str) -> str:
    return UNWRITABLE.sub("\N{REPLACEMENT CHARACTER}", text)
