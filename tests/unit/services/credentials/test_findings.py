"""What is told of a credential: by the day, by its age, by what it may, by how it was refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from studioops.model import Finding, Severity, Status
from studioops.services import Cause
from studioops.services.credentials import Credential
from studioops.services.credentials.findings import judge

NOON = datetime(2025, 9, 8, 12, tzinfo=UTC)
LIMIT = timedelta(days=90)
WELL = Credential("trello", Status.PASSED, Cause.OK, "trello answers")


def told(one: Credential, at: datetime = NOON) -> dict[str, Finding]:
    return {finding.check: finding for finding in judge(one, at, LIMIT)}


def test_a_credential_that_is_well_has_no_fault() -> None:
    assert told(replace(WELL, may=("read boards",), expires_at=NOON + timedelta(days=31))) == {}


@pytest.mark.parametrize(
    ("left", "severity", "words"),
    [
        (timedelta(days=30, seconds=1), None, ""),
        (timedelta(days=30), Severity.INFO, "expires in 30 days"),
        (timedelta(days=14, seconds=1), Severity.INFO, "expires in 14 days"),
        (timedelta(days=14), Severity.WARNING, "expires in 14 days"),
        (timedelta(days=7, seconds=1), Severity.WARNING, "expires in 7 days"),
        (timedelta(days=7), Severity.WARNING, "expires in 7 days"),
        (timedelta(days=1, seconds=1), Severity.WARNING, "expires in 1 day,"),
        (timedelta(days=1), Severity.ERROR, "expires in 1 day,"),
        (timedelta(hours=23), Severity.ERROR, "expires in 23 h"),
        (timedelta(seconds=1), Severity.ERROR, "expires in 0 h"),
        (timedelta(), Severity.CRITICAL, "expired on 2025-09-08"),
        (timedelta(days=-400), Severity.CRITICAL, "expired on 2024-08-04"),
    ],
)
def test_the_ladder_of_days_before_it_expires(
    left: timedelta, severity: Severity | None, words: str
) -> None:
    found = told(replace(WELL, expires_at=NOON + left)).get("credential_expires")
    assert (found.severity if found else None) is severity
    assert words in (found.message if found else "")


def test_every_day_of_a_month_tells_no_less_than_the_day_before() -> None:
    one = replace(WELL, expires_at=NOON + timedelta(days=32))
    ranks = [-1]
    for day in range(40):
        found = told(one, NOON + timedelta(days=day)).get("credential_expires")
        ranks.append(list(Severity).index(found.severity) if found else -1)
    assert ranks == sorted(ranks)
    assert set(ranks) == {-1, 0, 1, 2, 3}


@pytest.mark.parametrize("required", [True, False])
@pytest.mark.parametrize("cause", [Cause.UNAUTHORISED, Cause.FORBIDDEN, Cause.QUOTA])
def test_one_that_is_refused_is_critical_where_it_is_needed(cause: Cause, required: bool) -> None:
    one = replace(WELL, status=Status.FAILED, cause=cause, message="no", required=required)
    found = told(one)["credential_refused"]
    assert found.severity is (Severity.CRITICAL if required else Severity.ERROR)
    assert found.message == "no"


def test_one_that_is_refused_since_it_expired_is_told_of_once() -> None:
    one = replace(WELL, status=Status.FAILED, cause=Cause.UNAUTHORISED, expires_at=NOON)
    assert list(told(one)) == ["credential_expires"]


def test_a_service_that_is_away_is_no_fault_of_its_credential() -> None:
    assert told(replace(WELL, status=Status.NOT_CHECKED, cause=Cause.REFUSED, required=True)) == {}


def test_what_it_may_beyond_need_and_what_is_weak_or_exposed() -> None:
    found = told(replace(WELL, beyond_need=("superuser",), weak="is a known default"))
    assert found["credential_powerful"].severity is Severity.WARNING
    assert "superuser" in found["credential_powerful"].message
    assert found["credential_weak"].severity is Severity.ERROR
    exposed = told(replace(WELL, exposed="is sent over http"))["credential_exposed"]
    assert exposed.severity is Severity.WARNING


@pytest.mark.parametrize(
    ("days", "old"), [(0, False), (89.9, False), (90, True), (91, True), (4000, True)]
)
def test_one_is_old_from_the_limit_on(days: float, old: bool) -> None:
    found = told(replace(WELL, first_seen=NOON - timedelta(days=days)))
    assert ("credential_old" in found) is old
    if old:
        assert found["credential_old"].severity is Severity.WARNING
        assert f"for {days} days" in found["credential_old"].message


def test_one_whose_age_nobody_knows_is_not_called_old() -> None:
    assert told(WELL) == {}


def test_each_finding_says_why_and_what_to_do() -> None:
    one = replace(
        WELL,
        status=Status.FAILED,
        cause=Cause.FORBIDDEN,
        next_step="set another",
        beyond_need=("write",),
        weak="is a placeholder",
        exposed="is sent over http",
        first_seen=NOON - LIMIT,
        expires_at=NOON + timedelta(days=3),
    )
    found = told(one)
    assert len(found) == 6
    assert all(each.why and each.repair and each.object == "trello" for each in found.values())
