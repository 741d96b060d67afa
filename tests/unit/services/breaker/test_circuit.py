"""How a breaker's state turns, whoever turns it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studioops.services.breaker import CLOSED, HALF_OPEN, OPEN, Circuit, Rules

NOON = datetime(2025, 9, 8, 12, tzinfo=UTC)
RULES = Rules(failures=3, wait=60, tries=1, try_for=120)


def later(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


OPENED = Circuit(failures=3, reason="refused").opened(NOON, wait=60, asked=0, openings=0)


def test_opens_once_for_all_who_saw_it_fail() -> None:
    assert (OPENED.state, OPENED.openings, OPENED.open_until) == (OPEN, 1, later(60))
    assert OPENED.opened(later(1), wait=60, asked=0, openings=0) == OPENED
    assert OPENED.failed("refused", openings=0) == OPENED


def test_a_wish_to_be_left_alone_makes_the_wait_longer_and_never_shorter() -> None:
    assert OPENED.opened(later(1), wait=60, asked=300, openings=0).open_until == later(301)
    assert OPENED.opened(NOON, wait=60, asked=10, openings=0).open_until == later(60)


def test_half_opens_when_the_wait_is_over_and_not_before() -> None:
    assert OPENED.half_opened(later(59.9)) == OPENED
    assert OPENED.half_opened(later(60)).state == HALF_OPEN
    assert Circuit().half_opened(later(60)).state == CLOSED


@pytest.mark.parametrize("tries", [1, 2, 3])
def test_only_so_many_tries_at_a_time(tries: int) -> None:
    rules = Rules(tries=tries, try_for=120)
    circuit = OPENED.half_opened(later(60))
    for number in range(5):
        circuit = circuit.tried(f"t{number}", later(60), rules)
    assert set(circuit.tries) == {f"t{number}" for number in range(tries)}
    assert circuit.released("t0").tried("t9", later(61), rules).tries.keys() >= {"t9"}


def test_a_try_whose_worker_was_killed_is_given_up() -> None:
    lost = OPENED.half_opened(later(60)).tried("lost", later(60), RULES)
    assert lost.tried("next", later(179), RULES).tries.keys() == {"lost"}
    assert lost.tried("next", later(180), RULES).tries.keys() == {"next"}


def test_closed_by_a_try_that_is_answered() -> None:
    closed = OPENED.half_opened(later(60)).tried("t", later(60), RULES).closed(openings=1)
    assert (closed.state, closed.failures, closed.tries, closed.open_until) == (CLOSED, 0, {}, None)
    assert closed.openings == 1


def test_what_began_before_the_last_opening_changes_nothing() -> None:
    trying = OPENED.half_opened(later(60))
    assert trying.closed(openings=0) == trying
    assert trying.failed("late", openings=0) == trying
    assert trying.opened(later(70), wait=60, asked=0, openings=0) == trying
    back = trying.closed(openings=1)
    assert back.opened(later(70), wait=60, asked=0, openings=0) == back
    assert back.failed("now", openings=1).answered(openings=0).failures == 1


def test_a_wish_to_be_left_alone_is_heeded_however_late() -> None:
    back = OPENED.half_opened(later(60)).closed(openings=1)
    opened = back.opened(later(70), wait=60, asked=300, openings=0)
    assert (opened.state, opened.open_until) == (OPEN, later(370))


def test_an_open_one_is_not_closed_by_a_late_answer() -> None:
    assert OPENED.closed(openings=1) == OPENED
    assert OPENED.closed(openings=0) == OPENED


def test_the_stricter_of_two() -> None:
    longer = Circuit(failures=3).opened(later(30), wait=60, asked=0, openings=0)
    assert Circuit().stricter(Circuit()) == Circuit()
    assert Circuit().stricter(OPENED).open_until == later(60)
    assert OPENED.stricter(longer).open_until == later(90)
    assert longer.stricter(OPENED) == longer
    assert Circuit(openings=7).stricter(OPENED).openings == 8
    assert OPENED.stricter(longer).openings == 1


TURNS = st.lists(
    st.tuples(
        st.sampled_from(["fail", "answer", "open", "half-open", "try", "close", "release"]),
        st.integers(0, 3),
        st.integers(0, 90),
    ),
    max_size=25,
)


def turned(circuit: Circuit, turn: str, number: int, at: datetime) -> Circuit:
    asked = 100.0 if number == 3 else 0.0
    return {
        "fail": lambda: circuit.failed("m", number),
        "answer": lambda: circuit.answered(number),
        "open": lambda: circuit.opened(at, wait=60, asked=asked, openings=number),
        "half-open": lambda: circuit.half_opened(at),
        "try": lambda: circuit.tried(f"t{number}", at, RULES),
        "close": lambda: circuit.closed(number),
        "release": lambda: circuit.released(f"t{number}"),
    }[turn]()


@given(TURNS)
def test_whatever_comes_it_stays_whole(turns: list[tuple[str, int, int]]) -> None:
    circuit, seconds = Circuit(), 0
    for turn, number, gap in turns:
        seconds += gap
        at, before = later(seconds), circuit
        circuit = turned(before, turn, number, at)
        assert Circuit.from_json(json.loads(json.dumps(circuit.as_json()))) == circuit
        assert circuit.openings in (before.openings, before.openings + 1)
        assert len(circuit.tries) <= RULES.tries
        assert (circuit.state == HALF_OPEN) or not circuit.tries
        if before.state == OPEN and circuit.state != OPEN:
            assert before.open_until is not None
            assert at >= before.open_until


def test_a_breaker_that_never_was_is_closed() -> None:
    assert Circuit.from_json(None) == Circuit()
