"""Retries of a call: where they help, for how long, and never past a breaker."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest
import stamina
from stamina.instrumentation import RetryDetails

from studioops.errors import AuthenticationFailed, DatabaseUnreachable, ObjectStoreUnreachable
from studioops.model import Status
from studioops.services import Cause, ServiceState
from studioops.services.breaker import OPEN, Breaker, InMemory, Rules
from studioops.services.failure import (
    BY_HAND,
    BreakerOpen,
    ServiceAway,
    ServiceError,
    Verdict,
    failure_of,
    verdict_of,
)
from studioops.services.retrying import Retries, guarded, retried

QUICK = Retries(attempts=3, first=0.01, longest=0.05, within=5)
AWAY = ServiceAway("connection refused", "wait")


@pytest.fixture
def waits() -> Iterator[list[float]]:
    """The waits before each further attempt."""
    seen: list[float] = []

    def hook(details: RetryDetails) -> None:
        seen.append(details.wait_for)

    stamina.instrumentation.set_on_retry_hooks((hook,))
    yield seen
    stamina.instrumentation.set_on_retry_hooks(None)


def failing(*errors: Exception) -> tuple[Callable[[], str], list[int]]:
    """Work that fails in these ways, one after the other, and is well then; and its attempts."""
    attempts: list[int] = []

    def work() -> str:
        attempts.append(1)
        if len(attempts) <= len(errors):
            raise errors[len(attempts) - 1]
        return "well"

    return work, attempts


@pytest.mark.parametrize(
    "error",
    [AWAY, DatabaseUnreachable("h: gone", "start"), ObjectStoreUnreachable("h: gone", "start")],
)
def test_what_a_retry_can_help_is_tried_again(error: Exception, waits: list[float]) -> None:
    work, attempts = failing(error, error)
    assert retried(work, QUICK) == "well"
    assert len(attempts) == 3
    assert 0.01 <= waits[0] <= 0.02
    assert 0.02 <= waits[1] <= 0.03


@pytest.mark.parametrize(
    "error",
    [
        ServiceError("invalid key", "make a new one"),
        AuthenticationFailed("h: role x", "check it"),
        BreakerOpen("trello was not asked", "wait"),
        TypeError("a mistake"),
        ConnectionResetError("not in our words"),
    ],
    ids=lambda one: type(one).__name__,
)
def test_what_a_retry_cannot_help_is_not(error: Exception) -> None:
    work, attempts = failing(error)
    with pytest.raises(type(error)):
        retried(work, QUICK)
    assert len(attempts) == 1


def test_the_last_error_is_told_when_the_attempts_are_over() -> None:
    work, attempts = failing(AWAY, AWAY, ServiceAway("the last", "wait"), AWAY)
    with pytest.raises(ServiceAway, match="the last"):
        retried(work, QUICK)
    assert len(attempts) == 3


def test_no_attempt_is_made_when_the_time_is_over() -> None:
    attempts: list[int] = []

    def slow() -> None:
        attempts.append(1)
        time.sleep(0.03)
        raise AWAY

    with pytest.raises(ServiceAway):
        retried(slow, Retries(attempts=100, first=0.001, longest=0.001, within=0.05))
    assert len(attempts) <= 2


def test_a_service_gets_the_wait_that_it_asked_for(waits: list[float]) -> None:
    work, attempts = failing(ServiceAway("429", "wait", retry_after_s=0.04))
    began = time.monotonic()
    assert retried(work, QUICK) == "well"
    assert time.monotonic() - began >= 0.04
    assert len(attempts) == 2
    assert 0.04 <= waits[0] <= 0.05


def test_a_longer_wait_than_a_call_may_take_ends_it_at_once() -> None:
    work, attempts = failing(ServiceAway("429", "wait", retry_after_s=0.06))
    with pytest.raises(ServiceAway):
        retried(work, QUICK)
    assert len(attempts) == 1


def test_waits_differ_so_that_workers_do_not_come_back_together() -> None:
    limited = ServiceAway("429", "wait", retry_after_s=3)
    pauses = {Retries().pause(limited) for _ in range(20)}
    assert len(pauses) > 1
    assert min(pauses) >= 3


def test_a_breaker_that_opens_ends_the_attempts() -> None:
    breaker = Breaker("trello", InMemory(), Rules(failures=2))
    work, attempts = failing(*[AWAY] * 9)
    with pytest.raises(BreakerOpen):
        guarded(work, breaker, Retries(attempts=5, first=0.001, longest=0.01))
    assert len(attempts) == 2
    assert breaker.look().state == OPEN


def test_a_guarded_call_comes_through() -> None:
    breaker = Breaker("trello", InMemory(), Rules(failures=3))
    work, attempts = failing(AWAY, AWAY)
    assert guarded(work, breaker, QUICK) == "well"
    assert (len(attempts), breaker.look().failures) == (3, 0)


@pytest.mark.parametrize("cause", list(Cause))
def test_every_cause_is_an_outage_or_somebody_s_work(cause: Cause) -> None:
    state = ServiceState("s", Status.FAILED, cause, "what", "next", retry_after_s=7)
    error = failure_of(state)
    assert (error.message, error.next_step, error.retry_after_s) == ("what", "next", 7)
    by_hand = cause in BY_HAND
    assert verdict_of(error) is (Verdict.ANSWERED if by_hand else Verdict.OUTAGE)
    assert error.retryable is not by_hand
