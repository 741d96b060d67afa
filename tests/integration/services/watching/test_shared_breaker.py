"""Two workers and a dead service: one breaker for both, in processes of their own."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from studioops.ledger import Ledger
from studioops.services.breaker import CLOSED, HALF_OPEN, OPEN, Circuit

WORKER = Path(__file__).with_name("worker.py")
PATIENCE_S = 30
AFTER_THE_WAIT = 601


class Process:
    """A worker's process, ready for calls."""

    def __init__(self) -> None:
        self._popen = subprocess.Popen(
            [sys.executable, str(WORKER)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def write(self, wanted: dict[str, Any]) -> None:
        assert self._popen.stdin is not None
        self._popen.stdin.write(json.dumps(wanted) + "\n")
        self._popen.stdin.flush()

    def read(self) -> str:
        assert self._popen.stdout is not None
        return self._popen.stdout.readline().strip()

    def kill(self) -> None:
        self._popen.kill()
        self._popen.communicate()


@dataclass(frozen=True)
class Worker:
    """Calls a test's service behind the breaker of the test's ledger."""

    process: Process
    url: str
    port: int

    def start(self, ahead: float = 0) -> None:
        """Begin a call, by a clock that many seconds on."""
        self.process.write({"url": self.url, "port": self.port, "ahead": ahead})

    def end(self) -> str:
        """How it ended."""
        return self.process.read()

    def call(self, ahead: float = 0) -> str:
        """One call from beginning to end."""
        self.start(ahead)
        return self.end()


@pytest.fixture(scope="module")
def processes() -> Iterator[tuple[Process, Process]]:
    """Two of them, since their start is what costs."""
    made = (Process(), Process())
    assert [one.read() for one in made] == ["ready", "ready"]
    yield made
    for one in made:
        one.kill()


@pytest.fixture
def workers(processes: tuple[Process, Process], place: Any, counted: Any) -> tuple[Worker, Worker]:
    """Two of them, of the test's own service and ledger."""
    first, second = processes
    return Worker(first, place.url, counted.port), Worker(second, place.url, counted.port)


def circuit(ledger: Ledger) -> Circuit:
    return Circuit.from_json(ledger.breaker("counted"))


def until_asked(counted: Any, times: int) -> None:
    end = time.monotonic() + PATIENCE_S
    while counted.asked < times:
        assert time.monotonic() < end, counted.asked
        time.sleep(0.005)


def opened(workers: tuple[Worker, Worker], counted: Any) -> None:
    """The service is dead, and both know it."""
    counted.dead = True
    for number in range(4):
        assert workers[number % 2].call() == "service_away"
    assert counted.asked == 4


def test_a_dead_service_opens_it_once_for_both(
    workers: tuple[Worker, Worker], counted: Any, ledger: Ledger
) -> None:
    opened(workers, counted)
    for worker in workers:
        assert [worker.call() for _ in range(5)] == ["breaker_open"] * 5
    assert counted.asked == 4
    assert (circuit(ledger).state, circuit(ledger).openings) == (OPEN, 1)
    assert circuit(ledger).reason == "the service hung up"


def test_calls_that_fail_at_the_same_moment_open_it_once(
    workers: tuple[Worker, Worker], counted: Any, ledger: Ledger
) -> None:
    counted.dead = True
    ends = []
    for _ in range(10):
        for worker in workers:
            worker.start()
        ends += [worker.end() for worker in workers]
    # The one that opened it may have had company.
    assert 4 <= counted.asked <= 5
    assert ends.count("service_away") == counted.asked
    assert ends.count("breaker_open") == 20 - counted.asked
    assert circuit(ledger).openings == 1


def test_half_open_lets_exactly_one_through(
    workers: tuple[Worker, Worker], counted: Any, ledger: Ledger
) -> None:
    opened(workers, counted)
    counted.dead = False
    counted.answering.clear()
    first, second = workers
    first.start(AFTER_THE_WAIT)
    until_asked(counted, 5)
    assert [second.call(AFTER_THE_WAIT) for _ in range(5)] == ["breaker_open"] * 5
    assert (circuit(ledger).state, len(circuit(ledger).tries)) == (HALF_OPEN, 1)
    assert counted.asked == 5
    counted.answering.set()
    assert first.end() == "well"
    assert circuit(ledger).state == CLOSED
    assert [worker.call(AFTER_THE_WAIT) for worker in workers] == ["well", "well"]


@pytest.mark.parametrize("dead", [True, False])
def test_of_two_at_the_same_moment_one_tries(
    workers: tuple[Worker, Worker], counted: Any, ledger: Ledger, dead: bool
) -> None:
    opened(workers, counted)
    counted.dead = dead
    counted.answering.clear()
    for worker in workers:
        worker.start(AFTER_THE_WAIT)
    until_asked(counted, 5)
    # Whoever is refused says so at once; only then the other one is answered.
    end = time.monotonic() + PATIENCE_S
    while not circuit(ledger).tries:
        assert time.monotonic() < end
    time.sleep(0.2)
    assert counted.asked == 5
    counted.answering.set()
    tried = "service_away" if dead else "well"
    assert sorted(worker.end() for worker in workers) == sorted(["breaker_open", tried])
    assert circuit(ledger).state == (OPEN if dead else CLOSED)
    assert circuit(ledger).openings == (2 if dead else 1)


def test_a_worker_that_is_killed_while_it_tries_is_waited_for_no_longer_than_a_try(
    workers: tuple[Worker, Worker], counted: Any, ledger: Ledger
) -> None:
    opened(workers, counted)
    counted.dead = False
    counted.answering.clear()
    doomed = Worker(Process(), workers[0].url, workers[0].port)
    assert doomed.end() == "ready"
    doomed.start(AFTER_THE_WAIT)
    until_asked(counted, 5)
    doomed.process.kill()
    counted.answering.set()
    assert workers[1].call(AFTER_THE_WAIT) == "breaker_open"
    assert workers[1].call(2 * AFTER_THE_WAIT) == "well"
    assert circuit(ledger).state == CLOSED
