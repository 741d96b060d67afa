"""A real dump, restored beside what was dumped."""

from __future__ import annotations

import subprocess

import psycopg
import pytest

from studioops.postgres import parse_dsn
from studioops.postgres.client_tools import connection_of, tools_for


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
        tools = tools_for(cluster.server.programs.major)
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
