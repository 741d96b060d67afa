"""What holds for every history of looks, whatever the policy."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from studioops.model import Status
from studioops.services import Cause, ServiceState
from studioops.services.levels import WHOLE, Level, Policy, Standing, level_of, step, whole
from studioops.services.watching import advance

NOON = datetime(2025, 9, 8, 12, tzinfo=UTC)
PASSED = [Cause.OK, Cause.SLOW]
FAILED = [Cause.REFUSED, Cause.UNAUTHORISED, Cause.MISSING_BUCKET]

POLICIES = st.builds(
    Policy,
    required=st.booleans(),
    failures=st.integers(1, 4),
    successes=st.integers(1, 4),
    flaps=st.integers(1, 5),
    window=st.sampled_from([120.0, 600.0]),
)
LOOKS = st.one_of(
    st.builds(
        ServiceState, st.just("s"), st.just(Status.PASSED), st.sampled_from(PASSED), st.just("m")
    ),
    st.builds(
        ServiceState, st.just("s"), st.just(Status.FAILED), st.sampled_from(FAILED), st.just("m")
    ),
)
GAPS = st.sampled_from([60.0, 60.0, 60.0, 30.0, 600.0])
HISTORIES = st.lists(st.tuples(LOOKS | st.just(ServiceState.unknown("s", "n")), GAPS), max_size=30)
STEADY = st.lists(LOOKS, max_size=30)

Step = tuple[Standing, ServiceState, Standing, datetime]


def walk(history: list[tuple[ServiceState, float]], policy: Policy) -> Iterator[Step]:
    """Each look with the standing before and after it."""
    standing, at = Standing("s"), NOON
    for state, gap in history:
        at += timedelta(seconds=gap)
        before, standing = standing, step(standing, state, policy, at)
        yield before, state, standing, at


def every_minute(states: list[ServiceState]) -> list[tuple[ServiceState, float]]:
    return [(state, 60.0) for state in states]


@given(HISTORIES, POLICIES)
def test_never_normal_after_the_last_looks_failed(
    history: list[tuple[ServiceState, float]], policy: Policy
) -> None:
    in_a_row = 0
    for _, state, after, at in walk(history, policy):
        in_a_row = in_a_row + 1 if level_of(state).away else 0
        if in_a_row >= policy.failures:
            assert after.level_at(at) is not Level.NORMAL


@given(STEADY, POLICIES.filter(lambda policy: policy.failures > 1))
def test_a_single_failure_never_changes_the_level(
    states: list[ServiceState], policy: Policy
) -> None:
    steps = list(walk(every_minute(states), policy))
    for (_, earlier, _, _), (before, state, after, _) in pairwise(steps):
        single = level_of(state).away and level_of(earlier) is Level.NORMAL
        if single and not before.level.away:
            assert after.level is before.level


@given(STEADY, POLICIES)
def test_worse_takes_failures_and_better_takes_successes(
    states: list[ServiceState], policy: Policy
) -> None:
    seen: list[Level] = []
    for before, state, after, _ in walk(every_minute(states), policy):
        seen.append(level_of(state))
        if Level.NOT_CHECKED in (before.level, after.level) or after.level is before.level:
            continue
        if after.level.rank > before.level.rank:
            assert all(one.rank >= after.level.rank for one in seen[-policy.failures :])
        else:
            assert all(one.rank <= after.level.rank for one in seen[-policy.successes :])


@given(HISTORIES, POLICIES)
def test_what_is_away_was_seen_to_be_so_since_a_time(
    history: list[tuple[ServiceState, float]], policy: Policy
) -> None:
    for _, _, after, at in walk(history, policy):
        if after.level.away:
            assert after.down_since is not None
            assert after.since is not None
            assert after.down_since <= after.since <= at
        assert len(after.looks) <= max(policy.failures, policy.successes)
        assert len(after.changes) <= policy.flaps + 2


@given(HISTORIES, POLICIES)
def test_it_gets_better_only_so_often_in_a_window(
    history: list[tuple[ServiceState, float]], policy: Policy
) -> None:
    changed: list[datetime] = []
    for before, _, after, at in walk(history, policy):
        # A level that was forgotten does not get better: it is seen anew.
        forgotten = before.level_at(at) is not before.level and not before.level.away
        known = Level.NOT_CHECKED not in (before.level, after.level) and not forgotten
        if not before.configured or not after.configured:
            changed = []
        if known and after.level is not before.level:
            of_late = [when for when in changed if when > at - timedelta(seconds=policy.window)]
            if after.level.rank < before.level.rank:
                assert len(of_late) < policy.flaps
            changed.append(at)


@given(HISTORIES, POLICIES)
def test_what_passes_for_long_enough_is_normal(
    history: list[tuple[ServiceState, float]], policy: Policy
) -> None:
    well = ServiceState("s", Status.PASSED, Cause.OK, "m")
    quiet = [(well, 60.0)] * (int(policy.window / 60) + policy.successes + 1)
    *_, (_, _, last, _) = walk(history + quiet, policy)
    assert (last.level, last.flapping, last.down_since) == (Level.NORMAL, False, None)


@given(HISTORIES, POLICIES)
def test_to_json_and_back(history: list[tuple[ServiceState, float]], policy: Policy) -> None:
    for _, _, after, _ in walk(history, policy):
        assert Standing.from_json(json.loads(json.dumps(after.as_json()))) == after


@given(HISTORIES, POLICIES)
def test_a_look_again_changes_nothing(
    history: list[tuple[ServiceState, float]], policy: Policy
) -> None:
    for _, state, after, at in walk(history, policy):
        assert step(after, state, policy, at) == after


NAMES = ["a", "b", "c", "d"]


@settings(max_examples=40)
@given(st.data(), st.dictionaries(st.sampled_from(NAMES), POLICIES, min_size=1))
def test_the_order_of_services_does_not_matter(
    data: st.DataObject, policies: dict[str, Policy]
) -> None:
    forth, back = {}, {}
    for number in range(data.draw(st.integers(1, 6))):
        at = NOON + timedelta(minutes=number)
        states = [
            ServiceState(name, one.status, one.cause, one.message)
            for name, one in data.draw(st.dictionaries(st.sampled_from(NAMES), LOOKS)).items()
            if name in policies
        ]
        one = advance(forth, states, policies, at)
        other = advance(back, states[::-1], dict(reversed(policies.items())), at)
        assert (one.standings, one.whole, one.events) == (
            other.standings,
            other.whole,
            other.events,
        )
        forth = {**one.standings, WHOLE: one.whole}
        back = {**other.standings, WHOLE: other.whole}
        ordered = list(one.standings.values())
        assert whole(ordered, at) == whole(data.draw(st.permutations(ordered)), at)


@settings(max_examples=40)
@given(st.data(), st.dictionaries(st.sampled_from(NAMES), POLICIES, min_size=1))
def test_the_whole_is_normal_only_where_all_that_counts_is(
    data: st.DataObject, policies: dict[str, Policy]
) -> None:
    standings = []
    for name, policy in policies.items():
        history = data.draw(HISTORIES)
        last = Standing(name)
        at = NOON
        for state, gap in history:
            at += timedelta(seconds=gap)
            last = step(last, state, policy, at)
        standings.append(last)
    at = NOON + timedelta(minutes=data.draw(st.integers(0, 60)))
    found = whole(standings, at)
    counted = [one for one in standings if one.configured]
    if found.level is Level.NORMAL:
        assert counted
        assert {one.level_at(at) for one in counted} == {Level.NORMAL}
    elif counted and {one.level_at(at) for one in standings} == {Level.NORMAL}:
        raise AssertionError(found)
