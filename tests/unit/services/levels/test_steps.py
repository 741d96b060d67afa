"""One service's level: what changes it, what does not, and how long it was away."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from studioops.model import Status
from studioops.services import Cause, ServiceState
from studioops.services.levels import Level, Policy, Standing, change_of, level_of, step

NOON = datetime(2025, 9, 8, 12, tzinfo=UTC)
WELL = ServiceState("trello", Status.PASSED, Cause.OK, "answers")
SLOW = ServiceState("trello", Status.PASSED, Cause.SLOW, "answers in 3000 ms")
AWAY = ServiceState("trello", Status.FAILED, Cause.REFUSED, "connection refused")
DENIED = ServiceState("trello", Status.FAILED, Cause.UNAUTHORISED, "invalid key")
UNSET = ServiceState.unknown("trello", "set TRELLO_API_KEY")
UNSEEN = ServiceState("trello", Status.NOT_CHECKED, Cause.ERROR, "its breaker is open")
NEW = Standing("trello")


def after(
    *states: ServiceState, policy: Policy | None = None, start: Standing = NEW, every: float = 60
) -> Standing:
    """Where the service stands after these looks, one a minute from noon or the last one on."""
    standing = start
    at = (start.looked_at or NOON - timedelta(seconds=every)) + timedelta(seconds=every)
    for number, state in enumerate(states):
        when = at + timedelta(seconds=every * number)
        standing = step(standing, state, policy or Policy(), when)
    return standing


@pytest.mark.parametrize(
    ("status", "cause", "level"),
    [
        (Status.PASSED, Cause.OK, Level.NORMAL),
        (Status.PASSED, Cause.SLOW, Level.DEGRADED),
        (Status.PASSED, Cause.CROWDED, Level.DEGRADED),
        (Status.PASSED, Cause.RATE_LIMITED, Level.DEGRADED),
        (Status.PASSED, Cause.EXPIRES_SOON, Level.DEGRADED),
        (Status.FAILED, Cause.MISSING_BUCKET, Level.DEGRADED),
        (Status.PASSED, Cause.FILLING, Level.DEGRADED),
        (Status.FAILED, Cause.FULL, Level.CRITICAL),
        (Status.FAILED, Cause.CROWDED, Level.CRITICAL),
        (Status.FAILED, Cause.UNAUTHORISED, Level.CRITICAL),
        (Status.FAILED, Cause.FORBIDDEN, Level.CRITICAL),
        (Status.FAILED, Cause.QUOTA, Level.CRITICAL),
        (Status.FAILED, Cause.TLS, Level.CRITICAL),
        (Status.FAILED, Cause.NO_SUCH_DATABASE, Level.CRITICAL),
        (Status.FAILED, Cause.REFUSED, Level.OFFLINE),
        (Status.FAILED, Cause.DNS, Level.OFFLINE),
        (Status.FAILED, Cause.TIMEOUT, Level.OFFLINE),
        (Status.FAILED, Cause.RESET, Level.OFFLINE),
        (Status.FAILED, Cause.SERVER_ERROR, Level.OFFLINE),
        (Status.FAILED, Cause.NONSENSE, Level.OFFLINE),
        (Status.FAILED, Cause.BUSY, Level.OFFLINE),
        (Status.FAILED, Cause.ERROR, Level.OFFLINE),
        (Status.NOT_CHECKED, Cause.NOT_CONFIGURED, Level.NOT_CHECKED),
    ],
)
def test_one_look_by_itself(status: Status, cause: Cause, level: Level) -> None:
    assert level_of(ServiceState("s", status, cause, "m")) is level


@pytest.mark.parametrize("cause", [one for one in Cause if one is not Cause.NOT_CONFIGURED])
def test_no_look_that_failed_is_normal(cause: Cause) -> None:
    assert level_of(ServiceState("s", Status.FAILED, cause, "m")) is not Level.NORMAL


@pytest.mark.parametrize(
    ("looks", "level"),
    [
        ([], Level.NOT_CHECKED),
        ([AWAY], Level.NOT_CHECKED),
        ([AWAY, AWAY], Level.NOT_CHECKED),
        ([AWAY, AWAY, AWAY], Level.OFFLINE),
        ([WELL], Level.NORMAL),
        ([SLOW], Level.DEGRADED),
        ([WELL, AWAY, AWAY], Level.NORMAL),
        ([WELL, AWAY, AWAY, WELL, AWAY, AWAY], Level.NORMAL),
        ([WELL, AWAY, AWAY, AWAY], Level.OFFLINE),
        ([WELL, AWAY, DENIED, AWAY], Level.CRITICAL),
        ([WELL, AWAY, SLOW, AWAY], Level.DEGRADED),
        ([WELL, SLOW, SLOW, SLOW], Level.DEGRADED),
        ([WELL, AWAY, AWAY, AWAY, WELL], Level.OFFLINE),
        ([WELL, AWAY, AWAY, AWAY, WELL, AWAY, WELL], Level.OFFLINE),
        ([WELL, AWAY, AWAY, AWAY, WELL, WELL], Level.NORMAL),
        ([WELL, AWAY, AWAY, AWAY, WELL, SLOW], Level.DEGRADED),
        ([WELL, AWAY, AWAY, AWAY, DENIED, DENIED], Level.CRITICAL),
        ([WELL, UNSET], Level.NOT_CHECKED),
        ([AWAY, AWAY, AWAY, UNSET], Level.NOT_CHECKED),
        ([AWAY, AWAY, UNSET, AWAY], Level.NOT_CHECKED),
        ([UNSET, WELL], Level.NORMAL),
        ([WELL, UNSEEN, UNSEEN], Level.NORMAL),
    ],
)
def test_levels_after_looks(looks: list[ServiceState], level: Level) -> None:
    assert after(*looks).level is level


def test_an_old_look_shows_nothing() -> None:
    seen = after(WELL)
    assert seen.level_at(NOON + timedelta(seconds=180)) is Level.NORMAL
    late = NOON + timedelta(seconds=181)
    assert seen.level_at(late) is Level.NOT_CHECKED
    assert seen.words_at(late) == (
        "trello was last looked at 2025-09-08 12:00:00 UTC, when it was normal"
    )


def test_after_a_gap_a_look_that_fails_does_not_live_on_an_old_one_that_passed() -> None:
    failing = step(after(WELL), AWAY, Policy(), NOON + timedelta(hours=2))
    assert failing.level is Level.NOT_CHECKED
    well = step(after(WELL), WELL, Policy(), NOON + timedelta(hours=2))
    assert (well.level, well.since) == (Level.NORMAL, NOON + timedelta(hours=2))


def test_after_a_gap_what_was_away_is_away_until_it_is_seen_to_be_back() -> None:
    gone = after(WELL, AWAY, AWAY, AWAY)
    once = step(gone, WELL, Policy(), NOON + timedelta(hours=2))
    assert (once.level, once.down_since) == (Level.OFFLINE, NOON + timedelta(minutes=1))
    assert after(WELL, start=once).level is Level.NORMAL


def test_a_look_that_is_not_newer_changes_nothing() -> None:
    seen = after(WELL, AWAY, AWAY)
    for seconds in (0, 60, 120):
        assert step(seen, AWAY, Policy(), NOON + timedelta(seconds=seconds)) == seen
    assert step(seen, AWAY, Policy(), NOON + timedelta(seconds=121)).level is Level.OFFLINE


def test_time_to_recovery_runs_from_the_first_look_that_failed() -> None:
    gone = after(WELL, AWAY, AWAY, AWAY, AWAY, WELL)
    back = after(WELL, start=gone)
    assert gone.down_since == NOON + timedelta(minutes=1)
    assert back.down_since is None
    event = change_of(gone, back)
    assert event is not None
    assert (event.before, event.after, event.cause) == ("offline", "normal", "ok")
    assert event.down_seconds == 300
    assert event.seconds == 180
    assert event.at == NOON + timedelta(minutes=6)


def test_an_outage_begins_no_earlier_than_it_was_seen_without_a_gap() -> None:
    once = after(WELL, AWAY)
    later = step(once, AWAY, Policy(), NOON + timedelta(hours=2))
    assert after(AWAY, AWAY, start=later).down_since == NOON + timedelta(hours=2)


def test_a_failure_that_passed_is_no_outage() -> None:
    assert after(WELL, AWAY, WELL).down_since is None
    assert change_of(after(WELL), after(WELL, AWAY, WELL)) is None


def test_from_one_way_of_being_away_to_another_is_no_recovery() -> None:
    assert after(AWAY).words_at(NOON) == "trello has no level yet: connection refused"
    gone = after(AWAY, AWAY, AWAY)
    denied = after(DENIED, DENIED, start=gone)
    event = change_of(gone, denied)
    assert event is not None
    assert (event.before, event.after, event.down_seconds) == ("offline", "critical", None)
    assert denied.down_since == NOON


def test_a_service_taken_out_of_the_settings_did_not_recover() -> None:
    gone = after(AWAY, AWAY, AWAY)
    event = change_of(gone, after(UNSET, start=gone))
    assert event is not None
    assert (event.after, event.cause, event.down_seconds) == (
        "not_checked",
        "not_configured",
        None,
    )


NERVOUS = Policy(failures=1, successes=1, flaps=4, window=3600)


def test_flapping_keeps_the_worse_level_and_says_so() -> None:
    flapping = after(WELL, *(AWAY, WELL) * 2, AWAY, WELL, WELL, policy=NERVOUS)
    assert (flapping.level, flapping.flapping) == (Level.OFFLINE, True)
    assert flapping.looked_at is not None
    assert "it flaps, and is kept at the worse level" in flapping.words_at(flapping.looked_at)
    assert flapping.down_since == NOON + timedelta(minutes=5)


def test_it_flaps_from_the_change_on_that_is_one_too_many() -> None:
    assert after(WELL, *(AWAY, WELL) * 2, AWAY, policy=NERVOUS).flapping


def test_within_its_bound_it_may_change() -> None:
    steady = after(WELL, *(AWAY, WELL) * 2, policy=NERVOUS)
    assert (steady.level, steady.flapping) == (Level.NORMAL, False)


def test_flapping_ends_once_it_was_quiet_for_the_window() -> None:
    flapping = after(WELL, *(AWAY, WELL) * 2, AWAY, WELL, policy=NERVOUS)
    quiet = after(*[WELL] * 60, start=flapping, policy=NERVOUS)
    assert (quiet.level, quiet.flapping) == (Level.NORMAL, False)


def test_words_say_where_it_stands_and_why() -> None:
    assert NEW.words_at(NOON) == "trello was never looked at"
    assert after(UNSET).words_at(NOON) == "no trello is configured"
    gone = after(AWAY, AWAY, AWAY)
    assert gone.words_at(NOON) == "trello is offline: connection refused"
    assert gone.in_a_row == 3
    assert after(WELL, AWAY, WELL, WELL).in_a_row == 2
    assert NEW.in_a_row == 0
