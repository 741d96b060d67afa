"""A step that fails leaves its reason where the report finds it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from studioops.errors import DatabaseUnreachable
from studioops.orchestration import reason
from studioops.orchestration.reason import REASON, leaves_reason


@pytest.fixture
def left(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """What a task pushes, instead of Airflow's XCom."""
    pushed: dict[str, str] = {}

    class Task:
        def xcom_push(self, *, key: str, value: str) -> None:
            pushed[key] = value

    context: Callable[[], Any] = lambda: {"ti": Task()}  # noqa: E731
    monkeypatch.setattr(reason, "get_current_context", context)
    return pushed


def test_our_error_leaves_one_line_and_is_raised_all_the_same(left: dict[str, str]) -> None:
    @leaves_reason
    def step() -> None:
        raise DatabaseUnreachable("host/db:\n no connection", "start it")

    with pytest.raises(DatabaseUnreachable):
        step()
    assert left == {REASON: "host/db: no connection; next: start it"}


def test_a_bug_leaves_nothing_since_its_text_may_hold_anything(left: dict[str, str]) -> None:
    @leaves_reason
    def step() -> None:
        raise KeyError("password=hunter2")

    with pytest.raises(KeyError):
        step()
    assert left == {}


def test_a_step_that_succeeds_hands_on_its_answer(left: dict[str, str]) -> None:
    @leaves_reason
    def step(number: int, *, more: int) -> int:
        return number + more

    assert step(1, more=2) == 3
    assert step.__name__ == "step"
    assert left == {}
