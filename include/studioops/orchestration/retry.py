"""One retry policy: our error tree says whether a retry can help."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from airflow.sdk import RetryDecision, RetryPolicy

from studioops.errors import StudioOpsError

if TYPE_CHECKING:
    from airflow.sdk import Context

# A mistake in the code is there again the next time.
MISTAKES = (TypeError, AttributeError, NameError, AssertionError, NotImplementedError)


@dataclass(frozen=True)
class BackOff(RetryPolicy):
    """Stop at once on what a retry can't help; otherwise wait longer each time, with jitter.

    Args:
        base: seconds before the first retry, doubled for each later one.
        longest: seconds that no wait exceeds.
    """

    base: float = 5.0
    longest: float = 120.0

    def evaluate(
        self,
        exception: BaseException,
        try_number: int,
        max_tries: int,  # noqa: ARG002 - Airflow's signature
        context: Context | None = None,  # noqa: ARG002 - Airflow's signature
    ) -> RetryDecision:
        """What to do after a failure.

        Args:
            exception: what was raised.
            try_number: of the try that failed, from 1.
            max_tries: Airflow's own bound, which this can't pass.
            context: the task's.
        """
        if isinstance(exception, StudioOpsError) and not exception.retryable:
            return RetryDecision.fail(reason=f"{exception.code}: a retry can't help")
        if isinstance(exception, MISTAKES):
            return RetryDecision.fail(reason=f"{type(exception).__name__}: a mistake in the code")
        delay = self.delay(try_number)
        return RetryDecision.retry(
            delay=timedelta(seconds=delay),
            reason=f"try {try_number} failed: next one in {delay:.0f} s",
        )

    def delay(self, try_number: int) -> float:
        """Seconds to wait: between half and the whole of the doubled base.

        The jitter keeps the batches of one run from coming back at the same moment.
        """
        whole = min(self.base * 2.0 ** max(try_number - 1, 0), self.longest)
        return random.uniform(whole / 2, whole)  # noqa: S311 - no secret
