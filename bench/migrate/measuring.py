"""One way under load: before, during and after, and a long transaction in the way."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event

import psycopg
from psycopg.conninfo import conninfo_to_dict

from bench.migrate.load import APPLICATION, Done, Load, Transaction, load
from bench.migrate.server_log import ServerLog, Slow, read_server_log
from bench.migrate.ways import WAYS, Part
from bench.publishing import Told

LOCK_NOT_AVAILABLE = "55P03"
# A report that has begun keeps its snapshot, and the locks of what it has read.
PAUSE_S = 5
REPORT = (
    "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
    "SELECT count(*) FROM orders AS o JOIN products AS p ON p.id = o.product_id WHERE o.id < 1000",
)


@dataclass(frozen=True, slots=True)
class How:
    """How long everything takes.

    Args:
        rate: transactions in a second.
        warm: seconds before anything counts.
        before: seconds that count as before.
        report: seconds that each long transaction stays open.
        after: seconds behind the migration.
    """

    rate: float
    warm: float
    before: float
    report: float
    after: float


@dataclass(frozen=True)
class Measured:
    """What a way did to the clients.

    Args:
        way: its name.
        parts: of the migration.
        done: what the clients did, as pgbench says.
        log: what the server says.
        counted: when what counts as before began.
        machine: its load before that, runnable processes.
    """

    way: str
    parts: Sequence[Part]
    done: Done
    log: ServerLog
    counted: float
    machine: float

    @property
    def began(self) -> float:
        """When the migration began."""
        return self.parts[0].began

    @property
    def ended(self) -> float:
        """When it ended."""
        return self.parts[-1].ended

    @property
    def seconds(self) -> float:
        """How long it took."""
        return self.ended - self.began

    def before(self) -> list[Transaction]:
        """Transactions that had ended when it began."""
        return [one for one in self.counted_ones() if one.ended < self.began]

    def during(self) -> list[Transaction]:
        """Transactions of which a part fell into it."""
        return [
            one for one in self.counted_ones() if one.ended >= self.began and one.due <= self.ended
        ]

    def waited(self, part: str | None = None) -> float:
        """The longest time that one statement of a client took.

        Args:
            part: while that was done; None for the whole migration.
        """
        spans = [one for one in self.parts if part in (None, one.name)]
        found = [
            slow.seconds
            for slow in self.client_statements()
            if any(slow.ended >= one.began and slow.began <= one.ended for one in spans)
        ]
        return max(found, default=0.0)

    def within(self, part: str) -> list[Transaction]:
        """Transactions that were due while a part was done.

        Args:
            part: its name.
        """
        spans = [(one.began, one.ended) for one in self.parts if one.name == part]
        return [
            one
            for one in self.counted_ones()
            if any(began <= one.due <= ended for began, ended in spans)
        ]

    def took(self, part: str) -> float:
        """Seconds of a part.

        Args:
            part: its name.
        """
        return sum(one.ended - one.began for one in self.parts if one.name == part)

    def client_statements(self) -> Iterator[Slow]:
        """Those that the server found slow."""
        return (one for one in self.log.slow if one.application == APPLICATION)

    def failures(self) -> Counter[str]:
        """What failed of the clients, by SQLSTATE, as the server says."""
        return Counter(one.state for one in self.log.errors if one.application == APPLICATION)

    def given_way(self) -> int:
        """How often the migration did not get a lock in its time."""
        return sum(
            one.application != APPLICATION and one.state == LOCK_NOT_AVAILABLE
            for one in self.log.errors
        )

    def counted_ones(self) -> Iterator[Transaction]:
        """All but those of the time to warm up."""
        return (one for one in self.done.transactions if one.ended >= self.counted)


def measure(way: str, admin: str, dsn: str, how: How, tell: Told) -> Measured:
    """Measure a way on a database that is as new.

    Args:
        way: its name.
        admin: the superuser's connection string, of the same server.
        dsn: of the database.
        how: how long everything takes.
        tell: told what is going on.

    Raises:
        RuntimeError: the way failed, or the clients ended by themselves.
    """
    machine = round(os.getloadavg()[0], 1)
    with load(dsn, how.rate) as clients:
        time.sleep(how.warm)
        counted = time.time()
        time.sleep(how.before)
        tell(f"{way}: {how.before:.0f} s before, and off")
        parts = _in_the_way(way, dsn, how, clients)
        tell(f"{way}: {parts[-1].ended - parts[0].began:.1f} s")
        time.sleep(how.after)
        clients.catch_up()
        done = clients.stop()
    name = str(conninfo_to_dict(dsn)["dbname"])
    return Measured(way, parts, done, read_server_log(admin, name, counted), counted, machine)


def _in_the_way(way: str, dsn: str, how: How, clients: Load) -> list[Part]:
    with reports(dsn, how.report):
        parts = WAYS[way](dsn)
    if clients.process.poll() is not None:
        raise RuntimeError("no client was left in the end")
    return parts


@contextmanager
def reports(dsn: str, seconds: float) -> Iterator[None]:
    """Long transactions that only read, one after the other; the first is open from now on.

    Args:
        dsn: of the database.
        seconds: for how long each stays open.
    """
    begun, over = Event(), Event()
    with ThreadPoolExecutor() as pool:
        done = pool.submit(_report, dsn, seconds, begun, over)
        begun.wait()
        try:
            yield
        finally:
            over.set()
            done.result()


def _report(dsn: str, seconds: float, begun: Event, over: Event) -> None:
    try:
        with psycopg.connect(dsn, autocommit=True, application_name="report") as connection:
            while not over.is_set():
                for statement in REPORT:
                    connection.execute(statement)
                begun.set()
                over.wait(seconds)
                connection.execute("COMMIT")
                over.wait(PAUSE_S)
    finally:
        begun.set()
