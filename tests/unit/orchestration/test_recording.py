"""From the looks of a run to what the ledger holds of it."""

from __future__ import annotations

from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest

from studioops.backups.seen import Seen, fault, report_of
from studioops.model import Report, Stopwatch
from studioops.orchestration import recording


def report(kind: str, *, broken: bool = False) -> dict[str, Any]:
    findings = [fault("x", "shop", "it is broken", "why", "mend it")] if broken else []
    evidence = {"summary": {}} if kind == "scan" else {}
    return report_of(kind, "shop", Seen.of("part", findings), Stopwatch(), evidence).as_json()


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> list[Report]:
    """What was written down."""
    written: list[Report] = []

    def record(one: Report, _: Any) -> int:
        written.append(one)
        return len(written)

    @contextmanager
    def opened() -> Any:
        yield SimpleNamespace(record=record)

    run = SimpleNamespace(run_id="now", dag_id="maintenance")
    monkeypatch.setattr(recording, "open_evidence", opened)
    monkeypatch.setattr(recording, "get_current_context", lambda: {"dag_run": run})
    monkeypatch.setattr(recording, "headline", lambda one: one.kind)
    return written


def test_the_last_look_at_each_is_the_runs(kept: list[Report]) -> None:
    first = [report("backup"), report("scan", broken=True)]
    told = recording.record(first, [report("migration")], [report("backup"), report("scan")])
    assert [(one.kind, one.status) for one in kept] == [
        ("migration", "passed"),
        ("backup", "passed"),
        ("scan", "passed"),
    ]
    assert told["status"] == "passed"
    assert told["report_id"] == 3


def test_what_was_not_looked_at_again_keeps_its_first_word(kept: list[Report]) -> None:
    told = recording.record([report("scan", broken=True)], [report("migration", broken=True)], None)
    assert told["status"] == "failed"
    assert told["line"] == "shop is failed: migration (scan failed, migration failed)"
    assert len(kept) == 2
