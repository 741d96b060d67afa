"""What a user's own script does: pg_dump and an upload a file, or createdb and pg_restore."""

from __future__ import annotations

import subprocess
from pathlib import Path

from psycopg.conninfo import make_conninfo

from bench.backup.ways.way import JOBS, Answer, Asked
from studioops.backups.steps import Steps
from studioops.model import Stopwatch
from studioops.objectstore import ObjectStore
from studioops.postgres.client_tools import ClientTools, connection_of, tools_for
from studioops.postgres.dsn import parse_dsn

COPY = "bench_restored"


def dump_and_copy(asked: Asked, store: ObjectStore) -> Answer:
    """pg_dump into a directory, then each of its files into the bucket.

    Args:
        asked: which database, bucket and directory.
        store: a client.
    """
    steps, watch = Steps(), Stopwatch()
    # Without --no-sync it would wait for the disk, as ours does not.
    words = ["--format=directory", f"--file={asked.directory}", f"--jobs={JOBS}", "--no-sync"]
    steps.time("pg_dump", lambda: _run("pg_dump", asked.dsn, words))
    size = steps.time("copying to the store", lambda: _copy(asked, store))
    return Answer(watch.seconds, steps.seconds, size=size)


def restore(asked: Asked, _: ObjectStore) -> Answer:
    """Createdb, pg_restore of the files that still lie here, dropdb.

    Args:
        asked: which directory and server.
    """
    steps, watch = Steps(), Stopwatch()
    copy = make_conninfo(asked.server, dbname=COPY)
    words = [f"--jobs={JOBS}", asked.directory]
    steps.time("createdb", lambda: _sql(asked.server, f"CREATE DATABASE {COPY} TEMPLATE template0"))
    try:
        steps.time("pg_restore", lambda: _run("pg_restore", copy, words))
    finally:
        steps.time("dropdb", lambda: _sql(asked.server, f"DROP DATABASE {COPY}"))
    return Answer(watch.seconds, steps.seconds)


def _copy(asked: Asked, store: ObjectStore) -> int:
    files = sorted(Path(asked.directory).iterdir())
    for path in files:
        store.client.upload_file(str(path), asked.bucket, f"dump/{path.name}")
    return sum(path.stat().st_size for path in files)


def _sql(dsn: str, statement: str) -> None:
    _run("psql", dsn, ["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", f"--command={statement}"])


def _run(program: str, dsn: str, words: list[str]) -> None:
    place, environment = connection_of(parse_dsn(dsn))
    done = subprocess.run(
        [_tools(dsn).path(program), f"--dbname={place}", *words],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{program} ended with {done.returncode}: {done.stderr[-2000:]}")


def _tools(dsn: str) -> ClientTools:
    """The programs that ours runs too."""
    import psycopg

    with psycopg.connect(dsn) as connection:
        return tools_for(connection.info.server_version // 10000)
