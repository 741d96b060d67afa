"""Gates open for the right evidence alone, and say what is missing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from studioops.ledger import RunRef, StoredReport
from studioops.ledger.gates import backup_gate, rehearsal_gate
from studioops.model import Report, Status

NOW = datetime(2025, 9, 8, 12, tzinfo=UTC)
DAY_S = 86_400
_numbers = count(1)


def stored(kind: str, hours: float, status: Status = Status.PASSED, **told: Any) -> StoredReport:
    started = NOW - timedelta(hours=hours)
    report = Report(kind, "shop", status, started, 1.0, evidence=told)
    run = RunRef("r", "cli", kind)
    return StoredReport(next(_numbers), run, started, superseded=False, report=report)


def drill(backup: str, age: float, faithful: str = "passed", hours: float = 0.5) -> StoredReport:
    taken = NOW - timedelta(hours=age)
    return stored(
        "drill",
        hours,
        backup=backup,
        snapshot_at=taken.isoformat(),
        faithful=faithful,
        sound="failed",
    )


def rehearsal(
    plan: str = "p", schema: str = "s", hours: float = 1, status: Status = Status.PASSED
) -> StoredReport:
    return stored("rehearsal", hours, status, plan=plan, schema=schema, backup="b1")


def of_backups(*drills: StoredReport) -> Any:
    return backup_gate(drills, now=NOW, age_s=DAY_S)


def of_rehearsals(*rehearsals: StoredReport) -> Any:
    return rehearsal_gate(rehearsals, plan="p", schema="s", now=NOW, age_s=DAY_S)


def test_without_evidence_both_are_closed() -> None:
    for gate in (of_backups(), of_rehearsals()):
        assert not gate.open
        assert gate.next_step


def test_a_faithful_backup_opens_though_its_references_are_broken() -> None:
    gate = of_backups(drill("b1", age=3))
    assert gate.open
    assert gate.evidence["backup"] == "b1"
    assert "3.0 h old" in gate.words


def test_an_old_backup_does_not_open() -> None:
    gate = of_backups(drill("b1", age=25))
    assert not gate.open
    assert "25.0 h old where 24.0 h are allowed" in gate.words


def test_what_was_faithful_once_and_is_not_any_more_does_not_open() -> None:
    again = [drill("b1", 3, "failed", hours=0.1), drill("b1", 3, hours=1)]
    assert not of_backups(*again).open


def test_a_drill_that_could_not_look_takes_nothing_back_and_proves_nothing() -> None:
    assert of_backups(drill("b1", 3, "not_checked", hours=0.1), drill("b1", 3, hours=1)).open
    alone = of_backups(drill("b1", 3, "not_checked"))
    assert not alone.open
    assert "not_checked" in alone.words


def test_an_older_backup_opens_where_the_newest_is_not_faithful() -> None:
    assert of_backups(drill("b2", 1, "failed"), drill("b1", 4)).open


def test_a_rehearsal_opens_for_its_plan_alone() -> None:
    assert of_rehearsals(rehearsal()).open
    other = of_rehearsals(rehearsal(plan="q"))
    assert not other.open
    assert "another plan was" in other.words


def test_a_rehearsal_of_another_schema_does_not_open() -> None:
    gate = of_rehearsals(rehearsal(schema="t"))
    assert not gate.open
    assert "definitions have changed" in gate.words


def test_a_stale_rehearsal_does_not_open() -> None:
    gate = of_rehearsals(rehearsal(hours=25))
    assert not gate.open
    assert "25.0 h old" in gate.words


def test_the_last_rehearsal_counts_and_not_checked_is_not_green() -> None:
    for status in (Status.FAILED, Status.NOT_CHECKED):
        gate = of_rehearsals(rehearsal(hours=0.1, status=status), rehearsal())
        assert not gate.open
        assert str(status) in gate.words
