"""What the ledger keeps of services: what it takes, what it refuses, and when it can't be used."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest

from studioops.errors import LedgerUnavailable
from studioops.ledger import Ledger, RunRef, ServiceEvent, open_ledger
from studioops.ledger.service_model import Document, Moves

NOON = datetime(2025, 9, 8, 12, tzinfo=UTC)
RUN = RunRef("r", "cli", "services check")
STANDING = {"level": "normal", "since": NOON.isoformat(), "looked_at": None, "more": [1]}
EVENT = ServiceEvent("trello", "not_checked", "normal", NOON, "ok", "answers")


def moved(ledger: Ledger, *services: str) -> None:
    moves = Moves(dict.fromkeys(services, STANDING), [EVENT])
    ledger.judge_standings(services, lambda _: moves, RUN)


def test_what_is_kept_is_what_is_judged_by_next_time(ledger: Ledger) -> None:
    seen: list[Mapping[str, Document]] = []

    def judge(kept: Mapping[str, Document]) -> Moves:
        seen.append(kept)
        return Moves({"trello": {**STANDING, "more": len(seen)}}, [])

    for _ in range(2):
        ledger.judge_standings(["trello", "openai"], judge, RUN)
    assert seen == [{}, {"trello": {**STANDING, "more": 1}}]
    assert ledger.standings() == {"trello": {**STANDING, "more": 2}}


def test_events_come_back_with_their_run(ledger: Ledger) -> None:
    moved(ledger, "trello")
    (event,) = ledger.service_events(NOON)
    assert event.run == RUN
    assert (event.service, event.before, event.after, event.at) == (
        "trello",
        "not_checked",
        "normal",
        NOON,
    )


def test_nothing_to_judge(ledger: Ledger) -> None:
    ledger.judge_standings([], lambda _: Moves({}, []), RUN)
    assert ledger.standings() == {}


def test_a_mistake_while_judging_leaves_nothing(ledger: Ledger) -> None:
    def judge(_: Mapping[str, Document]) -> Moves:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        ledger.judge_standings(["trello"], judge, RUN)
    assert ledger.standings() == {}
    assert ledger.runs() == []


def test_a_breaker_is_turned_by_one_at_a_time(ledger: Ledger, ledger_url: str) -> None:
    def turn(before: Document | None) -> Document:
        return {"state": "closed", "failures": (before or {"failures": 0})["failures"] + 1}

    def work(_: int) -> None:
        with open_ledger(ledger_url) as mine:
            for _ in range(10):
                mine.turn_breaker("trello", turn)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    assert ledger.breaker("trello") == {"state": "closed", "failures": 40}
    assert ledger.breakers() == {"trello": {"state": "closed", "failures": 40}}
    assert ledger.breaker("openai") is None


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ("service_standings SET level = 'green'", "service_standings_level_check"),
        ("service_events SET after = 'green'", "service_events_levels_check"),
        ("service_events SET after = before", "service_events_levels_check"),
        ("service_events SET run = 4711", "service_events_run_fkey"),
        ("breakers SET state = 'ajar'", "breakers_state_check"),
    ],
)
def test_the_database_refuses_what_the_words_do_not_allow(
    ledger: Ledger, database_dsn: str, change: str, constraint: str
) -> None:
    moved(ledger, "trello")
    ledger.turn_breaker("trello", lambda _: {"state": "open"})
    with psycopg.connect(database_dsn) as admin, pytest.raises(psycopg.IntegrityError) as caught:
        admin.execute(f"UPDATE ledger.{change}")
    assert caught.value.diag.constraint_name == constraint


USES: dict[str, Callable[[Ledger], Any]] = {
    "judge_standings": lambda ledger: moved(ledger, "trello"),
    "standings": lambda ledger: ledger.standings(),
    "service_events": lambda ledger: ledger.service_events(NOON),
    "recoveries": lambda ledger: ledger.recoveries(NOON),
    "breaker": lambda ledger: ledger.breaker("trello"),
    "breakers": lambda ledger: ledger.breakers(),
    "turn_breaker": lambda ledger: ledger.turn_breaker("trello", lambda _: {"state": "open"}),
}


@pytest.mark.parametrize("use", USES)
def test_every_use_looks_at_the_version(ledger_url: str, use: str) -> None:
    with open_ledger(ledger_url) as ledger, pytest.raises(LedgerUnavailable, match="no tables"):
        USES[use](ledger)


def test_a_ledger_of_the_release_before_says_what_to_run(ledger: Ledger, database_dsn: str) -> None:
    with psycopg.connect(database_dsn) as admin:
        admin.execute("UPDATE ledger.alembic_version SET version_num = '0002'")
    with pytest.raises(LedgerUnavailable, match="is behind, at 0002") as caught:
        ledger.standings()
    assert "python -m studioops.ledger" in caught.value.next_step
