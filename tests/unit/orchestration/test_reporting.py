"""Merging what the batches of a scan left, when some of them left nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from studioops.errors import SettingsError
from studioops.integrity import load_contract, merge_scans
from studioops.integrity.scan.relationship import AbsentRelationship
from studioops.model import Report, Status
from studioops.orchestration import integrity, neighbours, reporting
from studioops.orchestration.reason import REASON

CONTRACT = """
target: shop
relationships:
  - {child: orders.customer_id, parent: customers.id}
  - {child: orders.vendor_id, parent: vendors.id}
objects:
  - {column: orders.path, bucket: documents}
expectations:
  - {column: orders.path, not_null: true}
"""


def no_ledger() -> None:
    raise SettingsError("no ledger", "connect one")


class Task:
    """A task instance as far as merging asks it: what other tasks left in XCom."""

    task_id = "report"

    def __init__(self, left: Mapping[tuple[str, int, str], Any]) -> None:
        self.left = left

    def xcom_pull(
        self, *, task_ids: str, key: str = "return_value", map_indexes: Iterable[int] | None = None
    ) -> Any:
        if map_indexes is None:
            return self.left.get((task_ids, -1, key))
        return [self.left.get((task_ids, index, key)) for index in map_indexes]


@pytest.fixture
def contract(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The contract that the settings declare for the target."""
    path = tmp_path / "shop.yaml"
    path.write_text(CONTRACT, encoding="utf-8")
    monkeypatch.setattr(integrity, "contract_path", lambda _: path)
    return path


def merged(
    monkeypatch: pytest.MonkeyPatch, planned: Any, left: Mapping[tuple[str, int, str], Any]
) -> Report:
    context = {"ti": Task(left), "dag_run": SimpleNamespace(run_id="now")}
    for module in (reporting, neighbours):
        monkeypatch.setattr(module, "get_current_context", lambda: context)
    monkeypatch.setattr(reporting, "open_evidence", no_ledger)
    documents = reporting.reports("shop", None, planned)
    assert len(documents) == 1
    return Report.from_json(documents[0])


def keys(path: Path) -> list[str]:
    declared = load_contract(path).relationships
    return [AbsentRelationship(str(one.child), str(one.parent), one, "").key for one in declared]


def passed(key: str) -> dict[str, Any]:
    """What a batch hands back whose only relationship is well."""
    part = merge_scans("shop", [], [key], "")
    entry = {**part.evidence["relationships"][0], "status": "passed", "orphans": 0, "reason": ""}
    evidence = {**part.evidence, "relationships": [entry]}
    return Report("scan", "shop", Status.PASSED, datetime.now(UTC), 1.0, (), (), evidence).as_json()


def statuses(report: Report) -> dict[str, tuple[str, str]]:
    entries = report.evidence["relationships"]
    return {one["child"].split("(")[1]: (one["status"], one["reason"]) for one in entries}


def test_a_batch_that_failed_is_not_checked_with_its_reason_and_the_others_stay(
    contract: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = keys(contract)
    left = {("scan", 0, "return_value"): passed(first), ("scan", 1, REASON): "host/db: gone"}
    report = merged(monkeypatch, [[first], [second]], left)
    assert report.status is Status.NOT_CHECKED
    assert statuses(report) == {
        "customer_id)": ("passed", ""),
        "vendor_id)": ("not_checked", "host/db: gone"),
    }


def test_a_batch_that_was_killed_says_which_one_it_was(
    contract: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = keys(contract)
    report = merged(monkeypatch, [[first], [second]], {("scan", 1, "return_value"): passed(second)})
    status, reason = statuses(report)["customer_id)"]
    assert status == "not_checked"
    assert "batch 0 ended without a word" in reason


@pytest.mark.parametrize("planned", [None, []])
@pytest.mark.parametrize("task", ["connectivity", "plan"])
def test_without_a_plan_the_contracts_relationships_carry_the_reason(
    contract: Path, monkeypatch: pytest.MonkeyPatch, planned: Any, task: str
) -> None:
    report = merged(monkeypatch, planned, {(task, -1, REASON): "host/db: no SELECT"})
    assert report.status is Status.NOT_CHECKED
    assert set(statuses(report).values()) == {("not_checked", "host/db: no SELECT")}
    assert len(report.subjects) == 4


def test_a_plan_that_was_killed_still_leaves_a_reason(
    contract: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = merged(monkeypatch, None, {})
    assert all("ended without a word" in one.reason for one in report.subjects[:2])


def test_without_a_contract_the_target_itself_is_not_checked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(integrity, "contract_path", lambda _: None)
    report = merged(monkeypatch, None, {("plan", -1, REASON): "host/db: gone"})
    assert [(one.name, one.reason) for one in report.subjects] == [("shop", "host/db: gone")]
    assert report.status is Status.NOT_CHECKED
    assert report.evidence["reason"] == "host/db: gone"


def test_a_broken_contract_does_not_keep_its_faults_from_being_told(
    contract: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    contract.write_text("target: [", encoding="utf-8")
    report = merged(monkeypatch, None, {("plan", -1, REASON): "shop.yaml: line 1: …"})
    assert report.subjects[0].reason == "shop.yaml: line 1: …"


def test_connectivity_comes_first_and_the_scan_last(
    contract: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = {"ti": Task({}), "dag_run": SimpleNamespace(run_id="now")}
    for module in (reporting, neighbours):
        monkeypatch.setattr(module, "get_current_context", lambda: context)
    monkeypatch.setattr(reporting, "open_evidence", no_ledger)
    services = {"evidence": {"services": []}}
    documents = reporting.reports("shop", services, None)
    assert documents[0] is services
    assert documents[-1]["kind"] == "scan"
