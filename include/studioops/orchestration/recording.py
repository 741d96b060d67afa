"""From a run's reports to the ledger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from airflow.sdk import get_current_context

from studioops.ledger import RunRef
from studioops.model import Report, Status
from studioops.orchestration.connections import open_evidence
from studioops.orchestration.headline import headline
from studioops.orchestration.reason import leaves_reason
from studioops.orchestration.verdict import Recorded


@leaves_reason
def record(*looks: Sequence[Mapping[str, Any]] | None) -> Recorded:
    """Write a run's reports into the ledger; of each kind the last one is the run's.

    Args:
        looks: the reports as XCom carried them, the oldest look first; None for one that was not
            taken. The last report is what the run is about.

    Raises:
        LedgerUnavailable: nothing could be written.
    """
    last: dict[tuple[str, str], Report] = {}
    for document in (one for look in looks for one in look or ()):
        report = Report.from_json(document)
        last.pop((report.kind, report.target), None)
        last[report.kind, report.target] = report
    reports = list(last.values())
    run = this_run()
    with open_evidence() as ledger:
        report_ids = [ledger.record(report, run) for report in reports]
    status = Status.worst(report.status for report in reports)
    parts = ", ".join(f"{report.kind} {report.status}" for report in reports)
    return Recorded(
        report_id=report_ids[-1],
        status=str(status),
        data_docs=str(reports[-1].evidence.get("data_docs") or ""),
        line=f"{reports[-1].target} is {status}: {headline(reports[-1])} ({parts})",
    )


def this_run(step: str = "") -> RunRef:
    """The DAG run that the current task belongs to.

    Args:
        step: which of several looks of the run it is.
    """
    run = get_current_context()["dag_run"]
    return RunRef(run_id=run.run_id, origin="dag", name=run.dag_id, step=step)
