"""The five kinds of service of the matrix: how each is looked at, and brought into each fault."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import quote

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from studioops.local.object_store import ObjectStoreServer
from studioops.objectstore import open_object_store
from studioops.postgres import open_database
from studioops.services import ServiceState
from studioops.services.probes import (
    probe_database,
    probe_http,
    probe_object_store,
    probe_openai,
    probe_trello,
)
from tests.integration.services.peers import LOOPBACK, certified, peer, saying
from tests.integration.services.stand_ins import (
    HTML,
    NEVER_SAID,
    OPENAI_KEY,
    OPENAI_SPENT,
    OPENAI_WRONG,
    PASSWORD,
    TRELLO_KEY,
    TRELLO_TOKEN,
    TRELLO_WRONG,
    USER,
    StandIn,
    failures,
)

WRONG = "a-secret-that-nobody-should-see"
RECOVERING = b"SFATAL\0VFATAL\0C57P03\0Mthe database system is in recovery mode\0\0"


@dataclass(frozen=True)
class Place:
    """Where a look goes."""

    port: int
    host: str = LOOPBACK
    tls: bool = False

    def url(self, user: str = "") -> str:
        return f"http{'s' * self.tls}://{user}{self.host}:{self.port}"


Limits = dict[str, float]


class OverHttp:
    """What the kinds over HTTP have in common."""

    service: ClassVar[str]
    marker: ClassVar[bytes] = b"GET /"

    def __init__(self, stand_in: StandIn) -> None:
        self.stand_in, self.port = stand_in, stand_in.port

    def look(self, place: Place, limits: Limits) -> ServiceState:
        raise NotImplementedError

    def unlike(self, fault: str, limits: Limits) -> ServiceState:
        """A look with credentials that are refused so."""
        raise NotImplementedError

    def answered(self, fault: str, limits: Limits) -> ServiceState:
        answers = failures(self.service)
        if fault not in answers:
            return self.unlike(fault, limits)
        with self.stand_in.told(answers[fault]):
            return self.look(Place(self.port), limits)

    def badly_certified(self, pem: Path) -> AbstractContextManager[int]:
        return peer(certified(pem))


class OpenAI(OverHttp):
    service = "openai"
    secrets = (OPENAI_KEY, OPENAI_SPENT, OPENAI_WRONG)

    def look(self, place: Place, limits: Limits, key: str = OPENAI_KEY) -> ServiceState:
        return probe_openai(key, base_url=f"{place.url()}/v1", **limits)  # type: ignore[arg-type]

    def unlike(self, fault: str, limits: Limits) -> ServiceState:
        return self.look(
            Place(self.port), limits, {"401": OPENAI_WRONG, "quota": OPENAI_SPENT}[fault]
        )


class Trello(OverHttp):
    service = "trello"
    secrets = (TRELLO_KEY, TRELLO_TOKEN, TRELLO_WRONG)

    def look(self, place: Place, limits: Limits, token: str = TRELLO_TOKEN) -> ServiceState:
        return probe_trello(TRELLO_KEY, token, base_url=f"{place.url()}/1", **limits)  # type: ignore[arg-type]

    def unlike(self, fault: str, limits: Limits) -> ServiceState:
        return self.look(Place(self.port), limits, {"401": TRELLO_WRONG}[fault])


class Http(OverHttp):
    service = "http"
    secrets = (PASSWORD, WRONG)

    def look(self, place: Place, limits: Limits, password: str = PASSWORD) -> ServiceState:
        quoted = quote(password, safe="")
        url = f"{place.url(f'{USER}:{quoted}@')}/health"
        return probe_http(url, contains='"status": "ok"', **limits)  # type: ignore[arg-type]

    def unlike(self, fault: str, limits: Limits) -> ServiceState:
        return self.look(Place(self.port), limits, {"401": WRONG}[fault])


class Store:
    """The real object store; a stand-in for what it can't be made to answer."""

    service = "object store"
    marker = b"GET /"

    def __init__(self, server: ObjectStoreServer, stand_in: StandIn) -> None:
        self.server, self.stand_in, self.port = server, stand_in, server.ports["s3"]
        self.secrets = (server.secret_key, WRONG)

    def look(self, place: Place, limits: Limits, secret: str = "") -> ServiceState:
        with open_object_store(
            f"{place.host}:{place.port}",
            self.server.access_key,
            secret or self.server.secret_key,
            secure=place.tls,
            timeout=limits["timeout"],
        ) as store:
            return probe_object_store(store, (), **limits)  # type: ignore[arg-type]

    def answered(self, fault: str, limits: Limits) -> ServiceState:
        if fault == "401":
            return self.look(Place(self.port), limits, WRONG)
        with self.stand_in.told(failures(self.service)[fault]):
            return self.look(Place(self.stand_in.port), limits)

    def badly_certified(self, pem: Path) -> AbstractContextManager[int]:
        return peer(certified(pem))


class Postgres:
    """The real PostgreSQL; a peer of the test's for what it can't be made to answer."""

    service = "database"
    marker = b"pg_stat_database"

    def __init__(self, dsn: str, authority: Path, roles: dict[str, str]) -> None:
        self.dsn, self.authority, self.roles = dsn, authority, roles
        words = conninfo_to_dict(dsn)
        self.port = int(str(words["port"]))
        self.secrets = (str(words["password"]), WRONG)

    def look(self, place: Place, limits: Limits, **words: Any) -> ServiceState:
        if place.tls:
            words |= {"sslmode": "verify-full", "sslrootcert": str(self.authority)}
        dsn = make_conninfo(self.dsn, host=place.host, port=place.port, **words)
        with open_database(dsn) as database:
            return probe_database(database, **limits)  # type: ignore[arg-type]

    def answered(self, fault: str, limits: Limits) -> ServiceState:
        if fault == "401":
            return self.look(Place(self.port), limits, password=WRONG)
        if fault in ("403", NEVER_SAID):
            role = self.roles[fault]
            return self.look(Place(self.port), limits, user=role, password=WRONG)
        with peer(saying(self._said(fault))) as port:
            return self.look(Place(port), limits, sslmode="disable")

    @contextmanager
    def badly_certified(self, pem: Path) -> Iterator[int]:
        with peer(certified(pem, b"S")) as port:
            yield port

    @staticmethod
    def _said(fault: str) -> bytes:
        if fault == "HTML":
            return f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n{HTML}".encode()
        return b"E" + struct.pack("!I", len(RECOVERING) + 4) + RECOVERING
