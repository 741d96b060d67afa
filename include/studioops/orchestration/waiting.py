"""Waiting for a service that is away, without holding a slot."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseSensorOperator
from airflow.sdk.exceptions import AirflowFailException

from studioops.orchestration.reason import REASON

if TYPE_CHECKING:
    from airflow.sdk import Context

    from studioops.services import ServiceState

# The triggerer ends the wait itself; this is for one that died.
GRACE_S = 120


class DatabaseSensor(BaseSensorOperator):
    """Wait until a target's database answers.

    A wrong password and an absent database or connection are told at once: waiting mends neither.
    When time is up the task fails, and its reason is left for the report.

    Args:
        target: the target's name.
    """

    template_fields: Sequence[str] = ("target",)
    ui_color = "#e6ecf5"

    def __init__(self, *, target: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.target = target

    def execute(self, context: Context) -> None:
        """Look once, then let the triggerer wait.

        Raises:
            AirflowFailException: nobody can mend it by waiting.
        """
        from studioops.orchestration.watching import DatabaseTrigger, is_settled, look
        from studioops.settings import load_settings

        patience = load_settings().database_wait
        state = look(self.target)
        if is_settled(state) or patience <= 0:
            self.seen(context, state.as_json())
            return
        self.log.info("%s; waiting up to %.0f s", state.message, patience)
        self.defer(
            trigger=DatabaseTrigger(self.target, time.time() + patience),
            method_name="seen",
            timeout=timedelta(seconds=patience + GRACE_S),
        )

    def seen(self, context: Context, event: dict[str, Any]) -> None:
        """End well or with the reason.

        Args:
            context: the task's.
            event: the state that was seen last.

        Raises:
            AirflowFailException: the database does not answer.
        """
        from studioops.model import Status
        from studioops.services import ServiceState

        state = ServiceState.from_json(event)
        if state.status is Status.PASSED:
            return
        reason = f"{state.message}; next: {state.next_step}"
        context["ti"].xcom_push(key=REASON, value=reason)
        raise AirflowFailException(reason)


class StoreSensor(BaseSensorOperator):
    """Wait for the object store, and say after a while that a backup must be spooled.

    It never fails: a backup on this host's disk is better than none.
    """

    ui_color = "#e6ecf5"

    def execute(self, context: Context) -> bool:  # noqa: ARG002 - Airflow's signature
        """Look once, then let the triggerer wait.

        Returns:
            whether the store answers.
        """
        from studioops.orchestration.watching import StoreTrigger, is_settled, look_at_store
        from studioops.settings import load_settings

        patience = load_settings().store_wait
        state = look_at_store()
        if not is_settled(state) and patience > 0:
            self.log.info("%s; waiting up to %.0f s", state.message, patience)
            self.defer(
                trigger=StoreTrigger(time.time() + patience),
                method_name="seen",
                timeout=timedelta(seconds=patience + GRACE_S),
            )
        return self._told(state)

    def seen(self, context: Context, event: dict[str, Any]) -> bool:  # noqa: ARG002 - as above
        """Whether the store answered in time.

        Args:
            context: the task's.
            event: the state that was seen last.
        """
        from studioops.services import ServiceState

        return self._told(ServiceState.from_json(event))

    def _told(self, state: ServiceState) -> bool:
        from studioops.model import Status

        well = state.status is Status.PASSED
        if not well:
            self.log.error("%s; the backup goes to this host's spool", state.message)
        return well
