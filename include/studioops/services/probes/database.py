"""The probe of a PostgreSQL database: connect, ask one question, look at the clock."""

from __future__ import annotations

import math
import os
import socket
from contextlib import suppress
from typing import Any

import psycopg
from psycopg.rows import dict_row

from studioops.errors import DatabaseError, DatabaseUnreachable
from studioops.model import Status, Stopwatch
from studioops.postgres import Database, Dsn, load_sql
from studioops.postgres.failure import translate
from studioops.services.probes.limit import within
from studioops.services.state import Cause, ServiceState

SERVICE = "database"
CROWDED = 0.9


def probe_database(
    database: Database | None,
    *,
    timeout: float = 5,
    slow_after: float = 1,
    service: str = SERVICE,
) -> ServiceState:
    """One look at a database, on a new connection. Never raises for an outage.

    Args:
        database: what to look at; None where none is configured.
        timeout: seconds for the whole look.
        slow_after: seconds from which an answer counts as degraded.
        service: the name to report it by.

    Returns:
        passed with version and connections in details, failed with the cause, or not_checked.
    """
    if database is None:
        return ServiceState.unknown(service, "set DATABASE_URL in .env")
    watch = Stopwatch()
    try:
        details = _Look(database.dsn, timeout).take()
    except DatabaseError as error:
        return ServiceState.down(service, error, watch.seconds * 1000)
    return _answered(service, database.dsn, details, watch.seconds, slow_after)


class _Look:
    """One connection, one question; both can be ended from another thread."""

    def __init__(self, dsn: Dsn, timeout: float) -> None:
        self._dsn = dsn
        self._timeout = timeout
        self._connection: psycopg.Connection[Any] | None = None

    def take(self) -> dict[str, Any]:
        """What the server says of itself.

        Raises:
            DatabaseError: in our own words.
        """
        try:
            return within(self._timeout, self._ask, self._cut)
        except TimeoutError:
            raise DatabaseUnreachable(
                f"{self._dsn.where}: no connection: timed out after {self._timeout:g} s",
                "check host, port and firewall, and whether the server is overloaded or stopped",
            ) from None
        except (psycopg.Error, OSError, UnicodeError) as error:
            raise translate(error, self._dsn) from None

    def _ask(self) -> dict[str, Any]:
        wanted = {
            **self._dsn.params,
            # libpq counts whole seconds.
            "connect_timeout": math.ceil(self._timeout),
            "application_name": "studioops probe",
        }
        with psycopg.connect(**wanted, autocommit=True) as self._connection:
            cursor = self._connection.cursor(row_factory=dict_row)
            answer = cursor.execute(load_sql(__package__, "database")).fetchone()
        return answer or {}

    def _cut(self) -> None:
        """End a wait for a server that took the connection and then went silent."""
        connection = self._connection
        with suppress(psycopg.Error, OSError):
            if connection is not None and not connection.closed:
                with socket.socket(fileno=os.dup(connection.fileno())) as line:
                    line.shutdown(socket.SHUT_RDWR)


def _answered(
    service: str, dsn: Dsn, details: dict[str, Any], seconds: float, slow_after: float
) -> ServiceState:
    cause, message, step = Cause.OK, f"{dsn.where} answers in {seconds * 1000:.0f} ms", ""
    if seconds > slow_after:
        cause, step = Cause.SLOW, "look at pg_stat_activity and the load of the server"
    elif details["connections"] >= CROWDED * details["max_connections"]:
        cause, step = Cause.CROWDED, "end idle sessions, or raise max_connections"
        message = (
            f"{dsn.where}: {details['connections']} of {details['max_connections']} "
            "connections are in use"
        )
    return ServiceState(service, Status.PASSED, cause, message, step, seconds * 1000, details)
