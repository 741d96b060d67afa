"""What goes into the ledger beside reports, and what comes out of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from studioops.model import Report, Status

Origin = Literal["dag", "cli"]
# The step of a look from before a repair: evidence, and not what a run is judged by.
BEFORE = "before"


@dataclass(frozen=True, slots=True)
class RunRef:
    """The run that a report came from.

    Args:
        run_id: Airflow's run id, or an id made for one call of the command line.
        origin: who ran it.
        name: the DAG's id, or the command.
        step: which of several looks of one run this is (a scan before a repair and one after
            it); a retried task gives the same step again.
    """

    run_id: str
    origin: Origin
    name: str
    step: str = ""


@dataclass(frozen=True, slots=True)
class StoredReport:
    """A report as the ledger keeps it.

    Args:
        report_id: its number in the ledger.
        run: where it came from.
        recorded_at: when it was written down.
        superseded: whether a later attempt of the same step took its place.
        report: the report.
    """

    report_id: int
    run: RunRef
    recorded_at: datetime
    superseded: bool
    report: Report


@dataclass(frozen=True, slots=True)
class ReportLine:
    """A report in a list: all of it but its documents."""

    report_id: int
    step: str
    kind: str
    target: str
    status: Status
    started_at: datetime
    seconds: float
    findings: int


@dataclass(frozen=True, slots=True)
class RunRecord:
    """A run and what it reported, oldest look first."""

    run: RunRef
    first_seen: datetime
    reports: tuple[ReportLine, ...]

    @property
    def status(self) -> Status:
        """Of the whole, by the last look at each kind and target; earlier ones are evidence."""
        last = {
            (line.kind, line.target): line.status for line in self.reports if line.step != BEFORE
        }
        return Status.worst(last.values())


@dataclass(frozen=True, slots=True)
class SubjectEvidence:
    """What is known of one subject: the last look at it, and the last one that passed.

    Args:
        target: whose subject it is.
        kind: of the reports that speak of it.
        subject: its name.
        status: at the last look.
        reason: why it was not checked then, or does not apply; empty otherwise.
        looked_at: when the last look began.
        seconds: how long it took.
        report_id: where to read it in full.
        run: who looked.
        passed_at: when the last look that passed began; None if none ever did. A look that could
            not be taken leaves it as it is.
        passed_by: who took that look.
    """

    target: str
    kind: str
    subject: str
    status: Status
    reason: str
    looked_at: datetime
    seconds: float
    report_id: int
    run: RunRef
    passed_at: datetime | None
    passed_by: RunRef | None
