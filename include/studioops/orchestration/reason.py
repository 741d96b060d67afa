"""From a task's failure to a reason that a later task can tell."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from airflow.sdk import get_current_context

from studioops.errors import StudioOpsError

REASON = "reason"
P = ParamSpec("P")
R = TypeVar("R")


def leaves_reason(step: Callable[P, R]) -> Callable[P, R]:
    """Let a step that fails leave its reason in XCom, for the report to tell.

    The exception itself never leaves its process, and Airflow drops this XCom when the task is
    tried again.
    """

    @functools.wraps(step)
    def explained(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return step(*args, **kwargs)
        except StudioOpsError as error:
            reason = error.reason
            get_current_context()["ti"].xcom_push(key=REASON, value=reason)
            raise

    return explained
