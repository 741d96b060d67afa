"""Whole groups of tasks that run only where something holds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator
from airflow.sdk.bases.skipmixin import SkipMixin

if TYPE_CHECKING:
    from airflow.sdk import Context

NO = (None, "", "None", "False")


class OnlyIf(BaseOperator, SkipMixin):
    """Skip groups of tasks unless a condition holds, also those that run whatever happens.

    A task that reports on others runs when they have failed, so it would run when they were
    skipped, and would report on what nobody wanted.

    Args:
        condition: a value of an earlier task, or a template; what is empty or ``False`` is no.
        groups: the names of the groups.
    """

    template_fields: Sequence[str] = ("condition",)

    def __init__(self, *, condition: Any, groups: Sequence[str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.condition = condition
        self.groups = groups

    def execute(self, context: Context) -> None:
        """Go on, or skip.

        Raises:
            DownstreamTasksSkipped: it does not hold.
        """
        if self.condition not in NO:
            return
        beginnings = tuple(f"{one}." for one in self.groups)
        # A teardown is skipped with the setup that it belongs to.
        tasks = [
            one
            for one in context["task"].get_flat_relatives(upstream=False)
            if one.task_id.startswith(beginnings) and not one.is_teardown
        ]
        self.log.info("skipped: %s", ", ".join(self.groups))
        self.skip(ti=context["ti"], tasks=tasks)
