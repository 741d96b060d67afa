"""What a try leaves to the next one."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from studioops.model import Report, Status
from studioops.orchestration.resuming import SavedParts, is_last_try


class Store(dict[str, Any]):
    """Airflow's task state store, as far as it is used here."""

    def set(self, key: str, value: Any) -> None:
        # Airflow takes plain JSON values alone: no enumeration, no tuple.
        assert type(value) in (str, int)
        self[key] = value


def part(seconds: float) -> Report:
    return Report("scan", "shop", Status.PASSED, datetime(2026, 11, 24, tzinfo=UTC), seconds)


def saved(store: Store) -> SavedParts:
    return SavedParts({"task_state_store": store})  # type: ignore[typeddict-item]


def test_the_next_try_sees_the_parts_of_those_before_in_order() -> None:
    store = Store()
    first = saved(store)
    assert list(first) == []
    first.add(part(1))
    first.add(part(2))
    again = saved(store)
    again.add(part(3))
    assert [one.seconds for one in saved(store)] == [1, 2, 3]


def test_a_part_whose_count_was_never_written_is_none() -> None:
    store = Store()
    saved(store).add(part(1))
    store["part_1"] = json.dumps(part(9).as_json())
    assert [one.seconds for one in saved(store)] == [1]
    saved(store).add(part(2))
    assert [one.seconds for one in saved(store)] == [1, 2]


@pytest.mark.parametrize(("number", "last"), [(1, False), (2, False), (3, True)])
def test_the_last_try_is_known(number: int, last: bool) -> None:
    context = {"ti": SimpleNamespace(try_number=number, max_tries=2)}
    assert is_last_try(context) is last  # type: ignore[arg-type]
