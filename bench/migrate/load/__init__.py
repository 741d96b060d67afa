"""What the application's clients do meanwhile: pgbench at a steady rate, and its own log of it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from studioops.postgres.client_tools import connection_of, tools_for
from studioops.postgres.dsn import parse_dsn

# How often each has its turn: three of four only read.
SCRIPTS = {"look": 10, "customer": 5, "change": 3, "place": 1, "buy": 1}
CLIENTS = 8
APPLICATION = "pgbench"
LONGEST_S = 7200
TPS = re.compile(r"^tps = ([\d.]+)", re.MULTILINE)
ABORTED = re.compile(r"^pgbench: error: client \d+ .*aborted.*$", re.MULTILINE)
FAILED = "failed"
MICRO = 1e6
LATE_S, CATCH_UP_S = 1.0, 180.0
TAIL = 4096


@dataclass(frozen=True, slots=True)
class Transaction:
    """One transaction of a client.

    Args:
        due: when it should have begun, in seconds since 1970.
        seconds: from then to its end: whoever queues behind a lock has waited too.
    """

    due: float
    seconds: float

    @property
    def ended(self) -> float:
        """When it ended."""
        return self.due + self.seconds


@dataclass
class Done:
    """What the clients did.

    Args:
        transactions: that were committed, in no order.
        failed: how many were not: those that pgbench counts, and the last of each client that
            gave up.
        said: why, as far as pgbench says it.
    """

    transactions: list[Transaction]
    failed: int
    said: str


@dataclass
class Load:
    """Clients at work.

    Args:
        process: pgbench.
        directory: where it writes its log.
        done: what they did; there when they have stopped.
    """

    process: subprocess.Popen[str]
    directory: Path
    done: Done | None = None

    def stop(self) -> Done:
        """Let every client finish its transaction.

        Raises:
            RuntimeError: pgbench ended by itself, before it was told.
        """
        if self.process.poll() is not None:
            raise RuntimeError(f"pgbench stopped by itself: {self._rest()}")
        # What its own clock would send at the end of its time.
        self.process.send_signal(signal.SIGALRM)
        said = self._rest()
        transactions, failed = read_log(self.directory)
        aborted = ABORTED.findall(said)
        self.done = Done(transactions, failed + len(aborted), "\n".join(aborted))
        return self.done

    def catch_up(self) -> None:
        """Wait until the clients are no longer late, or too long: who queues is in no log yet."""
        ends = time.monotonic() + CATCH_UP_S
        while max(map(_lag, self.directory.iterdir()), default=0) > LATE_S:
            if time.monotonic() > ends:
                return
            time.sleep(1)

    def _rest(self) -> str:
        _, said = self.process.communicate()
        return said


@contextmanager
def load(dsn: str, rate: float) -> Iterator[Load]:
    """Clients that go on until they are stopped, or this is left.

    Args:
        dsn: of the database.
        rate: transactions in a second, all together.
    """
    with tempfile.TemporaryDirectory(prefix="studioops-bench-") as name:
        words = [f"--rate={rate:.0f}", f"--time={LONGEST_S}", "--log", f"--log-prefix={name}/log"]
        process = _started(dsn, words)
        try:
            yield Load(process, Path(name))
        finally:
            if process.poll() is None:
                process.kill()
                process.communicate()


def capacity(dsn: str, seconds: int) -> float:
    """Transactions in a second that the same clients reach when nobody holds them back.

    Args:
        dsn: of the database.
        seconds: how long.

    Raises:
        RuntimeError: pgbench failed.
    """
    process = _started(dsn, [f"--time={seconds}"])
    out, err = process.communicate()
    found = TPS.search(out)
    if process.returncode or found is None:
        raise RuntimeError(f"pgbench ended with {process.returncode}: {err[-2000:]}")
    return float(found[1])


def read_log(directory: Path) -> tuple[list[Transaction], int]:
    """Pgbench's log: client, number, microseconds, script, when it ended, lag.

    Args:
        directory: where its files are, one a thread.

    Returns:
        what was committed, and how many were not.
    """
    done, failed = [], 0
    for path in directory.iterdir():
        for line in path.read_text(encoding="ascii").splitlines():
            words = line.split()
            if words[2] == FAILED:
                failed += 1
                continue
            seconds = int(words[2]) / MICRO
            ended = int(words[4]) + int(words[5]) / MICRO
            done.append(Transaction(ended - seconds, seconds))
    return done, failed


def _lag(path: Path) -> float:
    """How late the last transactions of a log have begun, in seconds."""
    with path.open("rb") as file:
        file.seek(-min(TAIL, path.stat().st_size), os.SEEK_END)
        # The first line and the last one may be cut.
        lines = file.read().splitlines()[1:-1]
    return int(lines[-1].split()[-1]) / MICRO if lines else 0


def _started(dsn: str, words: list[str]) -> subprocess.Popen[str]:
    program, sizes = _looked_up(dsn)
    place, environment = connection_of(parse_dsn(dsn))
    files = [
        f"--file={Path(__file__).with_name(name)}.sql@{often}" for name, often in SCRIPTS.items()
    ]
    clients = [f"--client={CLIENTS}", f"--jobs={os.cpu_count()}", "--no-vacuum"]
    known = [f"--define={name}={value}" for name, value in sizes.items()]
    return subprocess.Popen(
        [program, *clients, *files, *known, *words, place],
        env={**environment, "PGAPPNAME": APPLICATION},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _looked_up(dsn: str) -> tuple[str, Mapping[str, int]]:
    """The program, and how many rows there are to choose from."""
    with psycopg.connect(dsn) as connection:
        tools = tools_for(connection.info.server_version // 10000)
        sizes = {}
        for table in ("orders", "customers", "products"):
            row = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
            sizes[table] = row[0] if row else 0
    return tools.path("pgbench"), sizes
