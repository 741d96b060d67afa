"""How the services are reached, and with what: by Airflow's connections, else by the settings."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from airflow.sdk.configuration import conf

from studioops.errors import StudioOpsError
from studioops.orchestration.connections import (
    LEDGER,
    OBJECT_STORE,
    connection_of,
    open_store,
    open_target,
)
from studioops.services import Reach
from studioops.services.credentials import Keys, of_target
from studioops.settings.declarations import DEFAULT_TARGET
from studioops.settings.reading import read_values
from studioops.settings.secret import plain

if TYPE_CHECKING:
    from airflow.sdk import Connection

    from studioops.postgres import Database
    from studioops.settings import Settings

OPENAI, TRELLO, LANGFUSE = "studioops_openai", "studioops_trello", "studioops_langfuse"
FINGERPRINT, DRILL = "studioops_fingerprint", f"{DEFAULT_TARGET}_drill"


@contextmanager
def reach_of(settings: Settings) -> Iterator[Reach]:
    """Everything that the services of the settings are looked at with.

    Args:
        settings: as they stand; a connection comes before what they say.
    """
    unreached: dict[str, StudioOpsError] = {}
    with ExitStack() as stack:
        database = store = None
        try:
            database = stack.enter_context(open_target(DEFAULT_TARGET))
        except StudioOpsError as error:
            unreached["database"] = error
        try:
            store = stack.enter_context(open_store(settings.minio_health_timeout))
        except StudioOpsError as error:
            unreached["object store"] = error
        openai, trello = connection_of(OPENAI), connection_of(TRELLO)
        langfuse = connection_of(LANGFUSE)
        yield Reach(
            database=database,
            store=store,
            buckets=settings.buckets,
            openai_key=openai.password if openai else plain(settings.openai_api_key),
            openai_url=_url(openai) or settings.openai_base_url,
            trello_key=trello.login if trello else plain(settings.trello_api_key),
            trello_token=trello.password if trello else plain(settings.trello_api_token),
            trello_url=_url(trello) or settings.trello_base_url,
            langfuse=_url(langfuse) or settings.langfuse_host,
            unreached=unreached,
        )


@contextmanager
def keys_of(settings: Settings) -> Iterator[Keys]:
    """Everything that credentials are looked at with.

    Args:
        settings: as they stand; a connection comes before what they say.
    """
    unreached: dict[str, StudioOpsError] = {}
    with ExitStack() as stack:

        def opened(name: str, conn_id: str) -> Database | None:
            try:
                return stack.enter_context(open_target(conn_id))
            except StudioOpsError as error:
                unreached[name] = error
                return None

        store = connection_of(OBJECT_STORE)
        yield Keys(
            reach=stack.enter_context(reach_of(settings)),
            store_secret=store.password if store else None,
            ledger=opened("ledger", LEDGER),
            drill=opened("drill", DRILL),
            targets={
                name: opened(of_target(name), name)
                for name in settings.targets
                if name != DEFAULT_TARGET
            },
            jwt_secret=read_values().text("JWT_SECRET_KEY") or None,
            fernet_key=_configured("core", "fernet_key"),
            api_secret=_configured("api", "secret_key"),
            task_secret=_configured("api_auth", "jwt_secret"),
            unreached=unreached,
        )


def fingerprint_key(settings: Settings) -> str | None:
    """What the fingerprints of credentials are made with; None where nothing is set.

    Args:
        settings: as they stand; a connection comes before what they say.
    """
    connection = connection_of(FINGERPRINT)
    return connection.password if connection else plain(settings.fingerprint_key)


def _configured(section: str, name: str) -> str | None:
    """A secret of Airflow's own; None where this worker was not given it."""
    value: str | None = conf.get(section, name, fallback=None)
    return value or None


def _url(connection: Connection | None) -> str:
    """Its address; empty where it names none. Its host may begin with a scheme."""
    if connection is None or not connection.host:
        return ""
    host = connection.host
    if "://" not in host:
        host = f"{connection.schema or 'https'}://{host}"
    return f"{host}:{connection.port}" if connection.port else host
