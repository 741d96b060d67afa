"""A scan in batches says the same as a scan at once, and loses nothing when a batch is lost."""

from __future__ import annotations

import pytest

from studioops.integrity import batches, load_contract, merge_scans, plan_scan, scan
from studioops.model import Report
from studioops.postgres import open_database
from studioops.settings.declarations import SHIPPED_CONTRACT


@pytest.fixture
def database(legacy_dsn):
    with open_database(legacy_dsn) as database:
        yield database


@pytest.fixture
def contract():
    return load_contract(SHIPPED_CONTRACT)


def without_times(report: Report) -> dict:
    document = dict(report.evidence)
    for name in ("started_at", "seconds", "reading"):
        document.pop(name, None)
    document["relationships"] = [{**one, "seconds": 0} for one in document["relationships"]]
    document["findings"] = sorted(map(str, document["findings"]))
    return document


@pytest.mark.parametrize("count", [1, 3, 7, 64])
def test_batches_share_every_entry_once_and_keep_tables_together(database, contract, count):
    planned = plan_scan(database, contract)
    shares = batches(planned, count)
    assert len(shares) <= count
    assert all(shares)
    keys = [key for share in shares for key in share]
    assert sorted(keys) == sorted(one.key for one in planned)
    assert len(set(keys)) == len(planned) == 31
    for table in {one.table for one in planned if one.table}:
        holders = [
            n
            for n, share in enumerate(shares)
            if any(one.key in share for one in planned if one.table == table)
        ]
        assert len(holders) == 1


def test_batches_are_about_equally_heavy(database):
    class Entry:
        def __init__(self, n: int) -> None:
            self.key = f"t{n}"
            self.group = (f"t{n}", "", "")
            self.cost = 2**n

    heavy, light = batches([Entry(n) for n in range(8)], 2)
    assert heavy == ["t7"]
    assert len(light) == 7


def test_the_merged_report_is_the_whole_report(database, contract):
    planned = plan_scan(database, contract)
    whole = scan(database, contract, target="t")
    parts = [
        scan(database, contract, target="t", keys=keys) for keys in reversed(batches(planned, 4))
    ]
    keys = [one.key for one in planned]
    merged = merge_scans("t", parts, keys, "lost")
    assert without_times(merged) == without_times(whole)
    assert merged.status == whole.status == "failed"
    assert sorted(merged.subjects, key=str) != []
    assert merged.started_at == min(part.started_at for part in parts)


def test_a_lost_batch_is_not_checked_with_the_reason_and_never_passed(database, contract):
    planned = plan_scan(database, contract)
    first, *rest = batches(planned, 4)
    parts = [scan(database, contract, target="t", keys=keys) for keys in rest]
    merged = merge_scans("t", parts, [one.key for one in planned], "the worker died")
    lost = [one for one in merged.evidence["relationships"] if one["reason"] == "the worker died"]
    assert len(lost) == len(first)
    assert {one["status"] for one in lost} == {"not_checked"}
    assert {one["orphans"] for one in lost} == {None}


def test_all_batches_lost_is_not_checked(contract, database):
    keys = [one.key for one in plan_scan(database, contract)]
    merged = merge_scans("t", [], keys, "nobody came")
    assert merged.status == "not_checked"
    assert merged.evidence["summary"]["not_checked"] == 31
    declared = [one["declared"] for one in merged.evidence["relationships"]]
    assert declared.count(True) == 30


def test_a_report_goes_through_json_unchanged(database, contract):
    import json

    report = scan(database, contract, target="t")
    assert Report.from_json(json.loads(json.dumps(report.as_json()))) == report
