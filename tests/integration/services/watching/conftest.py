"""A ledger that can go away and come back, and a service that counts who asks it."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from threading import Event, Lock, Thread
from typing import Any

import psycopg
import pytest

from studioops.ledger import Ledger, open_ledger

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True)
class LedgerPlace:
    """A ledger's database, migrated and empty."""

    cluster: Any
    name: str

    @property
    def url(self) -> str:
        """How to open it."""
        return str(self.cluster.dsn(self.name))

    def away(self) -> None:
        """Nobody gets in, and who was in is put out."""
        self.cluster.run("ALTER DATABASE {} ALLOW_CONNECTIONS false", self.name)
        with psycopg.connect(self.cluster.dsn(), autocommit=True) as admin:
            admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
                [self.name],
            )

    def back(self) -> None:
        """As before."""
        self.cluster.run("ALTER DATABASE {} ALLOW_CONNECTIONS true", self.name)


@pytest.fixture
def place(cluster: Any, ledger_template: str) -> Iterator[LedgerPlace]:
    """A ledger of the test's own."""
    made = LedgerPlace(cluster, cluster.clone(ledger_template))
    yield made
    cluster.drop(made.name)


@pytest.fixture
def ledger(place: LedgerPlace) -> Iterator[Ledger]:
    """The same, opened."""
    with open_ledger(place.url) as opened:
        yield opened


class CountedService:
    """A TCP service that says ``well``, or hangs up, or lets its callers wait; and counts them."""

    def __init__(self) -> None:
        self.asked = 0
        self.dead = False
        self.answering = Event()
        self.answering.set()
        self._lock = Lock()
        self._listener = socket.create_server((LOOPBACK, 0))
        self.port = int(self._listener.getsockname()[1])
        Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        """Serve no more."""
        self.answering.set()
        self._listener.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                Thread(target=self._answer, args=(near,), daemon=True).start()

    def _answer(self, near: socket.socket) -> None:
        with self._lock:
            self.asked += 1
        with near, suppress(OSError):
            self.answering.wait(30)
            if not self.dead:
                near.sendall(b"well")


@pytest.fixture
def counted() -> Iterator[CountedService]:
    """A service that counts who asks it."""
    service = CountedService()
    yield service
    service.close()
