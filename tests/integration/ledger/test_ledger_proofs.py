"""Evidence is found by what a database is, and not by what somebody called it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from studioops.ledger import Ledger, RunRef
from studioops.model import Status

ORIGIN = {"system": "7300000000000000001", "oid": 16_384, "database": "shop"}


def recorded(ledger: Ledger, make_report: Any, run: str, **told: Any) -> int:
    report = make_report({"a": Status.PASSED}, hours=told.pop("hours", 0), kind="drill")
    evidence = {**report.evidence, **told}
    return ledger.record(replace(report, evidence=evidence), RunRef(run, "cli", "drill"))


def test_by_what_it_is_newest_first(ledger: Ledger, make_report: Any) -> None:
    first = recorded(ledger, make_report, "1", origin=ORIGIN)
    second = recorded(ledger, make_report, "2", origin=ORIGIN, hours=2)
    for word, value in (("system", "1"), ("oid", 1), ("database", "b")):
        recorded(ledger, make_report, word, origin={**ORIGIN, word: value}, hours=3)
    recorded(ledger, make_report, "without", hours=3)
    assert [one.report_id for one in ledger.proofs("drill", ORIGIN)] == [second, first]
    assert [one.report_id for one in ledger.proofs("drill", ORIGIN, limit=1)] == [second]
    assert ledger.proofs("rehearsal", ORIGIN) == []


def test_what_was_superseded_is_no_proof(ledger: Ledger, make_report: Any) -> None:
    recorded(ledger, make_report, "1", origin=ORIGIN)
    later = recorded(ledger, make_report, "1", origin=ORIGIN, hours=1)
    assert [one.report_id for one in ledger.proofs("drill", ORIGIN)] == [later]
