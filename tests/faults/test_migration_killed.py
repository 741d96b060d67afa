"""kill -9 of the worker of a migration: around every commit of the journal, and at random."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Iterator
from itertools import count
from typing import Any

import psycopg
import pytest

from tests.faults.conftest import ALL, numbers
from tests.faults.killing import ended, in_a_child
from tests.faults.migration_world import Way, both_ways

RANDOM_POINTS = 10 if ALL else 3
MOST = 1000
KILLED = -signal.SIGKILL


@pytest.fixture(scope="module")
def ways(cluster: Any) -> Iterator[dict[str, Way]]:
    with both_ways(cluster) as made:
        yield made


def dying_at_commit(number: int, *, after: bool) -> None:
    """Let this process die just before or just after its Nth commit."""
    numbers, execute = count(1), psycopg.Connection.execute

    def watched(self: Any, query: Any, *words: Any, **named: Any) -> Any:
        fatal = query == "COMMIT" and next(numbers) == number
        if fatal and not after:
            os.kill(os.getpid(), signal.SIGKILL)
        said = execute(self, query, *words, **named)
        if fatal:
            os.kill(os.getpid(), signal.SIGKILL)
        return said

    psycopg.Connection.execute = watched  # type: ignore[method-assign]


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("direction", ["there", "back"])
def test_around_every_commit(
    cluster: Any, ways: dict[str, Way], direction: str, *, after: bool
) -> None:
    way = ways[direction]
    for number in numbers(MOST, 3 if after else 1):
        name = cluster.clone(way.template)
        dsn = cluster.dsn(name)

        def work(number: int = number, dsn: str = dsn) -> None:
            dying_at_commit(number, after=after)
            way.go(dsn)

        code = ended(in_a_child(work))
        way.arrived(dsn, f"commit {number}")
        cluster.drop(name)
        if code == 0:
            assert number > 5
            return
        assert code == KILLED
    raise AssertionError("no run came through without a fault")


@pytest.mark.parametrize("direction", ["there", "back"])
@pytest.mark.parametrize("number", range(RANDOM_POINTS))
def test_at_random(cluster: Any, ways: dict[str, Way], direction: str, number: int) -> None:
    way = ways[direction]
    name = cluster.clone(way.template)
    dsn = cluster.dsn(name)
    seed = f"{direction} {number}"
    seconds = random.Random(seed).random() * 0.4
    pid = in_a_child(lambda: way.go(dsn))
    time.sleep(seconds)
    os.kill(pid, signal.SIGKILL)
    assert ended(pid) in (KILLED, 0)
    way.arrived(dsn, f"seed {seed!r}: killed after {seconds:.3f} s")
    cluster.drop(name)
