"""A PostgreSQL of the benchmark's own, as a user would have it: durable, on two cores."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from psycopg.conninfo import make_conninfo

from studioops.local.ports import LOOPBACK, pick
from studioops.local.postgres_programs import find_programs
from studioops.local.postgres_server import SUPERUSER, PostgresServer
from studioops.local.server_user import server_user
from studioops.local.state import LocalPaths, load_secrets

OPTIONS = ("shared_buffers=1GB", "max_wal_size=8GB", "maintenance_work_mem=256MB")


@contextmanager
def cluster(*options: str) -> Iterator[str]:
    """A fresh server, gone at the end; yields its superuser's connection string.

    Args:
        options: more settings, as ``name=value``.
    """
    directory = Path(tempfile.mkdtemp(prefix="studioops-bench-"))
    directory.chmod(0o755)
    user = server_user()
    password = load_secrets(LocalPaths(directory))["postgres_password"]
    server = PostgresServer(
        find_programs(user, directory),
        user,
        directory / "postgres",
        directory / "postgres.log",
        password,
        (*OPTIONS, *options),
    )
    try:
        server.create()
        port = pick(1)[0]
        server.start(port)
        yield make_conninfo(
            host=LOOPBACK, port=port, dbname="postgres", user=SUPERUSER, password=password
        )
    finally:
        server.stop()
        shutil.rmtree(directory, ignore_errors=True)
