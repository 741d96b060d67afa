"""Writers go on while a backup is taken, a recovery runs and somebody goes back."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import psycopg

from studioops.backups.recovery.back import BackHow, go_back
from studioops.model import Status

STREAMS = 3
# Ended by an administrator, or the door is closed for the moment: what any pool tries again.
CLEAN = {"57P01", "55000", None}
# Who had found the database by its name and waited for the rename is told that it is gone.
SENTENCES = ("is not currently accepting connections", "terminat", "dropped or renamed")


@dataclass
class Writer:
    """Rows of one stream, one transaction each, numbered by the client; reconnects by itself."""

    dsn: str
    stream: int
    stop: threading.Event
    confirmed: list[int] = field(default_factory=list)
    unsure: list[int] = field(default_factory=list)
    states: set[str | None] = field(default_factory=set)
    said: list[str] = field(default_factory=list)
    number: int = 0

    def run(self) -> None:
        while not self.stop.is_set():
            try:
                with psycopg.connect(self.dsn, autocommit=True) as connection:
                    while not self.stop.is_set():
                        self.one(connection)
            except psycopg.Error as error:
                self.states.add(error.sqlstate)
                self.said.append(str(error))
                time.sleep(0.01)

    def one(self, connection: psycopg.Connection) -> None:
        self.number += 1
        with_number = {"s": self.stream, "n": self.number}
        self.unsure.append(self.number)
        with connection.transaction():
            connection.execute("INSERT INTO written (s, n) VALUES (%(s)s, %(n)s)", with_number)
            connection.execute("UPDATE newest SET n = %(n)s WHERE s = %(s)s", with_number)
        self.unsure.pop()
        self.confirmed.append(self.number)


@contextmanager
def writers(world) -> Iterator[list[Writer]]:
    world.write(
        "CREATE TABLE written (s int, n bigint, PRIMARY KEY (s, n))",
        "CREATE TABLE newest (s int PRIMARY KEY, n bigint NOT NULL)",
        f"INSERT INTO newest SELECT s, 0 FROM generate_series(1, {STREAMS}) AS s",
    )
    stop = threading.Event()
    made = [Writer(world.dsn, one + 1, stop) for one in range(STREAMS)]
    threads = [threading.Thread(target=one.run) for one in made]
    for one in threads:
        one.start()
    try:
        yield made
    finally:
        stop.set()
        for one in threads:
            one.join()


def rows(world, stream: int, database: str = "") -> list[int]:
    found = world.ask(
        f"SELECT coalesce(array_agg(n ORDER BY n), '{{}}') FROM written WHERE s = {stream}",
        database,
    )
    newest = world.ask(f"SELECT n FROM newest WHERE s = {stream}", database)
    assert newest == max(found), "an insert without its update"
    return found


def wait_for_more(made: list[Writer]) -> None:
    counts, until = [len(one.confirmed) for one in made], time.monotonic() + 20
    while any(len(one.confirmed) < count + 5 for one, count in zip(made, counts, strict=True)):
        assert time.monotonic() < until, "a writer does not come back"
        time.sleep(0.02)


def test_what_was_committed_after_the_snapshot_is_lost_and_nothing_else(world):
    with writers(world) as made:
        wait_for_more(made)
        world.backup()
        wait_for_more(made)
        report = world.recover()
        wait_for_more(made)
    assert report.status is Status.PASSED, report.subjects
    kept = report.evidence["kept"]
    world.admin(f'ALTER DATABASE "{kept}" ALLOW_CONNECTIONS true')
    for one in made:
        before, now = rows(world, one.stream, kept), rows(world, one.stream)
        swapped = len(before)
        # The old database holds all that was committed before the swap, without a gap.
        assert set(one.confirmed) & set(range(1, swapped + 1)) <= set(before)
        old, new = [n for n in now if n <= swapped], [n for n in now if n > swapped]
        # Of the old rows there is exactly what the snapshot saw; of the new ones, every one.
        assert old == list(range(1, len(old) + 1))
        assert 0 < len(old) < swapped
        assert set(one.confirmed) - set(before) == set(new) - set(one.unsure)
        assert one.states <= CLEAN, one.states
        unexpected = [text for text in one.said if not any(part in text for part in SENTENCES)]
        assert unexpected == []

    go_back(world.dsn, BackHow("shop", lambda _: None))
    for one in made:
        there = rows(world, one.stream)
        lost = {n for n in one.confirmed if n not in set(there)}
        # What was written into the recovered one is kept aside with it; nothing else is missing.
        assert lost
        assert min(lost) > max(there)


def test_the_target_is_away_for_a_moment_alone(world):
    with writers(world) as made:
        wait_for_more(made)
        world.backup()
        report = world.recover()
    assert report.evidence["sessions_ended"] >= 1
    assert report.evidence["away_seconds"] < 3
