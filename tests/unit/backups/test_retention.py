"""What retention keeps, by example and by property."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studioops.backups.retention import NEVER_PROVEN, NO_END, Known, Policy, decide
from studioops.errors import UsageError

NOW = datetime(2026, 11, 25, 3, tzinfo=UTC)
GOOD = {"proven": True, "faithful": True}
NIGHT = datetime(2026, 11, 25, 2, tzinfo=UTC)


def nightly(days: int, **more) -> list[Known]:
    """A backup every night, the newest one first."""
    return [
        Known(
            f"{NIGHT - timedelta(days=ago):%Y%m%dT%H%M%SZ}-{ago:06x}",
            NIGHT - timedelta(days=ago),
            **more,
        )
        for ago in range(days)
    ]


def kept(backups, policy, now=NOW) -> set[str]:
    return {one.backup_id for one in decide(backups, policy, now) if one.keep}


def reason(backups, policy, backup_id, now=NOW) -> str:
    (found,) = [one.reason for one in decide(backups, policy, now) if one.backup_id == backup_id]
    return found


def test_days_weeks_and_months_each_keep_their_newest():
    backups = nightly(400, proven=True, faithful=True)
    ids = {one.backup_id[:8] for one in backups if one.backup_id in kept(backups, Policy(3, 2, 3))}
    assert ids == {
        *("20261125", "20261124", "20261123"),
        "20261122",  # the Sunday before: its week's newest
        *("20261031", "20260930"),
    }


def test_a_period_without_a_backup_is_not_counted():
    backups = [one for one in nightly(60, faithful=True, proven=True) if one.began.day in (1, 25)]
    assert len(backups) == 4  # two months of silence cost nothing
    assert len(kept(backups, Policy(3, 0, 0))) == 3


def test_the_weeks_are_iso_weeks_also_at_the_turn_of_the_year():
    first, second = (
        Known(f"{when:%Y%m%dT%H%M%SZ}-000000", when, **GOOD)
        for when in (datetime(2025, 12, 29, 2, tzinfo=UTC), datetime(2026, 1, 1, 2, tzinfo=UTC))
    )
    assert kept([first, second], Policy(0, 2, 0)) == {second.backup_id}
    assert "week 2026-W01" in reason([first, second], Policy(0, 2, 0), second.backup_id)


def test_one_that_is_not_faithful_never_pushes_out_one_that_is():
    good = Known("20261120T020000Z-aaaaaaaa", datetime(2026, 11, 20, 2, tzinfo=UTC), **GOOD)
    bad = Known(
        "20261120T220000Z-bbbbbbbb",
        datetime(2026, 11, 20, 22, tzinfo=UTC),
        proven=False,
        faithful=False,
    )
    unseen = replace(bad, backup_id="20261120T210000Z-cccccccc", faithful=None, proven=None)
    newest = nightly(1, faithful=True, proven=True)[0]
    assert kept([newest, good, bad, unseen], Policy(7, 0, 0)) == {newest.backup_id, good.backup_id}
    # Nobody knows is better than known to be bad.
    assert kept([newest, bad, unseen], Policy(7, 0, 0)) == {newest.backup_id, unseen.backup_id}


def test_a_week_of_bad_nights_does_not_use_up_the_days_of_good_ones():
    backups = [replace(one, faithful=False) for one in nightly(10)[:5]] + nightly(10, **GOOD)[5:]
    stay = kept(backups, Policy(3, 0, 0))
    assert stay == {backups[n].backup_id for n in (0, 1, 2, 5, 6, 7)}


def test_the_newest_is_kept_even_if_its_drill_failed():
    good, bad = nightly(2, faithful=True, proven=True)[1], nightly(1, faithful=False)[0]
    assert kept([good, bad], Policy(0, 0, 0)) == {good.backup_id, bad.backup_id}


def test_faithful_but_not_sound_and_the_last_that_passed_are_both_kept():
    backups = nightly(5, faithful=True, proven=False)
    backups[3] = replace(backups[3], proven=True)
    assert kept(backups, Policy(0, 0, 0)) == {backups[0].backup_id, backups[3].backup_id}
    assert reason(backups, Policy(0, 0, 0), backups[3].backup_id) == "the newest whose drill passed"


@pytest.mark.parametrize("faithful", [None, False])
def test_nothing_is_given_up_while_nothing_is_proven(faithful):
    backups = nightly(50, faithful=faithful, proven=faithful)
    assert len(kept(backups, Policy(1, 0, 0))) == 50
    assert reason(backups, Policy(1, 0, 0), backups[40].backup_id) == NEVER_PROVEN


def test_pins_and_locks_hold_and_say_who_and_until_when():
    backups = nightly(9, faithful=True, proven=True)
    backups[5] = replace(backups[5], pinned=("plan-b", "plan-a"))
    backups[6] = replace(backups[6], locked_until=NOW + timedelta(minutes=1))
    backups[7] = replace(backups[7], locked_until=NOW)
    backups[8] = replace(backups[8], locked_until=NO_END)
    policy = Policy(1, 0, 0)
    assert kept(backups, policy) == {backups[n].backup_id for n in (0, 5, 6, 8)}
    assert reason(backups, policy, backups[5].backup_id) == "needed by plan-a, plan-b"
    assert (
        reason(backups, policy, backups[6].backup_id)
        == "locked by the object store until 2026-11-25 03:01 UTC"
    )
    assert "legal hold" in reason(backups, policy, backups[8].backup_id)
    assert (
        reason(backups, policy, backups[7].backup_id)
        == "no period of the last 1 days, 0 weeks, 0 months needs it"
    )


def test_no_backups_at_all():
    assert decide([], Policy(7, 4, 12), NOW) == []


def test_a_policy_below_nothing_is_refused():
    with pytest.raises(UsageError, match="below 0"):
        Policy(7, -1, 0)


maybe = st.sampled_from([True, False, None])
offsets = st.integers(-12, 14).map(lambda hours: timezone(timedelta(hours=hours)))


@st.composite
def shelves(draw):
    minutes = draw(st.lists(st.integers(0, 90 * 24 * 60), max_size=30))
    return [
        Known(
            f"{number:04}",
            (NIGHT - timedelta(minutes=minute)).astimezone(draw(offsets)),
            draw(maybe),
            draw(maybe),
            ("plan",) if draw(st.integers(0, 9)) == 0 else (),
            NOW + timedelta(days=draw(st.integers(-3, 3))) if draw(st.booleans()) else None,
        )
        for number, minute in enumerate(minutes)
    ]


policies = st.builds(Policy, st.integers(0, 8), st.integers(0, 5), st.integers(0, 4))


@given(shelves(), policies)
def test_never_the_newest_the_newest_faithful_a_pinned_or_a_locked_one(backups, policy):
    stay = kept(backups, policy)
    by_age = sorted(backups, key=lambda one: one.age_order, reverse=True)
    must = by_age[:1] + [one for one in by_age if one.faithful][:1]
    must += [one for one in by_age if one.faithful and one.proven][:1]
    must += [one for one in by_age if one.pinned or (one.locked_until and one.locked_until > NOW)]
    assert {one.backup_id for one in must} <= stay


@given(shelves(), policies)
def test_pruning_twice_removes_nothing_more(backups, policy):
    stay = kept(backups, policy)
    assert kept([one for one in backups if one.backup_id in stay], policy) == stay


@given(shelves(), policies, st.randoms(use_true_random=False))
def test_somebody_who_sees_half_of_the_removals_done_keeps_the_same(backups, policy, chance):
    """Two prunes at once; or one, after another was killed."""
    stay = kept(backups, policy)
    seen = [one for one in backups if one.backup_id in stay or chance.random() < 0.5]
    assert kept(seen, policy) == stay


@given(shelves(), policies, st.randoms(use_true_random=False))
def test_the_order_does_not_matter(backups, policy, chance: random.Random):
    shuffled = chance.sample(backups, len(backups))
    assert decide(shuffled, policy, NOW) == decide(backups, policy, NOW)


@given(shelves(), policies, offsets)
def test_the_zone_of_the_clock_does_not_matter(backups, policy, zone):
    moved = [replace(one, began=one.began.astimezone(zone)) for one in backups]
    assert decide(moved, policy, NOW.astimezone(zone)) == decide(backups, policy, NOW)


@given(shelves(), policies)
def test_a_larger_policy_never_keeps_less(backups, policy):
    more = Policy(policy.daily + 1, policy.weekly + 1, policy.monthly + 1)
    assert kept(backups, policy) <= kept(backups, more)


@given(shelves(), policies)
def test_every_line_has_its_reason(backups, policy):
    decided = decide(backups, policy, NOW)
    assert len(decided) == len(backups)
    assert all(one.reason for one in decided)


@given(shelves(), policies)
def test_every_period_that_counts_keeps_its_best(backups, policy):
    if not any(one.faithful for one in backups):
        return
    stay = [one for one in backups if one.backup_id in kept(backups, policy)]
    days = sorted({one.began.astimezone(UTC).date() for one in backups}, reverse=True)
    for day in days[: policy.daily]:
        of_day = [one for one in backups if one.began.astimezone(UTC).date() == day]
        if any(one.faithful for one in of_day):
            assert any(one.faithful for one in stay if one in of_day)
        assert any(one in of_day for one in stay)
