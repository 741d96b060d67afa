"""What it takes to look at each service: a probe by its kind, and the values that it is given."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from studioops.errors import StudioOpsError
from studioops.objectstore import ObjectStore
from studioops.postgres import Database, open_database
from studioops.services.probes import (
    probe_database,
    probe_host,
    probe_http,
    probe_langfuse,
    probe_object_store,
    probe_openai,
    probe_trello,
)
from studioops.services.state import ServiceState
from studioops.settings import Kind, Service
from studioops.settings.secret import plain

Probe = Callable[[], ServiceState]


@dataclass(frozen=True, slots=True)
class Reach:
    """How the services are reached that have settings of their own. None: it is not configured.

    Args:
        database: the application's.
        store: the object store.
        buckets: that must be in it.
        openai_key: of OpenAI's API.
        openai_url: where that is.
        trello_key: the application's at Trello.
        trello_token: the member's.
        trello_url: where Trello is.
        langfuse: the address of Langfuse.
        unreached: why a service can't even be tried, by its name, such as a connection that
            can't be read.
    """

    database: Database | None = None
    store: ObjectStore | None = None
    buckets: tuple[str, ...] = ()
    openai_key: str | None = field(default=None, repr=False)
    openai_url: str = ""
    trello_key: str | None = field(default=None, repr=False)
    trello_token: str | None = field(default=None, repr=False)
    trello_url: str = ""
    langfuse: str | None = None
    unreached: Mapping[str, StudioOpsError] | None = None


@dataclass(frozen=True, slots=True)
class Watched:
    """A service that is ready to be looked at.

    Args:
        name: it is reported by.
        required: whether the application can't work without it.
        timeout: seconds for one look.
        probe: takes the look.
    """

    name: str
    required: bool
    timeout: float
    probe: Probe


def watched(services: Mapping[str, Service], reach: Reach) -> tuple[Watched, ...]:
    """Every service of the settings with its probe.

    Args:
        services: by name.
        reach: how those are reached that have settings of their own.
    """
    return tuple(
        Watched(name, one.required, one.timeout, _probe(name, one, reach))
        for name, one in services.items()
    )


def _probe(name: str, service: Service, reach: Reach) -> Probe:
    error = (reach.unreached or {}).get(name)
    if error is not None:
        return partial(ServiceState.unreached, name, error)
    words: dict[str, Any] = {"timeout": service.timeout, "service": name}
    if service.slow_after is not None:
        words["slow_after"] = service.slow_after
    return partial(PROBES[service.kind], service, reach, words)


def _postgres(service: Service, reach: Reach, words: Mapping[str, Any]) -> ServiceState:
    url = plain(service.url)
    if url is None:
        return probe_database(reach.database, **words)
    with open_database(url) as database:
        return probe_database(database, **words)


def _object_store(_: Service, reach: Reach, words: Mapping[str, Any]) -> ServiceState:
    return probe_object_store(reach.store, reach.buckets, **words)


def _openai(service: Service, reach: Reach, words: Mapping[str, Any]) -> ServiceState:
    return probe_openai(reach.openai_key, base_url=plain(service.url) or reach.openai_url, **words)


def _trello(service: Service, reach: Reach, words: Mapping[str, Any]) -> ServiceState:
    url = plain(service.url) or reach.trello_url
    return probe_trello(reach.trello_key, reach.trello_token, base_url=url, **words)


def _langfuse(service: Service, reach: Reach, words: Mapping[str, Any]) -> ServiceState:
    return probe_langfuse(plain(service.url) or reach.langfuse, **words)


def _http(service: Service, _: Reach, words: Mapping[str, Any]) -> ServiceState:
    return probe_http(
        plain(service.url),
        status=service.status,
        contains=service.contains,
        certificate_days=service.certificate_days,
        **words,
    )


def _host(_: Service, __: Reach, words: Mapping[str, Any]) -> ServiceState:
    return probe_host(**words)


PROBES: Mapping[Kind, Callable[[Service, Reach, Mapping[str, Any]], ServiceState]] = {
    Kind.POSTGRES: _postgres,
    Kind.OBJECT_STORE: _object_store,
    Kind.OPENAI: _openai,
    Kind.TRELLO: _trello,
    Kind.LANGFUSE: _langfuse,
    Kind.HTTP: _http,
    Kind.HOST: _host,
}
