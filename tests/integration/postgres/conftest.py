"""A real dump, restored beside what was dumped."""

from __future__ import annotations

import subprocess
from pathlib import Path

import psycopg
import pytest

from studioops.postgres import Limits, open_database, parse_dsn
from studioops.postgres.client_tools import connection_of, tools_for
from studioops.postgres.definitions import read_definitions

RICH = Path(__file__).with_name("rich.sql").read_text()


@pytest.fixture
def run():
    def statements(dsn, *texts):
        with psycopg.connect(dsn, autocommit=True) as connection:
            for text in texts:
                connection.execute(text)

    return statements


@pytest.fixture
def restore(cluster):
    """Dump a database and restore it into a new one: the copy's dsn, and what pg_restore said."""
    made = []

    def work(dsn):
        # Up to 14 pg_dump does not say who owns schema public.
        tools = tools_for(max(cluster.server.programs.major, 15))
        made.append(cluster.clone("template0"))
        copy = cluster.dsn(made[-1])
        where, environment = connection_of(parse_dsn(dsn))
        to, _ = connection_of(parse_dsn(copy))
        dump = subprocess.run(
            [tools.path("pg_dump"), "-Fc", "-d", where], env=environment, check=True, stdout=-1
        ).stdout
        done = subprocess.run(
            [tools.path("pg_restore"), "-d", to],
            check=False,
            env=environment,
            input=dump,
            capture_output=True,
        )
        return copy, done.stderr.decode()

    yield work
    for name in made:
        cluster.drop(name)


@pytest.fixture(scope="module")
def rich(cluster):
    """A database with one of everything."""
    name = cluster.clone("template0")
    with psycopg.connect(cluster.dsn(name), autocommit=True) as connection:
        connection.execute(RICH)
    yield cluster.dsn(name)
    cluster.drop(name)
    for role in ("rich_reader", "rich_group", "rich_owner"):
        cluster.run("DROP ROLE {}", role)


@pytest.fixture(scope="module")
def opened(rich):
    with open_database(rich, limits=Limits(read_only=False)) as database:
        yield database


@pytest.fixture(scope="module")
def before(opened):
    with opened.transaction() as connection:
        return read_definitions(connection)
