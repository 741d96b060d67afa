"""Reading the ledger."""

from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import groupby
from typing import Any

from sqlalchemy import Connection

from studioops.errors import UsageError
from studioops.ledger.model import ReportLine, RunRecord, RunRef, StoredReport, SubjectEvidence
from studioops.model import Report, Status
from studioops.postgres import fetch, load_sql


def latest(connection: Connection, target: str | None) -> list[SubjectEvidence]:
    """What is known of each subject, by target, kind and name.

    Args:
        connection: in a transaction.
        target: only this one's subjects; None for all.
    """
    rows = fetch(connection, load_sql(__package__, "latest"), {"target": target})
    return [_evidence(row) for row in rows]


def runs(connection: Connection, target: str | None, limit: int) -> list[RunRecord]:
    """The last runs, newest first.

    Args:
        connection: in a transaction.
        target: only runs that reported on it; None for all.
        limit: how many runs at most.
    """
    rows = fetch(connection, load_sql(__package__, "runs"), {"target": target, "limit": limit})
    return [_record(list(group)) for _, group in groupby(rows, key=lambda row: row["id"])]


def report(connection: Connection, report_id: int) -> StoredReport:
    """One report in full.

    Raises:
        UsageError: there is none of that number.
    """
    rows = fetch(connection, load_sql(__package__, "report"), {"report_id": report_id})
    if not rows:
        raise UsageError(
            f"the ledger has no report {report_id}",
            "see `studioops evidence show` for those it has",
        )
    return _stored(rows[0])


def proofs(
    connection: Connection, kind: str, origin: Mapping[str, Any], limit: int
) -> list[StoredReport]:
    """The newest reports of one kind on one database, newest first.

    Args:
        connection: in a transaction.
        kind: of the reports.
        origin: what the database is, as their evidence has it under ``origin``.
        limit: how many at most.
    """
    values = {"kind": kind, "origin": json.dumps(dict(origin)), "limit": limit}
    return [_stored(row) for row in fetch(connection, load_sql(__package__, "proofs"), values)]


def _stored(row: Mapping[str, Any]) -> StoredReport:
    return StoredReport(
        report_id=row["report_id"],
        run=_run(row),
        recorded_at=row["recorded_at"],
        superseded=row["superseded"],
        report=Report.from_json(row["document"]),
    )


def _run(row: Mapping[str, Any], prefix: str = "") -> RunRef:
    return RunRef(
        run_id=row[f"{prefix}run_id"],
        origin=row[f"{prefix}origin"],
        name=row[f"{prefix}name"],
        step=row.get(f"{prefix}step", ""),
    )


def _record(rows: list[dict[str, Any]]) -> RunRecord:
    first = rows[0]
    run = RunRef(first["run_id"], first["origin"], first["name"])
    return RunRecord(run, first["first_seen"], tuple(_line(row) for row in rows))


def _line(row: Mapping[str, Any]) -> ReportLine:
    return ReportLine(
        report_id=row["report_id"],
        step=row["step"],
        kind=row["kind"],
        target=row["target"],
        status=Status(row["status"]),
        started_at=row["started_at"],
        seconds=row["seconds"],
        findings=row["findings"],
    )


def _evidence(row: Mapping[str, Any]) -> SubjectEvidence:
    passed_at = row["passed_at"]
    return SubjectEvidence(
        target=row["target"],
        kind=row["kind"],
        subject=row["subject"],
        status=Status(row["status"]),
        reason=row["reason"],
        looked_at=row["looked_at"],
        seconds=row["seconds"],
        report_id=row["report_id"],
        run=_run(row),
        passed_at=passed_at,
        passed_by=None if passed_at is None else _run(row, "passed_"),
    )
