"""One connection to a server, from which databases are made and dropped."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg.conninfo import make_conninfo
from psycopg.rows import dict_row

from studioops.postgres import open_database, parse_dsn, translated

Session = psycopg.Connection[dict[str, Any]]


@contextmanager
def on_server(server: str) -> Iterator[Session]:
    """A session outside any transaction, as CREATE DATABASE wants it.

    Args:
        server: any database of it.

    Raises:
        DatabaseError: in our own words, whatever the driver said.
    """
    database = open_database(server, application="scratch")
    with database, translated(database.dsn), database.connector() as session:
        session.autocommit = True
        session.row_factory = dict_row
        yield session


def dsn_of(server: str, name: str) -> str:
    """How another database of that server is reached, with the same words."""
    return make_conninfo(**{**parse_dsn(server).params, "dbname": name})
