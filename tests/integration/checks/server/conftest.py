"""Servers of a test's own, for what can't be planted on the one that all tests share."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from studioops.local.ports import pick
from studioops.local.postgres_cluster import run_as
from studioops.local.postgres_server import PostgresServer


class Spare:
    """A server that a test may stop, break and start again."""

    def __init__(self, like: PostgresServer, home: Path, *options: str) -> None:
        self.server = PostgresServer(
            like.programs,
            like.user,
            home,
            home.with_suffix(".log"),
            like.password,
            ("fsync=off", "autovacuum=off", *options),
        )
        self.port = pick(1)[0]

    @property
    def dsn(self) -> str:
        return self.server.dsn(self.port)

    def tool(self, name: str, *words: str) -> subprocess.CompletedProcess[str]:
        """One of PostgreSQL's programs, which must succeed."""
        command = [self.server.programs.path(name), *words]
        done = run_as(self.server.user, self.server.home, command)
        assert done.returncode == 0, done.stderr
        return done

    def start(self) -> None:
        if self.server.pid() is None:
            self.server.start(self.port)

    def stop(self) -> None:
        self.server.stop()


@pytest.fixture(scope="module")
def spare(cluster, stack_dir, request) -> Iterator[Spare]:
    """A cluster that is made, and not started; a module's ``OPTIONS`` are its settings."""
    name = request.module.__name__.rpartition(".")[2]
    one = Spare(cluster.server, stack_dir / name, *getattr(request.module, "OPTIONS", ()))
    one.server.create()
    try:
        yield one
    finally:
        one.stop()


@pytest.fixture
def checked_at(checked, tmp_path) -> Callable[[str], object]:
    """The harness for another server."""
    return lambda dsn: type(checked)(dsn, tmp_path)


@pytest.fixture
def a_role(cluster) -> Iterator[Callable[[str, str], None]]:
    """Makes roles of the shared server that are gone after the test."""
    made: list[str] = []

    def make(name: str, words: str) -> None:
        made.append(name)
        cluster.run("CREATE ROLE {} LOGIN PASSWORD 'sesame' " + words, name)

    yield make
    for name in made:
        cluster.run("DROP ROLE IF EXISTS {}", name)


@pytest.fixture
def sessions(checked) -> Iterator[Callable[..., list[psycopg.Connection]]]:
    """Opens sessions that are closed after the test."""
    opened: list[psycopg.Connection] = []

    def open_some(count: int = 1, **words: str) -> list[psycopg.Connection]:
        new = [psycopg.connect(checked.dsn, autocommit=True, **words) for _ in range(count)]
        opened.extend(new)
        return new

    yield open_some
    for one in opened:
        one.close()
