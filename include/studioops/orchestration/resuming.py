"""What a task has done before it was cut off, kept so that its next try goes on from there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from studioops.model import Report

if TYPE_CHECKING:
    from airflow.sdk import Context

COUNT = "parts"


class SavedParts:
    """Partial reports in Airflow's task state store, which outlives a try as XCom does not.

    Args:
        context: of the running task.
    """

    def __init__(self, context: Context) -> None:
        store: Any = context["task_state_store"]
        self._store = store
        self._count = int(store.get(COUNT, 0))

    def add(self, part: Report) -> None:
        """Keep a part. The count is written last: a part without it was never finished."""
        self._store.set(_key(self._count), json.dumps(part.as_json()))
        self._count += 1
        self._store.set(COUNT, self._count)

    def __iter__(self) -> Iterator[Report]:
        """The parts of all tries, in order."""
        for number in range(self._count):
            document = self._store.get(_key(number))
            if document:
                yield Report.from_json(json.loads(document))


def is_last_try(context: Context) -> bool:
    """Whether Airflow will not try the running task again.

    Args:
        context: of the running task.
    """
    task = context["ti"]
    return task.try_number > task.max_tries


def _key(number: int) -> str:
    return f"part_{number}"
