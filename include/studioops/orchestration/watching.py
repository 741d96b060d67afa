"""Looking at a service that is away, from the triggerer."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

from airflow.triggers.base import BaseTrigger, TriggerEvent
from asgiref.sync import sync_to_async

from studioops.model import Status
from studioops.orchestration.retry import BackOff
from studioops.orchestration.services_step import database_state, object_store_state
from studioops.services import Cause, ServiceState
from studioops.settings import load_settings

# Nobody mends these by waiting: somebody has to change a setting.
HOPELESS = frozenset(
    {Cause.UNAUTHORISED, Cause.FORBIDDEN, Cause.NO_SUCH_DATABASE, Cause.NOT_CONFIGURED}
)
INTERVALS = BackOff(base=2, longest=60)


class ServiceTrigger(BaseTrigger):
    """Looks at a service, ever less often, until it answers or time is up.

    Args:
        until: when time is up, in seconds since the epoch.
    """

    def __init__(self, until: float) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.until = until

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """How the triggerer makes it anew."""
        name = f"{type(self).__module__}.{type(self).__qualname__}"
        return name, {"until": self.until}

    def look(self) -> ServiceState:
        """One look at the service."""
        raise NotImplementedError

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Yield the last state seen, as JSON."""
        tries = 0
        while True:
            state = await sync_to_async(self.look, thread_sensitive=False)()
            tries += 1
            left = self.until - time.time()
            if is_settled(state) or left <= 0:
                yield TriggerEvent(state.as_json())  # type: ignore[no-untyped-call]
                return
            pause = min(INTERVALS.delay(tries), left)
            self.log.info("%s; next look in %.0f s", state.message, pause)
            await asyncio.sleep(pause)


class DatabaseTrigger(ServiceTrigger):
    """Looks at a target's database.

    Args:
        target: the target's name, which is its connection's too.
        until: when time is up, in seconds since the epoch.
    """

    def __init__(self, target: str, until: float) -> None:
        super().__init__(until)
        self.target = target

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """How the triggerer makes it anew."""
        name, words = super().serialize()
        return name, {"target": self.target, **words}

    def look(self) -> ServiceState:
        """One look at the database."""
        return look(self.target)


class StoreTrigger(ServiceTrigger):
    """Looks at the object store."""

    def look(self) -> ServiceState:
        """One look at the object store."""
        return look_at_store()


def is_settled(state: ServiceState) -> bool:
    """Whether waiting longer would change nothing.

    Args:
        state: as seen.
    """
    return state.status is Status.PASSED or state.cause in HOPELESS


def look(target: str) -> ServiceState:
    """One look at a target's database.

    Args:
        target: the target's name.
    """
    return database_state(target, load_settings())


def look_at_store() -> ServiceState:
    """One look at the object store; a bucket that is missing is made by whoever writes to it."""
    return object_store_state(load_settings(), buckets=())
