"""What became of one expectation, and the report on all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from studioops.integrity.contract.model import DeclaredExpectation
from studioops.integrity.expectations.bind import MOST_ROWS
from studioops.model import Finding, Report, Severity, Status, Stopwatch, Subject

SCHEMA_VERSION = 1
KIND = "expectations"
WHY = {
    "accepted_values": "the application meets a value that it does not know",
    "not_null": "whoever reads the column relies on there being a value",
    "unique": "two rows are taken for one, or one for two",
    "range": "a value lies where none can be right",
    "pattern": "a value is not written as those who read it expect",
    "reference": "whatever follows the reference finds nothing",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one expectation.

    Args:
        declared: the question.
        status: failed where too many rows answer wrongly, also where that is only a warning.
        rows: of the table; None where nobody counted.
        unexpected: rows that answer wrongly; None where nobody counted.
        sample: up to five of them.
        listing: SQL that lists them; an empty text where there is none.
        reason: why it was not checked.
    """

    declared: DeclaredExpectation
    status: Status
    rows: int | None = None
    unexpected: int | None = None
    sample: tuple[dict[str, Any], ...] = ()
    listing: str = ""
    reason: str = ""

    @property
    def judged(self) -> Status:
        """The status that counts: a warning fails nothing."""
        if self.status is Status.FAILED and self.declared.severity == "warning":
            return Status.PASSED
        return self.status

    @property
    def endless(self) -> bool:
        """Whether there are more rows than were fetched."""
        return self.declared.kind == "reference" and (self.unexpected or 0) > MOST_ROWS

    def finding(self) -> Finding:
        """The fault that rows answer wrongly."""
        declared, of = self.declared, f" of {self.rows}" if self.rows is not None else ""
        # A reference's query has an end: the scan counts them all.
        count = f"more than {MOST_ROWS}" if self.endless else str(self.unexpected)
        shown = [
            ", the first: " + ", ".join(f"{name}={value}" for name, value in first.items())
            for first in self.sample[:1]
        ]
        advice = f"-- correct the rows, or the contract (line {declared.line}); list them:"
        return Finding(
            declared.kind,
            str(declared.columns),
            Severity(declared.severity),
            "".join([f"{count}{of} rows: {_wanted(declared)}", *shown]),
            WHY[declared.kind],
            f"{advice}\n{self.listing}",
        )

    def as_json(self) -> dict[str, Any]:
        """The entry of the document."""
        share = None
        if self.unexpected is not None and self.rows:
            share = round(100 * self.unexpected / self.rows, 3)
        return {
            "column": str(self.declared.columns),
            "expectation": self.declared.kind,
            "status": str(self.judged),
            "severity": self.declared.severity,
            "rows": self.rows,
            "unexpected": self.unexpected,
            "percent": share,
            "sample": list(self.sample),
            "reason": self.reason,
        }


def not_checked(declared: DeclaredExpectation, reason: str) -> Answer:
    """The answer that nobody could get."""
    return Answer(declared, Status.NOT_CHECKED, reason=reason)


def build_report(target: str, answers: Sequence[Answer], watch: Stopwatch) -> Report:
    """The report on all expectations.

    Args:
        target: the target's name.
        answers: one an expectation, in the contract's order.
        watch: started with the work.
    """
    seconds = watch.seconds
    findings = tuple(one.finding() for one in answers if one.status is Status.FAILED)
    status = Status.worst(one.judged for one in answers)
    evidence = {
        "schema_version": SCHEMA_VERSION,
        "target": target,
        "status": str(status),
        "started_at": watch.started_at.isoformat(),
        "seconds": seconds,
        "expectations": [one.as_json() for one in answers],
        "findings": [asdict(one) for one in findings],
        "data_docs": None,
    }
    return Report(
        kind=KIND,
        target=target,
        status=status,
        started_at=watch.started_at,
        seconds=seconds,
        subjects=tuple(Subject(one.declared.name, one.judged, one.reason) for one in answers),
        findings=findings,
        evidence=evidence,
    )


def _wanted(declared: DeclaredExpectation) -> str:
    """What the contract expects, in words."""
    options = declared.options
    if declared.kind == "accepted_values":
        return "not one of " + ", ".join(map(repr, options["values"]))
    if declared.kind == "range":
        return f"not within {_end(options['min'])} and {_end(options['max'])}"
    if declared.kind == "pattern":
        return f"not matching {options['matches']!r}"
    if declared.kind == "reference":
        return f"no parent in {options['references']}"
    return {"not_null": "NULL", "unique": "not unique"}[declared.kind]


def _end(bound: object) -> str:
    return "any" if bound is None else str(bound)
