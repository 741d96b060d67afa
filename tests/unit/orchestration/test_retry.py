"""The retry policy: our error tree says whether a retry can help."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from airflow.sdk import RetryAction

from studioops import errors
from studioops.errors import StudioOpsError
from studioops.orchestration.retry import BackOff


def every_error(root: type[StudioOpsError] = StudioOpsError) -> Iterator[type[StudioOpsError]]:
    """The whole tree, so that a class added later is judged too."""
    yield root
    for child in root.__subclasses__():
        if child.__module__ == errors.__name__:
            yield from every_error(child)


@pytest.mark.parametrize("kind", list(every_error()))
def test_every_error_of_the_tree_is_retried_exactly_when_a_retry_can_help(
    kind: type[StudioOpsError],
) -> None:
    decision = BackOff().evaluate(kind("what", "next"), try_number=1, max_tries=2)
    assert decision.action is (RetryAction.RETRY if kind.retryable else RetryAction.FAIL)


def test_a_wrong_password_stops_at_once_and_says_why_without_the_text() -> None:
    error = errors.AuthenticationFailed("host/db: role x, hunter2", "check it")
    decision = BackOff().evaluate(error, try_number=1, max_tries=2)
    assert decision.action is RetryAction.FAIL
    assert decision.reason == "authentication_failed: a retry can't help"


def test_an_error_that_is_not_ours_is_tried_again() -> None:
    decision = BackOff().evaluate(ConnectionResetError("gone"), try_number=1, max_tries=2)
    assert decision.action is RetryAction.RETRY


def test_a_mistake_in_the_code_stops_at_once_without_its_text() -> None:
    decision = BackOff().evaluate(TypeError("password=hunter2"), try_number=1, max_tries=2)
    assert decision.action is RetryAction.FAIL
    assert decision.reason == "TypeError: a mistake in the code"


def test_waits_double_and_never_pass_the_longest() -> None:
    policy = BackOff(base=4, longest=20)
    for number, whole in ((1, 4), (2, 8), (3, 16), (4, 20), (50, 20)):
        waits = [policy.delay(number) for _ in range(200)]
        assert whole / 2 <= min(waits)
        assert max(waits) <= whole


def test_waits_differ_so_that_batches_do_not_come_back_together() -> None:
    assert len({BackOff().delay(2) for _ in range(20)}) > 1


def test_the_decision_carries_the_wait() -> None:
    error = errors.DatabaseUnreachable("host/db: no connection", "start it")
    decision = BackOff(base=10).evaluate(error, try_number=2, max_tries=2)
    assert decision.retry_delay is not None
    assert 10 <= decision.retry_delay.total_seconds() <= 20
