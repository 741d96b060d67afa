"""The level of the whole: who weighs what, and why."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from studioops.errors import SettingsError
from studioops.model import Status
from studioops.services import Cause, ServiceState
from studioops.services.levels import WHOLE, Level, Policy, Standing, whole
from studioops.services.watching import advance

NOON = datetime(2025, 9, 8, 12, tzinfo=UTC)
LEVELS = {"N": Level.NORMAL, "D": Level.DEGRADED, "C": Level.CRITICAL, "O": Level.OFFLINE}
ONCE = {"failures": 1, "successes": 1}


def standing(name: str, level: str, required: bool) -> Standing:
    """N, D, C and O for the levels, ? for a look that is too old, - for not configured."""
    if level == "-":
        cause, known = Cause.NOT_CONFIGURED, Level.NOT_CHECKED
    else:
        cause, known = Cause.ERROR, LEVELS.get(level, Level.NORMAL)
    until = NOON - timedelta(seconds=1) if level == "?" else NOON
    return Standing(
        name,
        known,
        required=required,
        looked_at=NOON - timedelta(minutes=5),
        good_until=until,
        cause=cause,
        message=f"no {name} is configured" if level == "-" else "why",
        down_since=NOON - timedelta(hours=1) if known.away else None,
    )


@pytest.mark.parametrize(
    ("required", "optional", "level"),
    [
        ("NN", "NN", Level.NORMAL),
        ("NN", "", Level.NORMAL),
        ("NN", "--", Level.NORMAL),
        ("", "N-", Level.NORMAL),
        ("NN", "ON", Level.DEGRADED),
        ("NN", "OO", Level.DEGRADED),
        ("NN", "C", Level.DEGRADED),
        ("NN", "D", Level.DEGRADED),
        ("DN", "N", Level.DEGRADED),
        ("DD", "OO", Level.DEGRADED),
        ("ON", "N", Level.CRITICAL),
        ("CN", "N", Level.CRITICAL),
        ("O?", "N", Level.CRITICAL),
        ("OO", "N", Level.OFFLINE),
        ("OC", "N", Level.OFFLINE),
        ("O-", "N", Level.OFFLINE),
        ("N?", "N", Level.NOT_CHECKED),
        ("NN", "?", Level.NOT_CHECKED),
        ("N-", "N", Level.NOT_CHECKED),
        ("D?", "N", Level.DEGRADED),
        ("", "", Level.NOT_CHECKED),
        ("", "--", Level.NOT_CHECKED),
    ],
)
def test_level_of_the_whole(required: str, optional: str, level: Level) -> None:
    standings = [standing(f"r{n}", one, required=True) for n, one in enumerate(required)]
    standings += [standing(f"o{n}", one, required=False) for n, one in enumerate(optional)]
    found = whole(standings, NOON)
    assert found.level is level
    assert found.reason
    assert "\n" not in found.reason


def test_reason_names_the_worst_first_and_few() -> None:
    standings = [standing(f"s{n}", "D", required=False) for n in range(7)]
    found = whole([*standings, standing("database", "O", required=True)], NOON)
    assert found.reason.startswith("database is offline: why; s0 is degraded: why")
    assert found.reason.endswith("; 3 more are not normal")


def test_reason_where_nothing_is_known() -> None:
    assert whole([], NOON).reason == "no service is configured"
    assert whole([Standing("trello")], NOON).reason == "trello was never looked at"
    unset = whole([standing("database", "-", required=True)], NOON)
    assert unset.reason == "no database is configured"
    fine = whole([standing("database", "N", required=True)], NOON)
    assert (fine.reason, fine.cause) == ("all 1 services are normal", Cause.OK)


def test_the_whole_has_events_and_times_of_its_own() -> None:
    policies = {"database": Policy(required=True, **ONCE), "trello": Policy(**ONCE)}
    well = [ServiceState(name, Status.PASSED, Cause.OK, "answers") for name in policies]
    gone = ServiceState("database", Status.FAILED, Cause.REFUSED, "refused")
    kept: dict[str, Standing] = {}
    told = []
    for minute, states in enumerate([well, [gone, well[1]], [gone, well[1]], well]):
        found = advance(kept, states, policies, NOON + timedelta(minutes=minute))
        kept = {**found.standings, WHOLE: found.whole}
        told += [(one.service, one.before, one.after, one.down_seconds) for one in found.events]
    assert told == [
        ("database", "not_checked", "normal", None),
        ("trello", "not_checked", "normal", None),
        (WHOLE, "not_checked", "normal", None),
        ("database", "normal", "offline", None),
        (WHOLE, "normal", "offline", None),
        ("database", "offline", "normal", 120),
        (WHOLE, "offline", "normal", 120),
    ]


def test_a_service_that_nobody_looks_at_any_more_ends_what_was_well() -> None:
    policies = {"database": Policy(**ONCE), "trello": Policy(**ONCE)}
    well = [ServiceState(name, Status.PASSED, Cause.OK, "answers") for name in policies]
    before = advance({}, well, policies, NOON)
    kept = {**before.standings, WHOLE: before.whole}
    later = advance(kept, well[:1], policies, NOON + timedelta(minutes=10))
    assert later.whole.level is Level.NOT_CHECKED
    assert "trello was last looked at" in later.whole.message
    (event,) = later.events
    assert (event.service, event.after) == (WHOLE, "not_checked")


def test_the_whole_is_down_from_the_first_failure_on_whoever_fails_next() -> None:
    policies = {name: Policy(required=True, **ONCE) for name in "abc"}
    kept: dict[str, Standing] = {}
    for minute, away in enumerate(["", "a", "ab", "b", ""]):
        states = [
            ServiceState(name, Status.FAILED, Cause.DNS, "gone")
            if name in away
            else ServiceState(name, Status.PASSED, Cause.OK, "answers")
            for name in policies
        ]
        found = advance(kept, states, policies, NOON + timedelta(minutes=minute))
        kept = {**found.standings, WHOLE: found.whole}
    assert found.events[-1].down_seconds == 180


def test_what_was_well_before_a_gap_is_well_since_the_end_of_it() -> None:
    policies = {"database": Policy(**ONCE)}
    well = [ServiceState("database", Status.PASSED, Cause.OK, "answers")]
    before = advance({}, well, policies, NOON)
    later = NOON + timedelta(hours=2)
    after = advance({**before.standings, WHOLE: before.whole}, well, policies, later)
    assert (after.whole.level, after.whole.since, after.events) == (Level.NORMAL, later, [])


def test_a_service_that_is_not_watched_any_more_does_not_count() -> None:
    gone = ServiceState("database", Status.FAILED, Cause.REFUSED, "refused")
    well = ServiceState("trello", Status.PASSED, Cause.OK, "answers")
    both = {"database": Policy(required=True, **ONCE), "trello": Policy(**ONCE)}
    before = advance({}, [gone, well], both, NOON)
    assert before.whole.level is Level.OFFLINE
    kept = {**before.standings, WHOLE: before.whole}
    after = advance(kept, [well], {"trello": both["trello"]}, NOON + timedelta(minutes=1))
    assert after.whole.level is Level.NORMAL
    assert set(after.standings) == {"trello"}


def test_a_look_that_comes_late_does_not_turn_the_whole_back() -> None:
    policies = {"a": Policy(**ONCE), "b": Policy(**ONCE)}
    first = advance({}, [ServiceState("a", Status.PASSED, Cause.OK, "m")], policies, NOON)
    kept = {**first.standings, WHOLE: first.whole}
    late = ServiceState("b", Status.PASSED, Cause.OK, "m")
    after = advance(kept, [late], policies, NOON - timedelta(seconds=30))
    assert (after.whole.level, after.whole.looked_at) == (Level.NORMAL, NOON)


def test_no_service_has_the_name_of_the_whole() -> None:
    with pytest.raises(SettingsError, match="'all services'") as caught:
        advance({}, [], {WHOLE: Policy()}, NOON)
    assert "STUDIOOPS_SERVICES" in caught.value.next_step
