"""A breaker in one process, by a clock of the test's own."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest

from studioops.errors import (
    AuthenticationFailed,
    DatabaseUnreachable,
    LedgerUnavailable,
    StudioOpsError,
)
from studioops.services.breaker import CLOSED, HALF_OPEN, OPEN, Breaker, InMemory, Rules
from studioops.services.failure import BreakerOpen, ServiceAway, ServiceError

RULES = Rules(failures=3, wait=60, tries=1, try_for=120, longest=600)


class Hand:
    """A clock that goes on when it is told to."""

    def __init__(self) -> None:
        self.now = datetime(2025, 9, 8, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def on(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Hand:
    return Hand()


@pytest.fixture
def breaker(clock: Hand) -> Breaker:
    return Breaker("trello", InMemory(), RULES, clock)


def raising(error: BaseException) -> Callable[[], None]:
    def work() -> None:
        raise error

    return work


AWAY = raising(ServiceAway("api.trello.com: connection refused", "wait"))


def fail(breaker: Breaker, times: int = 1) -> None:
    for _ in range(times):
        with pytest.raises(ServiceAway):
            breaker.call(AWAY)


def test_opens_after_so_many_failures_and_asks_no_more(breaker: Breaker) -> None:
    fail(breaker, 3)
    asked: list[int] = []
    with pytest.raises(BreakerOpen) as caught:
        breaker.call(lambda: asked.append(1))
    assert asked == []
    assert caught.value.message == (
        "trello was not asked: it is left alone for 60 s more; "
        "it failed with: api.trello.com: connection refused"
    )
    assert "studioops services check" in caught.value.next_step
    assert caught.value.retry_after_s == 60
    assert (breaker.look().state, breaker.look().openings) == (OPEN, 1)


def test_fewer_failures_with_an_answer_between_leave_it_closed(breaker: Breaker) -> None:
    for _ in range(5):
        fail(breaker, 2)
        assert breaker.call(lambda: "well") == "well"
    assert (breaker.look().state, breaker.look().failures) == (CLOSED, 0)


def test_the_error_that_opens_it_is_the_work_s_own(breaker: Breaker) -> None:
    fail(breaker, 2)
    with pytest.raises(ServiceAway, match="connection refused"):
        breaker.call(AWAY)
    assert breaker.look().state == OPEN


def test_after_the_wait_an_answer_closes_it(breaker: Breaker, clock: Hand) -> None:
    fail(breaker, 3)
    clock.on(59.9)
    with pytest.raises(BreakerOpen):
        breaker.call(lambda: "well")
    clock.on(0.1)
    assert breaker.call(lambda: "well") == "well"
    assert breaker.look().state == CLOSED
    fail(breaker, 2)
    assert breaker.look().state == CLOSED


def test_after_the_wait_a_failure_opens_it_again(breaker: Breaker, clock: Hand) -> None:
    fail(breaker, 3)
    clock.on(60)
    fail(breaker)
    assert (breaker.look().state, breaker.look().openings) == (OPEN, 2)
    clock.on(59)
    with pytest.raises(BreakerOpen):
        breaker.call(AWAY)


def test_half_open_lets_one_through_at_a_time(breaker: Breaker, clock: Hand) -> None:
    fail(breaker, 3)
    clock.on(60)

    def trying() -> str:
        assert breaker.look().state == HALF_OPEN
        with pytest.raises(BreakerOpen, match="one call tries whether it is back"):
            breaker.call(lambda: "me too")
        return "well"

    assert breaker.call(trying) == "well"
    assert breaker.call(lambda: "me too") == "me too"


def test_a_try_that_never_ended_does_not_keep_it_shut(breaker: Breaker, clock: Hand) -> None:
    fail(breaker, 3)
    clock.on(60)

    def killed() -> str:
        clock.on(RULES.try_for)
        return breaker.call(lambda: "next")

    assert breaker.call(killed) == "next"
    assert breaker.look().state == CLOSED


@pytest.mark.parametrize(
    "error",
    [
        ServiceError("invalid key", "make a new one"),
        AuthenticationFailed("h/d: role x", "check it"),
    ],
)
def test_an_answer_that_is_no_is_no_outage(
    breaker: Breaker, clock: Hand, error: StudioOpsError
) -> None:
    for _ in range(10):
        with pytest.raises(type(error)):
            breaker.call(raising(error))
    assert (breaker.look().state, breaker.look().failures) == (CLOSED, 0)
    fail(breaker, 3)
    clock.on(60)
    with pytest.raises(type(error)):
        breaker.call(raising(error))
    assert breaker.look().state == CLOSED


NOTHING = [
    KeyboardInterrupt(),
    SystemExit(1),
    TypeError("a mistake"),
    LedgerUnavailable("the ledger: gone", "start it"),
    BreakerOpen("another one", "wait"),
]


@pytest.mark.parametrize("error", NOTHING, ids=lambda one: type(one).__name__)
def test_what_says_nothing_of_the_service_counts_neither_way(
    breaker: Breaker, clock: Hand, error: BaseException
) -> None:
    fail(breaker, 2)
    with pytest.raises(type(error)):
        breaker.call(raising(error))
    assert (breaker.look().state, breaker.look().failures) == (CLOSED, 2)
    fail(breaker)
    clock.on(60)
    with pytest.raises(type(error)):
        breaker.call(raising(error))
    assert (breaker.look().state, breaker.look().tries) == (HALF_OPEN, {})
    assert breaker.call(lambda: "well") == "well"


def test_a_service_that_asks_to_be_left_alone_is_so_at_once(breaker: Breaker, clock: Hand) -> None:
    limited = ServiceAway("429: too many requests", "wait", retry_after_s=300)
    with pytest.raises(ServiceAway):
        breaker.call(raising(limited))
    clock.on(299)
    with pytest.raises(BreakerOpen) as caught:
        breaker.call(lambda: "well")
    assert caught.value.retry_after_s == 1
    clock.on(1)
    assert breaker.call(lambda: "well") == "well"


def test_it_is_left_alone_no_shorter_than_for_any_outage(breaker: Breaker, clock: Hand) -> None:
    with pytest.raises(ServiceAway):
        breaker.call(raising(ServiceAway("429", "wait", retry_after_s=2)))
    clock.on(59)
    with pytest.raises(BreakerOpen):
        breaker.call(lambda: "well")


@pytest.mark.parametrize("asked", [1e9, 601.0])
def test_and_no_longer_than_the_rules_say(breaker: Breaker, clock: Hand, asked: float) -> None:
    with pytest.raises(ServiceAway):
        breaker.call(raising(ServiceAway("429", "wait", retry_after_s=asked)))
    clock.on(600)
    assert breaker.call(lambda: "well") == "well"


@pytest.mark.parametrize("asked", [float("nan"), float("inf"), -5.0])
def test_a_wish_that_makes_no_sense_is_none(asked: float) -> None:
    assert ServiceAway("429", "wait", retry_after_s=asked).retry_after_s == 0


def test_a_call_that_began_before_it_opened_says_nothing_of_now(
    breaker: Breaker, clock: Hand
) -> None:
    def hanging() -> None:
        fail(breaker, 3)
        clock.on(60)
        breaker.call(lambda: "well")
        fail(breaker, 2)
        raise ServiceAway("timed out", "wait")

    with pytest.raises(ServiceAway, match="timed out"):
        breaker.call(hanging)
    assert (breaker.look().state, breaker.look().failures) == (CLOSED, 2)


def test_other_services_go_on(breaker: Breaker, clock: Hand) -> None:
    fail(breaker, 3)
    other = Breaker("openai", breaker.circuits, RULES, clock)
    assert other.call(lambda: "well") == "well"


def test_an_error_of_another_room_opens_it_too(breaker: Breaker) -> None:
    gone = DatabaseUnreachable("h/d: no connection", "start it")
    for _ in range(3):
        with pytest.raises(DatabaseUnreachable):
            breaker.call(raising(gone))
    assert breaker.look().state == OPEN


def test_threads_do_not_wait_for_each_other(breaker: Breaker) -> None:
    together = Barrier(4, timeout=10)
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda _: breaker.call(together.wait), range(4)))
    assert sorted(done) == [0, 1, 2, 3]


@pytest.mark.parametrize("kind", [ServiceError, ServiceAway, BreakerOpen])
def test_errors_keep_their_wait_between_processes(kind: type[ServiceError]) -> None:
    error = kind("what", "next", 7.5)
    copied = pickle.loads(pickle.dumps(error))  # noqa: S301 - as Airflow hands it on
    assert type(copied) is kind
    assert (copied.message, copied.next_step, copied.retry_after_s) == ("what", "next", 7.5)
