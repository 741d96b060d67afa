"""A ledger that is away takes no service down with it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from studioops.ledger import Ledger, open_ledger
from studioops.services.breaker import CLOSED, OPEN, Breaker, Circuit, Rules, Shared
from studioops.services.failure import BreakerOpen, ServiceAway

RULES = Rules(failures=2, wait=300)
NOWHERE = "postgresql://ledger:wrong-word@127.0.0.1:1/ledger"


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


def fail(breaker: Breaker, times: int = 1, asked: float = 0) -> None:
    def work() -> None:
        raise ServiceAway("hung up", "wait", asked)

    for _ in range(times):
        with pytest.raises(ServiceAway):
            breaker.call(work)


def test_it_works_from_memory_and_says_so(clock: Hand, caplog: pytest.LogCaptureFixture) -> None:
    with open_ledger(NOWHERE) as ledger:
        shared = Shared(ledger, clock)
        breaker = Breaker("trello", shared, RULES, clock)
        assert breaker.call(lambda: "well") == "well"
        fail(breaker, 2)
        with pytest.raises(BreakerOpen, match="this process alone knows") as caught:
            breaker.call(lambda: "well")
        clock.on(300)
        assert breaker.call(lambda: "well") == "well"
    assert "no connection" in shared.trouble
    (line,) = caplog.messages
    assert line.startswith("breakers are this process's own for now: the ledger: 127.0.0.1:1")
    for text in (line, shared.trouble, caught.value.message, repr(breaker)):
        assert "wrong-word" not in text


def test_a_ledger_that_is_away_is_asked_only_now_and_then(
    place: Any, ledger: Ledger, clock: Hand
) -> None:
    shared = Shared(ledger, clock, pause=30)
    breaker = Breaker("trello", shared, RULES, clock)
    place.away()
    assert breaker.call(lambda: "well") == "well"
    place.back()
    assert shared.trouble
    fail(breaker)
    assert ledger.breaker("trello") is None
    clock.on(30)
    fail(breaker)
    assert shared.trouble == ""
    assert Circuit.from_json(ledger.breaker("trello")).failures == 1


def test_it_goes_on_from_what_it_last_knew(place: Any, ledger: Ledger, clock: Hand) -> None:
    breaker = Breaker("trello", Shared(ledger, clock), RULES, clock)
    fail(breaker, 2)
    place.away()
    with pytest.raises(BreakerOpen):
        breaker.call(lambda: "well")
    place.back()


def test_what_it_opened_meanwhile_is_told_to_the_others(
    place: Any, ledger: Ledger, clock: Hand, caplog: pytest.LogCaptureFixture
) -> None:
    breaker = Breaker("trello", Shared(ledger, clock, pause=30), RULES, clock)
    assert breaker.look().state == CLOSED
    place.away()
    fail(breaker, asked=1000)
    place.back()
    assert ledger.breaker("trello") is None
    clock.on(30)
    assert breaker.look().state == OPEN
    other = Breaker("trello", Shared(ledger, clock), RULES, clock)
    with pytest.raises(BreakerOpen) as caught:
        other.call(lambda: "well")
    assert caught.value.retry_after_s == 970
    assert caplog.messages[-1] == "breakers are shared by all workers again"


def test_away_in_the_middle_of_a_call(place: Any, ledger: Ledger, clock: Hand) -> None:
    breaker = Breaker("trello", Shared(ledger, clock), RULES, clock)
    fail(breaker, 2)
    clock.on(300)

    def trying() -> str:
        place.away()
        return "well"

    assert breaker.call(trying) == "well"
    assert breaker.look().state == CLOSED
    place.back()


def test_a_healthy_service_costs_nobody_a_write(ledger: Ledger, clock: Hand) -> None:
    breaker = Breaker("trello", Shared(ledger, clock), RULES, clock)
    for _ in range(3):
        assert breaker.call(lambda: "well") == "well"
    assert ledger.breaker("trello") is None
