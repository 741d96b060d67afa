"""Scratch databases: made for a restore, dropped after it, and never anybody else's."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import psycopg
from psycopg.sql import SQL, Identifier, Literal

from studioops.backups.restoring.lease import Lease
from studioops.backups.restoring.locale import create_statement, no_such_locale
from studioops.backups.restoring.server import Session, dsn_of, on_server
from studioops.errors import DatabaseBusy, DatabaseError, NotOurs, PermissionDenied, UsageError
from studioops.postgres import load_sql, parse_dsn

PREFIX = "studioops_drill"
# The time lies in the name, since a server keeps none for its databases.
STAMP = "%Y%m%dt%H%M%S"
NAME = re.compile(r"^(?P<prefix>studioops_[a-z0-9_]+)_(?P<stamp>\d{8}t\d{6})_[0-9a-f]{6}$")
PREFIX_LENGTH = 40
LOCALE_STATES = ("22023", "42809", "0A000", "42704", "22P02")
TRIES = 4
PAUSE_S = 1.0
CUT_OFF_TRIES = 100
CUT_OFF_PAUSE_S = 0.05


@dataclass(frozen=True, slots=True)
class Scratch:
    """A scratch database.

    Args:
        name: of the database.
        dsn: how to connect to it.
    """

    name: str
    dsn: str = field(repr=False)


def make_scratch(
    server: str, *, lease: Lease, like: Mapping[str, Any] | None = None, prefix: str = PREFIX
) -> Scratch:
    """Make an empty database that nobody but its owner can enter.

    Args:
        server: connection string of any database on the server, which is not touched.
        lease: who uses it, and until when.
        like: encoding and locale, as the manifest's ``server`` has them; None for the server's own.
        prefix: of its name; begins with ``studioops_``.

    Raises:
        PermissionDenied: the role has no CREATEDB.
        NoSuchLocale: the server does not know that encoding or locale.
        DatabaseError: the server can't be reached, or refuses otherwise.
    """
    name = f"{prefix}_{datetime.now(UTC):{STAMP}}_{secrets.token_hex(3)}"
    if not NAME.match(name) or len(prefix) > PREFIX_LENGTH:
        raise UsageError(
            f"{prefix!r} can't begin a scratch database's name", "use studioops_ and small letters"
        )
    try:
        with on_server(server) as session:
            with _refusals(server, like or {}):
                session.execute(create_statement(name, like or {}, _major(session)))
            _sign(session, name, lease)
    except BaseException:
        _unmake(server, name)
        raise
    return Scratch(name, dsn_of(server, name))


def drop_scratch(server: str, name: str) -> None:
    """Drop a scratch database, whoever is connected; one that is gone already is well.

    Args:
        server: connection string of any database on the server.
        name: as :func:`make_scratch` gave it.

    Raises:
        NotOurs: it has no name or no lease of ours, so it is not dropped.
        DatabaseBusy: something holds on to it.
    """
    if not NAME.match(name):
        raise not_ours(server, name, "has no name of a scratch database")
    try:
        _drop_ours(server, name)
    except BaseException as error:
        if not isinstance(error, Exception):
            # What ends this process has cut it off, and there may be no next drill for long.
            with suppress(DatabaseError):
                _drop_ours(server, name)
        raise


def _drop_ours(server: str, name: str) -> None:
    with on_server(server) as session:
        found = scratch_databases(session, name)
        if not found:
            return
        if found[0]["lease"] is None:
            raise not_ours(server, name, "has no lease of ours in its comment")
        drop_for_good(session, server, name)


def scratch_databases(session: Session, name: str = "") -> list[dict[str, Any]]:
    """The databases whose names are made as ours are, and what is known of them.

    Args:
        session: on the server.
        name: of one of them; empty for all.

    Returns:
        for each ``name``, ``lease`` (None without one), ``made_at`` by its name, ``ours`` (whether
        the role may drop it) and ``programs``, the application names that are connected.
    """
    rows = session.execute(load_sql(__package__, "scratch"), {"name": name}).fetchall()
    found = [(row, NAME.match(row["name"])) for row in rows]
    return [
        {
            **row,
            "lease": Lease.from_comment(row["comment"]),
            "made_at": datetime.strptime(match["stamp"], STAMP).replace(tzinfo=UTC),
        }
        for row, match in found
        if match
    ]


def drop_for_good(session: Session, server: str, name: str) -> None:
    """Drop a database that was found to be ours, trying again while something holds on to it.

    Raises:
        DatabaseBusy: something still does.
    """
    for attempt in range(TRIES):
        try:
            _drop(session, name)
        except psycopg.errors.ObjectInUse:
            with suppress(DatabaseError):
                _cut_subscriptions(server, name)
            time.sleep(PAUSE_S * attempt)
        else:
            return
    raise DatabaseBusy(
        f"{parse_dsn(server).where}: scratch database {name} is in use and can't be dropped",
        "see pg_stat_activity, pg_prepared_xacts and pg_replication_slots, then type: "
        f"DROP DATABASE {name}",
    )


def not_ours(server: str, name: str, why: str) -> NotOurs:
    """The refusal to drop a database."""
    return NotOurs(
        f"{parse_dsn(server).where}: database {name} {why}, so it is not dropped",
        "look at it with `psql --list`, and drop it yourself where nobody needs it",
    )


def _unmake(server: str, name: str) -> None:
    """Unsigned it would be nobody's, and left to the sweep; a session that was cut off in the
    middle of CREATE DATABASE is none to go on with, and may make it still.
    """
    with suppress(DatabaseError, psycopg.Error), on_server(server) as session:
        for _ in range(CUT_OFF_TRIES):
            if not session.execute(load_sql(__package__, "cut_off"), {"name": name}).fetchall():
                break
            time.sleep(CUT_OFF_PAUSE_S)
        _drop(session, name)


def _sign(session: Session, name: str, lease: Lease) -> None:
    database = Identifier(name)
    with session.transaction():
        session.execute(
            SQL("COMMENT ON DATABASE {} IS {}").format(database, Literal(lease.as_comment()))
        )
        session.execute(
            SQL("REVOKE CONNECT, TEMPORARY ON DATABASE {} FROM PUBLIC").format(database)
        )


def _drop(session: Session, name: str) -> None:
    session.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(name)))


def _cut_subscriptions(server: str, name: str) -> None:
    """Those that a restore brought along; their slots belong to the original."""
    with on_server(dsn_of(server, name)) as session:
        for row in session.execute(load_sql(__package__, "subscriptions")).fetchall():
            one = Identifier(row["name"])
            session.execute(SQL("ALTER SUBSCRIPTION {} DISABLE").format(one))
            session.execute(SQL("ALTER SUBSCRIPTION {} SET (slot_name = NONE)").format(one))
            session.execute(SQL("DROP SUBSCRIPTION {}").format(one))


def _major(session: Session) -> int:
    return session.info.server_version // 10000


@contextmanager
def _refusals(server: str, like: Mapping[str, Any]) -> Iterator[None]:
    """What CREATE DATABASE is refused for, in words that say what to type."""
    dsn = parse_dsn(server)
    try:
        yield
    except psycopg.errors.InsufficientPrivilege as error:
        role = dsn.user or "THE_ROLE"
        raise PermissionDenied(
            f"{dsn.where}: {error.diag.message_primary}: {role} has no CREATEDB",
            f'as a superuser type: ALTER ROLE "{role}" CREATEDB',
        ) from None
    except psycopg.Error as error:
        if error.sqlstate in LOCALE_STATES:
            raise no_such_locale(like, str(error.diag.message_primary), dsn.where) from None
        raise
