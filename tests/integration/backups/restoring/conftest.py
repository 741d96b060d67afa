"""Archives of real databases, and scratch databases to restore them into."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from studioops.backups.restoring.lease import Lease
from studioops.backups.restoring.scratch import Scratch, make_scratch
from studioops.postgres.client_tools import ClientTools, connection_of, tools_for
from studioops.postgres.dsn import parse_dsn

Dump = Callable[..., Path]


@pytest.fixture(scope="session")
def tools(cluster) -> ClientTools:
    return tools_for(cluster.server.programs.major)


@pytest.fixture
def dump(tools: ClientTools, tmp_path: Path) -> Dump:
    """pg_dump, as an operator would type it; the archive's path."""

    def run(dsn: str, *words: str, form: str = "-Fd", programs: ClientTools = tools) -> Path:
        path = tmp_path / f"archive{len(list(tmp_path.iterdir()))}"
        where, environment = connection_of(parse_dsn(dsn))
        command = [programs.path("pg_dump"), form, f"--file={path}", *words, f"--dbname={where}"]
        subprocess.run(command, env=environment, check=True)
        return path

    return run


@pytest.fixture
def scratch(cluster) -> Iterator[Scratch]:
    """A scratch database of the test's own."""
    made = make_scratch(cluster.dsn(), lease=Lease("tests", datetime.now(UTC) + timedelta(hours=1)))
    yield made
    cluster.drop(made.name)


@pytest.fixture(scope="session")
def sql() -> Callable[..., list[tuple]]:
    """Run statements one by one outside a transaction; the last one's rows."""

    def run(dsn: str, *statements: str) -> list[tuple]:
        with psycopg.connect(dsn, autocommit=True) as connection:
            for statement in statements:
                cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []

    return run


@pytest.fixture
def names(cluster, sql):
    """The names of the server's databases; those that look like ours are gone at the end."""

    def listed() -> set[str]:
        return {row[0] for row in sql(cluster.dsn(), "SELECT datname FROM pg_database")}

    yield listed
    for name in listed():
        if name.startswith("studioops_"):
            cluster.drop(name)
