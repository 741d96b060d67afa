"""What the tasks of a step's own group have left; the same step serves in several groups."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from airflow.sdk import get_current_context

from studioops.orchestration.reason import REASON


class Neighbours:
    """The tasks that stand in the same group as the current one, by their names there."""

    def __init__(self) -> None:
        self._task: Any = get_current_context()["ti"]
        group = self._task.task_id.rpartition(".")[0]
        self._prefix = f"{group}." if group else ""

    def value(self, name: str) -> Any:
        """What a task handed back; None where it has left nothing."""
        return self._task.xcom_pull(task_ids=self.task_id(name))

    def values(self, name: str, indexes: Sequence[int]) -> Sequence[Any]:
        """The same of a mapped task, one value an index."""
        return self._mapped(name, "return_value", indexes)

    def reason(self, *names: str) -> str:
        """Why the first of these that left a reason failed; an empty text where none did."""
        left = (self._task.xcom_pull(task_ids=self.task_id(one), key=REASON) for one in names)
        return next((str(one) for one in left if one), "")

    def reasons(self, name: str, indexes: Sequence[int]) -> Sequence[Any]:
        """The same of each index of a mapped task."""
        return self._mapped(name, REASON, indexes)

    def task_id(self, name: str) -> str:
        """Its name in the whole DAG."""
        return f"{self._prefix}{name}"

    def _mapped(self, name: str, key: str, indexes: Sequence[int]) -> Sequence[Any]:
        found: Sequence[Any] = self._task.xcom_pull(
            task_ids=self.task_id(name), key=key, map_indexes=indexes
        )
        return found
