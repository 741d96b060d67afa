"""Looks in, standings and events out: once, whole, and the same for two workers."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import psycopg
import pytest

from studioops.errors import LedgerUnavailable
from studioops.ledger import Ledger, RunRef, ServiceEvent, open_ledger
from studioops.model import Status
from studioops.services import Cause, ServiceState
from studioops.services.levels import WHOLE, Level, Policy
from studioops.services.watching import Watch, standings, watched

NOON = datetime(2025, 9, 8, 12, tzinfo=UTC)
RUN = RunRef("scheduled__1", "dag", "service_health")
POLICIES = {"database": Policy(required=True, failures=2, successes=2), "trello": Policy()}


def look(away: str) -> list[ServiceState]:
    """Both of them; those that are named refuse."""
    return [
        ServiceState(name, Status.FAILED, Cause.REFUSED, f"{name}: connection refused")
        if name in away
        else ServiceState(name, Status.PASSED, Cause.OK, f"{name} answers")
        for name in POLICIES
    ]


def at(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def watch(ledger: Ledger, minute: float, away: str = "", run: RunRef = RUN) -> Watch:
    return watched(ledger, look(away), POLICIES, at=at(minute), run=run)


def outage(ledger: Ledger) -> None:
    """The database is well, fails four times, and is back at the second look that passes."""
    for minute, away in enumerate(["", *["database"] * 4, "", ""]):
        watch(ledger, minute, away)


def test_an_outage_from_beginning_to_end(ledger: Ledger) -> None:
    outage(ledger)
    told = [
        (one.service, one.before, one.after, one.at, one.cause, one.seconds, one.down_seconds)
        for one in reversed(ledger.service_events(NOON))
    ]
    assert told == [
        ("database", "not_checked", "normal", NOON, "ok", None, None),
        ("trello", "not_checked", "normal", NOON, "ok", None, None),
        (WHOLE, "not_checked", "normal", NOON, "ok", None, None),
        ("database", "normal", "offline", at(2), "refused", 120, None),
        (WHOLE, "normal", "offline", at(2), "refused", 120, None),
        ("database", "offline", "normal", at(6), "ok", 240, 300),
        (WHOLE, "offline", "normal", at(6), "ok", 240, 300),
    ]
    known = standings(ledger)
    assert {name: one.level for name, one in known.items()} == {
        "database": Level.NORMAL,
        "trello": Level.NORMAL,
        WHOLE: Level.NORMAL,
    }
    assert known["database"].since == at(6)


def test_events_say_who_saw_it_and_can_be_asked_for_one_service(ledger: Ledger) -> None:
    outage(ledger)
    later = RunRef("scheduled__2", "dag", "service_health")
    watch(ledger, 7, "database", run=later)
    watch(ledger, 8, "database", run=later)
    first, *_ = ledger.service_events(NOON, "database")
    assert (first.run, first.message) == (later, "database: connection refused")
    assert {one.service for one in ledger.service_events(NOON, "database")} == {"database"}
    assert [one.at for one in ledger.service_events(at(3), "database")] == [at(8), at(6)]
    assert len(ledger.service_events(NOON, limit=2)) == 2
    assert first.as_json()["at"] == "2025-09-08T12:08:00+00:00"


def test_mean_time_to_recovery(ledger: Ledger) -> None:
    outage(ledger)
    for minute, away in enumerate(["database", "database", "", ""], start=10):
        watch(ledger, minute, away)
    found = {one.service: one for one in ledger.recoveries(NOON)}
    assert set(found) == {"database", WHOLE}
    database = found["database"]
    assert (database.times, database.mean_seconds, database.longest_seconds) == (2, 240, 300)
    assert database.last_at == at(13)
    (only,) = (one for one in ledger.recoveries(at(7)) if one.service == "database")
    assert (only.times, only.mean_seconds) == (1, 180)
    assert ledger.recoveries(at(14)) == []


def test_the_same_looks_again_write_nothing_twice(ledger: Ledger) -> None:
    outage(ledger)
    known, told = standings(ledger), ledger.service_events(NOON)
    again = watch(ledger, 6)
    assert again.events == []
    late = watch(ledger, 3, "database")
    assert late.events == []
    assert (standings(ledger), ledger.service_events(NOON)) == (known, told)


def chain(events: list[ServiceEvent], service: str) -> list[tuple[str, str]]:
    return [(one.before, one.after) for one in reversed(events) if one.service == service]


def away_since(late: int) -> str:
    """The database first, and the other one a while later."""
    return "" if late < 2 else "database" if late < 3 else "database trello"


def test_workers_who_look_at_once_agree(place: Any, ledger: Ledger) -> None:
    """The same outage seen by four workers: every change is told once."""

    def work(number: int) -> list[ServiceEvent]:
        run = RunRef(f"run {number}", "dag", "service_health")
        with open_ledger(place.url) as mine:
            looks = [(step + number / 10, number + step) for step in range(6)]
            found = [watch(mine, when, away_since(late), run) for when, late in looks]
        return [event for one in found for event in one.events]

    with ThreadPoolExecutor(4) as pool:
        told = [event for events in pool.map(work, range(4)) for event in events]
    stored = ledger.service_events(NOON)
    assert len(stored) == len(told)
    for service in (*POLICIES, WHOLE):
        steps = chain(stored, service)
        assert all(one[1] == next_one[0] for one, next_one in pairwise(steps)), (service, steps)
    known = standings(ledger)
    assert known["database"].level is Level.OFFLINE
    assert chain(stored, "database")[-1][1] == "offline"
    assert chain(stored, WHOLE)[-1][1] == known[WHOLE].level


@pytest.mark.parametrize("table", ["service_standings", "service_events"])
def test_all_of_it_or_nothing(place: Any, ledger: Ledger, table: str) -> None:
    watch(ledger, 0)
    watch(ledger, 1, "database")
    before = (standings(ledger), ledger.service_events(NOON))
    with psycopg.connect(place.url, autocommit=True) as admin:
        admin.execute(
            "CREATE FUNCTION public.cut() RETURNS trigger LANGUAGE plpgsql AS "
            "'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NEW; END'"
        )
        admin.execute(
            f"CREATE TRIGGER cut BEFORE INSERT OR UPDATE ON ledger.{table} "
            "FOR EACH ROW EXECUTE FUNCTION public.cut()"
        )
        with pytest.raises(LedgerUnavailable):
            watch(ledger, 2, "database")
        admin.execute(f"DROP TRIGGER cut ON ledger.{table}")
    assert (standings(ledger), ledger.service_events(NOON)) == before
    found = watch(ledger, 2, "database")
    assert [one.service for one in found.events] == ["database", WHOLE]


def test_many_services_in_one_look(ledger: Ledger) -> None:
    names = [f"endpoint {number}" for number in range(500)]
    policies = {name: Policy(failures=1) for name in names}
    states = [ServiceState(name, Status.FAILED, Cause.DNS, "no such host\0") for name in names]
    found = watched(ledger, states, policies, at=NOON, run=RUN)
    assert len(found.events) == 501
    assert len(standings(ledger)) == 501
    assert len(found.whole.message) < 500
