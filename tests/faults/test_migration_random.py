"""kill -9 at random moments of the StudioOps plan: of its worker, and of PostgreSQL.

A moment is any of the way's duration, so that long statements get their share. Each kill has a
seed of its own, which tells all that happens, and which pytest shows where a test fails. One again::

    STUDIOOPS_FAULTS=all python -m pytest tests/faults/test_migration_random.py -k 'worker and 17'
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

import pytest

from studioops.local.ports import pick
from studioops.migrations.runner.trying import Tries
from tests.conftest import HASHING, Cluster
from tests.faults.conftest import ALL, SEED
from tests.faults.killing import BROKEN, ended, in_a_child, kill_all
from tests.faults.migration_journey import (
    WAYS,
    Journey,
    journey_on,
)
from tests.integration.migrations.driving import QUICK

KILLS = {"worker": 200, "postgres": 50}
SOME = {"worker": 2, "postgres": 1}
TELL_EACH = 10
TIMEOUT_S = 180
# Now and then whoever finishes is killed, too.
AGAIN = 0.25
MOST = 3
# What is written is there after a kill; a page that was torn by one is not.
CAREFUL = ("fsync=off", "max_connections=60", HASHING)
# Long enough to see the server come back.
PATIENT = Tries(attempts=8, first=0.2, longest=1.0)


@dataclass(frozen=True)
class Course:
    """What happens under a seed.

    Args:
        seed: tells all of it.
        kills: each with the way that is gone, and when of its duration, from 0 to 1.
        finish: the way that is gone in the end.
        patient: whether a run whose server is killed waits for it to come back.
    """

    seed: str
    kills: tuple[tuple[str, float], ...]
    finish: str
    patient: bool


def course(killed: str, number: int) -> Course:
    seed = f"{SEED} {killed} {number}"
    random = Random(seed)
    kills = [(random.choice(WAYS), random.random())]
    while len(kills) < MOST and random.random() < AGAIN:
        kills.append((random.choice(WAYS), random.random() / 2))
    return Course(seed, tuple(kills), random.choice(WAYS), random.random() < 0.5)


def numbers(killed: str) -> pytest.MarkDecorator:
    every = [
        pytest.param(n, marks=[pytest.mark.thorough] if n >= SOME[killed] else [])
        for n in range(KILLS[killed])
    ]
    return pytest.mark.parametrize("number", every)


@pytest.fixture(scope="module")
def journey(cluster: Cluster, stack_dir: Path) -> Iterator[Journey]:
    """On a server of its own, which may be killed."""
    like, home = cluster.server, stack_dir / "journey-postgres"
    server = replace(like, home=home, log=home.with_suffix(".log"), options=CAREFUL)
    server.create()
    port = pick(1)[0]
    server.start(port)
    try:
        yield journey_on(Cluster(server, port), measured=ALL)
    finally:
        server.stop()


@pytest.fixture
def tell(capsys: pytest.CaptureFixture[str]) -> Callable[[str, int], None]:
    """A line now and then, for whoever waits for all of them."""

    def said(killed: str, number: int) -> None:
        if ALL and (number + 1) % TELL_EACH == 0:
            with capsys.disabled():
                print(f" {number + 1} of {KILLS[killed]} kills of the {killed}")  # noqa: T201

    return said


def kill_worker(_: Journey, pid: int) -> None:
    os.kill(pid, signal.SIGKILL)


def kill_postgres(journey: Journey, _: int) -> None:
    """Postmaster and backends, as a power cut does it; then it comes back."""
    server = journey.cluster.server
    postmaster = server.pid()
    assert postmaster is not None
    # The postmaster first: it would end the others in order.
    kill_all(sorted(server.processes(), key=lambda one: one.pid != postmaster))
    server.start(journey.cluster.port)


def suffered(journey: Journey, course: Course, kill: Callable[[Journey, int], None]) -> None:
    """Go, be killed, be asked how it stands; finish, and be looked at."""
    name = journey.begun(course.kills[0][0])
    dsn, tries = journey.cluster.dsn(name), PATIENT if course.patient else QUICK
    print(f"seed {course.seed!r}: finished by {course.finish}")  # noqa: T201
    for way, share in course.kills:
        at = share * journey.seconds[way]
        pid = in_a_child(lambda way=way: journey.go(dsn, way, tries))
        time.sleep(at)
        kill(journey, pid)
        code = ended(pid)
        assert code != BROKEN
        print(f"{way} killed after {at:.3f} s ({code}): {journey.known(dsn)}")  # noqa: T201
    journey.go(dsn, course.finish)
    journey.arrived(dsn, course.finish)
    journey.cluster.drop(name)


@pytest.mark.timeout(TIMEOUT_S)
@numbers("worker")
def test_worker_killed(journey: Journey, tell: Callable[[str, int], None], number: int) -> None:
    suffered(journey, course("worker", number), kill_worker)
    tell("worker", number)


@pytest.mark.timeout(TIMEOUT_S)
@numbers("postgres")
def test_postgres_killed(journey: Journey, tell: Callable[[str, int], None], number: int) -> None:
    suffered(journey, course("postgres", number), kill_postgres)
    tell("postgres", number)
