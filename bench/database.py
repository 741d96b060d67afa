"""Databases that are made on the server itself, by a script that takes a size."""

from __future__ import annotations

import time
from importlib.resources import files

import psycopg
from psycopg.conninfo import make_conninfo
from psycopg.sql import SQL, Identifier


def make(admin: str, package: str, script: str, size: int, name: str = "bench") -> str:
    """A database as one that has been in use for a while, in place of one of that name.

    Args:
        admin: the superuser's connection string.
        package: where the script lies.
        script: its name, without ``.sql``; it asks for ``bench.size``.
        size: of what it makes.
        name: of the database.

    Returns:
        its connection string.
    """
    drop(admin, name)
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))
    sized = make_conninfo(admin, dbname=name, options=f"-c bench.size={size}")
    run_script(sized, package, script)
    settle(sized)
    return make_conninfo(admin, dbname=name)


def drop(admin: str, name: str = "bench") -> None:
    """Drop it, where there is one.

    Args:
        admin: the superuser's connection string.
        name: of the database.
    """
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(name)))


def run_script(dsn: str, package: str, script: str) -> None:
    """Run a script of SQL.

    Args:
        dsn: of the database.
        package: where it lies.
        script: its name, without ``.sql``.
    """
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(files(package).joinpath(f"{script}.sql").read_bytes())


def settle(dsn: str) -> None:
    """As a database is that has been in use for a while, with nothing left to be written."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
    rest(dsn)


def rest(dsn: str) -> None:
    """Whatever the disk still does shall not be counted for whoever comes first."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("CHECKPOINT")
    time.sleep(1)
