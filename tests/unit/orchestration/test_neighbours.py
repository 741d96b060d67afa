"""What a step finds of the tasks beside it, in whatever group it stands."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from studioops.orchestration import neighbours
from studioops.orchestration.neighbours import Neighbours
from studioops.orchestration.reason import REASON


@pytest.fixture
def beside(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The neighbours of a task, given what all tasks left."""

    def of(task_id: str, left: dict[tuple[str, str], Any]) -> Neighbours:
        def pull(task_ids: str, key: str = "return_value", map_indexes: Any = None) -> Any:
            if map_indexes is None:
                return left.get((task_ids, key))
            return [left.get((f"{task_ids}[{index}]", key)) for index in map_indexes]

        task = SimpleNamespace(task_id=task_id, xcom_pull=pull)
        monkeypatch.setattr(neighbours, "get_current_context", lambda: {"ti": task})
        return Neighbours()

    return of


@pytest.mark.parametrize("group", ["", "again.", "again.drill."])
def test_it_is_the_task_of_the_same_group_that_counts(beside: Any, group: str) -> None:
    groups = ("", "again.", "again.drill.")
    left = {(f"{one}take", "return_value"): f"of {one}" for one in groups}
    left |= {(f"{one}take", REASON): f"why {one}" for one in groups}
    found = beside(f"{group}backup", left)
    assert found.value("take") == f"of {group}"
    assert found.task_id("take") == f"{group}take"
    assert found.reason("absent", "take") == f"why {group}"
    assert found.value("absent") is None
    assert found.reason("absent") == ""


def test_a_mapped_task_is_asked_index_by_index(beside: Any) -> None:
    left = {("again.scan[1]", "return_value"): "one", ("again.scan[0]", REASON): "lost"}
    found = beside("again.report", left)
    assert found.values("scan", range(2)) == [None, "one"]
    assert found.reasons("scan", range(2)) == ["lost", None]
