"""Waiting for a service: what waiting mends is waited for, what it can't mend is told at once."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest
from airflow.sdk.exceptions import AirflowFailException, TaskDeferred

from studioops.model import Status
from studioops.orchestration import watching
from studioops.orchestration.reason import REASON
from studioops.orchestration.waiting import DatabaseSensor, StoreSensor
from studioops.orchestration.watching import (
    DatabaseTrigger,
    ServiceTrigger,
    StoreTrigger,
    is_settled,
)
from studioops.services import Cause, ServiceState

WELL = ServiceState("database", Status.PASSED, Cause.OK, "answers")
AWAY = ServiceState("database", Status.FAILED, Cause.REFUSED, "h:1/x: refused", "start it")
DENIED = ServiceState(
    "database", Status.FAILED, Cause.UNAUTHORISED, "h:1/x: wrong password", "mend"
)
UNKNOWN = ServiceState("database", Status.NOT_CHECKED, Cause.NOT_CONFIGURED, "no connection", "add")


class Task:
    """A task instance as far as a sensor tells it something."""

    def __init__(self) -> None:
        self.left: dict[str, Any] = {}

    def xcom_push(self, key: str, value: Any) -> None:
        self.left[key] = value


@pytest.fixture
def task() -> Task:
    return Task()


@pytest.fixture
def states(monkeypatch: pytest.MonkeyPatch) -> list[ServiceState]:
    """What the next looks will see; the last one stays."""
    coming: list[ServiceState] = []
    following = lambda *_: coming.pop(0) if len(coming) > 1 else coming[0]  # noqa: E731
    for look in ("look", "look_at_store"):
        monkeypatch.setattr(watching, look, following)
    monkeypatch.setattr(watching.INTERVALS.__class__, "delay", lambda *_: 0.001)
    return coming


def events(trigger: ServiceTrigger) -> list[ServiceState]:
    async def drained() -> list[Any]:
        return [event.payload async for event in trigger.run()]

    return [ServiceState.from_json(one) for one in asyncio.run(drained())]


def test_a_database_that_answers_is_not_waited_for(task: Task, states: list[ServiceState]) -> None:
    states.append(WELL)
    DatabaseSensor(task_id="database", target="shop").execute({"ti": task})  # type: ignore[typeddict-item]
    assert task.left == {}


def test_one_that_is_away_is_handed_to_the_triggerer(
    task: Task, states: list[ServiceState], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STUDIOOPS_DATABASE_WAIT", "600")
    states.append(AWAY)
    with pytest.raises(TaskDeferred) as raised:
        DatabaseSensor(task_id="database", target="shop").execute({"ti": task})  # type: ignore[typeddict-item]
    path, arguments = raised.value.trigger.serialize()
    assert path == "studioops.orchestration.watching.DatabaseTrigger"
    assert arguments["target"] == "shop"
    assert 590 < arguments["until"] - time.time() <= 600
    assert raised.value.method_name == "seen"


@pytest.mark.parametrize("state", [DENIED, UNKNOWN], ids=lambda state: state.cause)
def test_what_waiting_does_not_mend_fails_at_once_with_its_reason(
    task: Task, states: list[ServiceState], state: ServiceState
) -> None:
    states.append(state)
    with pytest.raises(AirflowFailException, match=state.message):
        DatabaseSensor(task_id="database", target="shop").execute({"ti": task})  # type: ignore[typeddict-item]
    assert task.left[REASON] == f"{state.message}; next: {state.next_step}"


def test_without_patience_nothing_is_deferred(
    task: Task, states: list[ServiceState], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STUDIOOPS_DATABASE_WAIT", "0")
    states.append(AWAY)
    with pytest.raises(AirflowFailException, match="refused"):
        DatabaseSensor(task_id="database", target="shop").execute({"ti": task})  # type: ignore[typeddict-item]


def test_the_triggerer_looks_until_it_answers(states: list[ServiceState]) -> None:
    states += [AWAY, AWAY, AWAY, WELL]
    assert events(DatabaseTrigger("shop", time.time() + 60)) == [WELL]
    assert states == [WELL]


def test_the_triggerer_does_not_wait_for_a_password_to_become_right(
    states: list[ServiceState],
) -> None:
    states += [AWAY, DENIED]
    assert events(DatabaseTrigger("shop", time.time() + 60)) == [DENIED]


def test_when_time_is_up_the_last_state_is_told(states: list[ServiceState], task: Task) -> None:
    states.append(AWAY)
    (last,) = events(DatabaseTrigger("shop", time.time() + 0.05))
    assert last == AWAY
    sensor = DatabaseSensor(task_id="database", target="shop")
    with pytest.raises(AirflowFailException, match="refused"):
        sensor.seen({"ti": task}, last.as_json())  # type: ignore[typeddict-item]
    assert "start it" in task.left[REASON]


def test_a_trigger_made_anew_is_the_same() -> None:
    _, arguments = DatabaseTrigger("shop", 12.5).serialize()
    assert DatabaseTrigger(**arguments).serialize() == DatabaseTrigger("shop", 12.5).serialize()


@pytest.mark.parametrize("cause", list(Cause))
def test_only_an_outage_is_worth_waiting_for(cause: Cause) -> None:
    state = ServiceState("database", Status.FAILED, cause, "")
    hopeless = {
        Cause.UNAUTHORISED,
        Cause.FORBIDDEN,
        Cause.NO_SUCH_DATABASE,
        Cause.NOT_CONFIGURED,
    }
    assert is_settled(state) is (cause in hopeless)


def store_told(task: Task) -> bool:
    return StoreSensor(task_id="store").execute({"ti": task})  # type: ignore[typeddict-item]


def test_a_store_that_answers_is_not_waited_for(task: Task, states: list[ServiceState]) -> None:
    states.append(WELL)
    assert store_told(task) is True


def test_a_store_that_is_away_is_handed_to_the_triggerer(
    task: Task, states: list[ServiceState], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STUDIOOPS_STORE_WAIT", "600")
    states.append(AWAY)
    with pytest.raises(TaskDeferred) as raised:
        store_told(task)
    path, arguments = raised.value.trigger.serialize()
    assert path == "studioops.orchestration.watching.StoreTrigger"
    assert list(arguments) == ["until"]
    assert 590 < arguments["until"] - time.time() <= 600
    assert raised.value.method_name == "seen"
    assert StoreTrigger(**arguments).serialize() == (path, arguments)


@pytest.mark.parametrize("state", [DENIED, UNKNOWN], ids=lambda state: state.cause)
def test_a_store_that_waiting_does_not_bring_back_is_told_at_once_without_a_failure(
    task: Task, states: list[ServiceState], state: ServiceState
) -> None:
    states.append(state)
    assert store_told(task) is False


def test_without_patience_the_backup_is_spooled_at_once(
    task: Task, states: list[ServiceState], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STUDIOOPS_STORE_WAIT", "0")
    states.append(AWAY)
    assert store_told(task) is False


@pytest.mark.parametrize(("coming", "there"), [([AWAY, AWAY, WELL], True), ([AWAY], False)])
def test_the_store_is_looked_at_until_it_answers_or_time_is_up(
    states: list[ServiceState], task: Task, coming: list[ServiceState], there: bool
) -> None:
    states += coming
    (last,) = events(StoreTrigger(time.time() + (60 if there else 0.05)))
    assert last == coming[-1]
    sensor = StoreSensor(task_id="store")
    assert sensor.seen({"ti": task}, last.as_json()) is there  # type: ignore[typeddict-item]
