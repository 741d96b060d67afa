"""Writing a report into the ledger, once however often its task is retried."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    BindParameter,
    Connection,
    Row,
    Text,
    any_,
    func,
    insert,
    literal,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert as upsert

from studioops.ledger.model import RunRef
from studioops.ledger.plain import one_each, plain
from studioops.ledger.tables import FindingRow, LookRow, ReportRow, RunRow, SubjectRow
from studioops.model import Report


def write(connection: Connection, report: Report, run: RunRef) -> int:
    """One report with its run, subjects and findings.

    A run has one current report a step, kind and target, whatever the attempt. The same report
    again changes nothing. Another one, from an attempt that looked again, takes the current
    place, since the tasks that follow see that one too; the earlier one stays, marked superseded.
    A look that began before the current one never takes its place.

    Args:
        connection: in a READ COMMITTED transaction.
        report: what was seen.
        run: who saw it.

    Returns:
        the number of the report that is current now.
    """
    document = plain(report.as_json())
    run_key = key_of_run(connection, run)
    current = _current(connection, run_key, run.step, document)
    if current is not None:
        if current.started_at > report.started_at or current.document == document:
            return int(current.id)
        _supersede(connection, current.id)
    report_key = _report(connection, run_key, run.step, document)
    _looks(connection, report_key, document)
    _findings(connection, report_key, document)
    return report_key


def key_of_run(connection: Connection, run: RunRef) -> int:
    """The run's key. Its row stays locked, so that attempts of a step go one after the other."""
    values = plain({"origin": run.origin, "name": run.name, "run_id": run.run_id})
    connection.execute(upsert(RunRow).values(values).on_conflict_do_nothing())
    wanted = select(RunRow.id).filter_by(**values).with_for_update(key_share=True)
    return connection.execute(wanted).scalar_one()


def _current(
    connection: Connection, run_key: int, step: str, document: dict[str, Any]
) -> Row[tuple[int, datetime, dict[str, Any]]] | None:
    wanted = select(ReportRow.id, ReportRow.started_at, ReportRow.document).where(
        ReportRow.run == run_key,
        ReportRow.step == step,
        ReportRow.kind == document["kind"],
        ReportRow.target == document["target"],
        ReportRow.superseded_at.is_(None),
    )
    return connection.execute(wanted).one_or_none()


def _supersede(connection: Connection, report_key: int) -> None:
    connection.execute(
        update(ReportRow).where(ReportRow.id == report_key).values(superseded_at=datetime.now(UTC))
    )
    connection.execute(update(LookRow).where(LookRow.report == report_key).values(superseded=True))


def _report(connection: Connection, run_key: int, step: str, document: dict[str, Any]) -> int:
    statement = insert(ReportRow).returning(ReportRow.id)
    values = {
        "run": run_key,
        "step": step,
        "kind": document["kind"],
        "target": document["target"],
        "status": document["status"],
        "started_at": datetime.fromisoformat(document["started_at"]),
        "seconds": document["seconds"],
        "document": document,
    }
    return connection.execute(statement.values(values)).scalar_one()


def _looks(connection: Connection, report_key: int, document: dict[str, Any]) -> None:
    subjects = one_each(document["subjects"])
    keys = _subject_keys(connection, document, [subject["name"] for subject in subjects])
    rows = [
        {
            "report": report_key,
            "subject": keys[subject["name"]],
            "status": subject["status"],
            "reason": subject["reason"],
            "seconds": subject["seconds"],
            "looked_at": datetime.fromisoformat(document["started_at"]),
        }
        for subject in subjects
    ]
    if rows:
        connection.execute(insert(LookRow), rows)


def _subject_keys(
    connection: Connection, document: dict[str, Any], names: list[str]
) -> dict[str, int]:
    """The key of each name. New ones are made in order: two runs at once can't deadlock."""
    target, kind = document["target"], document["kind"]
    known = select(SubjectRow.name, SubjectRow.id).where(
        SubjectRow.target == target, SubjectRow.kind == kind, SubjectRow.name == any_(_texts(names))
    )
    keys = dict(connection.execute(known).all())
    missing = sorted(set(names) - set(keys))
    if missing:
        rows = select(literal(target), literal(kind), func.unnest(_texts(missing)))
        connection.execute(
            upsert(SubjectRow)
            .from_select(["target", "kind", "name"], rows)
            .on_conflict_do_nothing()
        )
        keys = dict(connection.execute(known).all())
    return keys


def _texts(values: list[str]) -> BindParameter[Sequence[str]]:
    return literal(values, ARRAY(Text))


def _findings(connection: Connection, report_key: int, document: dict[str, Any]) -> None:
    rows = [
        {
            "report": report_key,
            "position": position,
            "check_name": finding["check"],
            **{key: value for key, value in finding.items() if key != "check"},
        }
        for position, finding in enumerate(document["findings"])
    ]
    if rows:
        connection.execute(insert(FindingRow), rows)
