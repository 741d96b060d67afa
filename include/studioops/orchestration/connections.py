"""Airflow's connections as the plain values that rooms take."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow.sdk.exceptions import AirflowNotFoundException
from psycopg.conninfo import make_conninfo

from studioops.errors import SettingsError
from studioops.ledger import Ledger, open_ledger
from studioops.objectstore import ObjectStore, open_object_store
from studioops.postgres import Database, Limits, Pool, open_database, reader
from studioops.settings import load_settings
from studioops.settings.declarations import DEFAULT_TARGET, SHIPPED_CONTRACT, SHIPPED_HISTORY

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from pathlib import Path

    from airflow.providers.postgres.hooks.postgres import PostgresHook
    from airflow.sdk import Connection

LEDGER = "studioops_ledger"
OBJECT_STORE = "studioops_object_store"
REPLICA = "_replica"


def database_url(conn_id: str) -> str:
    """How libpq reaches the database behind an Airflow connection.

    Args:
        conn_id: the connection; a target's is called like the target.

    Returns:
        libpq's ``key=value`` words, what stands in the connection's extra included.

    Raises:
        SettingsError: there is no such connection.
    """
    from airflow.providers.postgres.hooks.postgres import PostgresHook

    hook = PostgresHook(postgres_conn_id=conn_id)
    try:
        connection = hook.connection
    except AirflowNotFoundException:
        raise _missing(conn_id, "postgres://USER:PASSWORD@HOST:5432/DATABASE") from None
    words = {
        "host": connection.host,
        "port": connection.port,
        "user": connection.login,
        "password": connection.password,
        "dbname": connection.schema,
        **_libpq_extra(hook, connection),
    }
    return make_conninfo(**{name: str(word) for name, word in words.items() if word})


def open_target(name: str) -> Database:
    """The database of a target, under the limits and with the pool of the settings.

    Args:
        name: the target's, which is its connection's too.

    Raises:
        SettingsError: there is no such connection.
        UsageError: the connection can't be read.
    """
    return _open(database_url(name))


def open_reader(name: str, primary: Database) -> AbstractContextManager[tuple[Database, str]]:
    """The server that a target's rows are read from, and what a report calls it.

    Args:
        name: the target's; a connection of that name and ``_replica`` is a standby of it.
        primary: the target's database.

    Raises:
        SettingsError: the settings declare one and there is no such connection.
        UsageError: that connection can't be read.
    """
    settings = load_settings()
    declared = settings.targets.get(name.lower())
    try:
        replica = _open(database_url(name + REPLICA))
    except SettingsError:
        # Declared and not connected: to read the primary instead would be nobody's wish.
        if declared is not None and declared.replica is not None:
            raise
        replica = None
    return reader(primary, replica, settings.replica_wait)


def _open(url: str) -> Database:
    settings = load_settings()
    return open_database(
        url,
        limits=Limits(statement_timeout=settings.statement_timeout),
        pool=Pool.of(settings),
        application="airflow",
    )


def contract_path(name: str) -> Path | None:
    """The contract that the settings declare for a target; None where they declare none.

    In Airflow the target ``studioops`` is known by its connection alone; it keeps its contract.
    """
    target = load_settings().targets.get(name.lower())
    if target is None and name.lower() == DEFAULT_TARGET:
        return SHIPPED_CONTRACT
    return target.contract if target else None


def alembic_path(name: str) -> Path | None:
    """The ``alembic.ini`` of a target's own history; None where the settings declare none.

    In Airflow the target ``studioops`` is known by its connection alone; it keeps its history.
    """
    target = load_settings().targets.get(name.lower())
    if target is None and name.lower() == DEFAULT_TARGET:
        return SHIPPED_HISTORY
    return target.alembic if target else None


def open_evidence() -> Ledger:
    """The ledger behind the connection ``studioops_ledger``.

    Raises:
        SettingsError: there is no such connection.
        LedgerUnavailable: it can't be reached.
    """
    return open_ledger(database_url(LEDGER))


def connection_of(conn_id: str) -> Connection | None:
    """An Airflow connection; None where there is none of that name.

    Args:
        conn_id: its name.
    """
    from airflow.sdk.bases.hook import BaseHook

    try:
        return BaseHook.get_connection(conn_id)
    except AirflowNotFoundException:
        return None


def open_store(timeout: float, attempts: int = 1) -> ObjectStore:
    """The object store behind the connection ``studioops_object_store``.

    Args:
        timeout: seconds for one answer.
        attempts: how often a request is tried.

    Raises:
        SettingsError: there is no such connection.
        UsageError: the connection can't be read.
    """
    connection = connection_of(OBJECT_STORE)
    if connection is None:
        raise _missing(OBJECT_STORE, "generic://KEY:SECRET@HOST:9000")
    extra, host = connection.extra_dejson, connection.host or ""
    return open_object_store(
        f"{host}:{connection.port}" if connection.port else host,
        connection.login or "",
        connection.password or "",
        region=str(extra.get("region") or load_settings().minio_region),
        secure=str(extra.get("secure", "false")).lower() == "true",
        timeout=timeout,
        attempts=attempts,
    )


def _libpq_extra(hook: PostgresHook, connection: Connection) -> dict[str, object]:
    """What the extra says to libpq (sslmode, options, …), without the hook's own words."""
    return {
        name: word
        for name, word in connection.extra_dejson.items()
        if name not in hook.ignored_extra_options
    }


def _missing(conn_id: str, example: str) -> SettingsError:
    return SettingsError(
        f"Airflow has no connection called {conn_id!r}",
        f"airflow connections add {conn_id} --conn-uri {example}",
    )
