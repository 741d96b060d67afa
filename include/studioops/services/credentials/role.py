"""What a PostgreSQL role is, as its own session sees it, and how its password was proven."""

from __future__ import annotations

import math
import os
import socket
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

import psycopg
from psycopg.rows import dict_row

from studioops.errors import DatabaseUnreachable
from studioops.postgres import Dsn, load_sql
from studioops.postgres.failure import translate
from studioops.services.probes.limit import within

ATTRIBUTES = ("superuser", "createrole", "createdb", "bypassrls", "replication")
UNMET = "authentication method requirement"


class Proof(StrEnum):
    """How the server had the password proven, which tells how it keeps it."""

    SCRAM = "scram-sha-256"
    MD5 = "md5"
    PLAIN = "password"
    NONE = "none"
    OTHER = "other"


# libpq's words for what it was asked for instead of SCRAM.
INSTEAD = (
    ("hashed password", Proof.MD5),
    ("cleartext password", Proof.PLAIN),
    ("did not complete authentication", Proof.NONE),
)


@dataclass(frozen=True, slots=True)
class Role:
    """A role and its session.

    Args:
        name: of the role.
        attributes: those of ATTRIBUTES that it has.
        groups: powerful roles that it may become.
        valid_until: when its password ends; None where it does not.
        proof: how its password was proven.
        password: that was at hand, whether it was asked for or not.
        host: address of the server; a directory for a socket.
        tls: whether the session is encrypted.
        row_security: whether the database has tables that hide rows.
    """

    name: str
    attributes: tuple[str, ...]
    groups: tuple[str, ...]
    valid_until: datetime | None
    proof: Proof
    password: str = field(repr=False)
    host: str
    tls: bool
    row_security: bool = False


def read_role(dsn: Dsn, timeout: float) -> Role:
    """Log in, and see as what.

    Args:
        dsn: of the role.
        timeout: seconds for the whole look.

    Raises:
        DatabaseError: in our own words.
    """
    look = _Look(dsn, timeout)
    try:
        return within(timeout, look.take, look.cut)
    except TimeoutError:
        raise DatabaseUnreachable(
            f"{dsn.where}: no connection: timed out after {timeout:g} s",
            "check host, port and firewall, and whether the server is overloaded or stopped",
        ) from None
    except (psycopg.Error, OSError, UnicodeError) as error:
        raise translate(error, dsn) from None


class _Look:
    """One session, two where the server asks for another proof than SCRAM."""

    def __init__(self, dsn: Dsn, timeout: float) -> None:
        self._dsn = dsn
        # libpq counts whole seconds.
        self._words = {"connect_timeout": math.ceil(timeout), "application_name": "studioops probe"}
        self._connection: psycopg.Connection[Any] | None = None

    def take(self) -> Role:
        """The role.

        Raises:
            psycopg.Error: it could not be seen.
        """
        if psycopg.pq.version() < 160000:  # noqa: PLR2004  (the release that knows the word)
            return self._seen(Proof.OTHER, {})
        try:
            return self._seen(Proof.SCRAM, {"require_auth": Proof.SCRAM.value})
        except psycopg.OperationalError as error:
            said = str(error)
            if UNMET not in said:
                raise
        proof = next((one for words, one in INSTEAD if words in said), Proof.OTHER)
        return self._seen(proof, {})

    def cut(self) -> None:
        """End a wait for a server that took the connection and then went silent."""
        connection = self._connection
        with suppress(psycopg.Error, OSError):
            if connection is not None and not connection.closed:
                with socket.socket(fileno=os.dup(connection.fileno())) as line:
                    line.shutdown(socket.SHUT_RDWR)

    def _seen(self, proof: Proof, more: dict[str, str]) -> Role:
        wanted: dict[str, Any] = {**self._dsn.params, **self._words, **more}
        with psycopg.connect(**wanted, autocommit=True) as self._connection:
            cursor = self._connection.cursor(row_factory=dict_row)
            row = cursor.execute(load_sql(__package__, "role")).fetchone() or {}
            info = self._connection.info
            return Role(
                name=row["role"],
                attributes=tuple(one for one in ATTRIBUTES if row[one]),
                groups=tuple(row["groups"]),
                valid_until=row["valid_until"],
                proof=proof,
                password=info.password,
                host=info.hostaddr or info.host,
                tls=row["tls"],
                row_security=row["row_security"],
            )
