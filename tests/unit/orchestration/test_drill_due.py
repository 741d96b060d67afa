"""Which backup a drill is about: the parameter's, the event's, or on its weekly day an older one."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any, cast

import pytest
from airflow.sdk.exceptions import AirflowSkipException

from studioops.backups.shelf import Shelf
from studioops.errors import NoSuchBackup
from studioops.orchestration import drill_step
from studioops.orchestration.backup_step import choose_backup, unreported
from studioops.orchestration.reason import REASON

IDS = [f"2026112{day}T020000Z-00000{day}" for day in range(5)]


class Task:
    """A task instance as far as a step tells it something."""

    def __init__(self) -> None:
        self.left: dict[str, Any] = {}

    def xcom_push(self, key: str, value: Any) -> None:
        self.left[key] = value


def due(
    monkeypatch: pytest.MonkeyPatch,
    wanted: str | Mapping[str, Any] = "",
    *,
    extras: tuple[Any, ...] = (),
    run_type: str = "manual",
    task: Task | None = None,
) -> tuple[str, str, bool]:
    context = {
        "triggering_asset_events": {"backups": [SimpleNamespace(extra=one) for one in extras]},
        "dag_run": SimpleNamespace(run_type=run_type),
        "ti": task or Task(),
    }
    monkeypatch.setattr(drill_step, "get_current_context", lambda: context)
    return drill_step._due("shop", wanted)


def event(backup: str) -> dict[str, str]:
    return {"target": "other", "backup": backup}


def test_the_parameter_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    found = due(monkeypatch, IDS[0], extras=(event(IDS[1]),), run_type="scheduled")
    assert found == ("shop", IDS[0], False)


def test_the_newest_event_names_target_and_backup(monkeypatch: pytest.MonkeyPatch) -> None:
    extras = (event(IDS[1]), event(IDS[2]))
    assert due(monkeypatch, extras=extras, run_type="asset_triggered") == ("other", IDS[2], False)


@pytest.mark.parametrize("extra", [None, {}, {"from_rest_api": True}])
def test_an_event_that_names_no_backup_makes_the_newest_due(
    monkeypatch: pytest.MonkeyPatch, extra: Any
) -> None:
    found = due(monkeypatch, extras=(extra,), run_type="asset_triggered")
    assert found == ("shop", "", False)


@pytest.mark.parametrize(("run_type", "older"), [("scheduled", True), ("manual", False)])
def test_on_its_weekly_day_an_older_one_is_due(
    monkeypatch: pytest.MonkeyPatch, run_type: str, older: bool
) -> None:
    assert due(monkeypatch, run_type=run_type) == ("shop", "", older)


def test_a_report_names_its_backup_or_why_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    assert due(monkeypatch, {"evidence": {"backup": IDS[3]}}) == ("shop", IDS[3], False)
    task = Task()
    with pytest.raises(AirflowSkipException):
        due(monkeypatch, unreported("backup", "shop", "it is away; next: mend it"), task=task)
    assert task.left == {REASON: "no backup was taken: it is away; next: mend it"}


def shelf(ids: list[str]) -> Shelf:
    there = SimpleNamespace(ids=lambda: ids, target="shop", vault=SimpleNamespace(where="here"))
    return cast("Shelf", there)


def test_an_older_one_is_never_the_newest_and_each_has_its_turn() -> None:
    chosen = {choose_backup(shelf(IDS), "", older=True) for _ in range(300)}
    assert chosen == set(IDS[:-1])
    assert choose_backup(shelf(IDS), "", older=False) == IDS[-1]
    assert choose_backup(shelf(IDS[:1]), "", older=True) == IDS[0]


def test_what_is_not_there_is_told_with_where_and_what_to_do() -> None:
    with pytest.raises(NoSuchBackup, match=f"shop has no backup {IDS[4]} in here"):
        choose_backup(shelf(IDS[:2]), IDS[4], older=False)
    with pytest.raises(NoSuchBackup, match="shop has no backup yet in here") as caught:
        choose_backup(shelf([]), "", older=True)
    assert "DAG backup" in caught.value.next_step
